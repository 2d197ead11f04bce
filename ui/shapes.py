"""What the service sends, as the page reads it: pydantic at the edge, unknown fields ignored, nothing trusted further.

The contract is the service's (`coach/events.py` and the README); these are the parts of it that somebody sees. A talk kept in
the browser comes back through the same shapes.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, field_validator


class _Shape(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class Citation(_Shape):
    """A span of a passage: `text[start:end] == quote`, in Unicode characters."""

    passage_id: str
    quote: str
    start: int
    end: int


class Sentence(_Shape):
    """One sentence of an answer."""

    id: int
    text: str
    source: str
    citations: tuple[Citation, ...] = ()


class Referral(_Shape):
    """A place with people. Without `verified_on` its link is shown before its number."""

    name: str
    for_whom: str = ""
    region: str = ""
    phone: str = ""
    text_line: str = ""
    url: str = ""
    hours: str = ""
    languages: tuple[str, ...] = ()
    verified_on: str = ""


class Caveat(_Shape):
    """A warning with what backs it and who helps."""

    kind: str
    text: str
    citations: tuple[Citation, ...] = ()
    referrals: tuple[Referral, ...] = ()


class Passage(_Shape):
    """A passage as it stands beside an answer."""

    passage_id: str
    article: str
    section: str
    title: str
    label: str
    text: str


class Answer(_Shape):
    """A turn, whole."""

    turn_id: str
    thread_id: str
    outcome: str
    sentences: tuple[Sentence, ...] = ()
    caveats: tuple[Caveat, ...] = ()
    referrals: tuple[Referral, ...] = ()
    passages: tuple[Passage, ...] = ()
    choices: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The answer as one string."""
        return " ".join(s.text for s in self.sentences)


class Tie(_Shape):
    """A disagreement in which a passage stands, with the passages of the other sides."""

    says: str
    passages: tuple[str, ...] = ()


class Entry(_Shape):
    """A passage as the catalogue has it."""

    passage_id: str
    article: str
    section: str
    title: str
    text: str
    line: str = ""
    label: str = "sound"
    because: str = ""
    contradicted_by: tuple[Tie, ...] = ()


class Section(_Shape):
    """One step, reason or question of an article."""

    id: str
    title: str
    passages: tuple[Entry, ...] = ()


class Article(_Shape):
    """One source text."""

    id: str
    title: str
    authors: tuple[str, ...] = ()
    site: str = ""
    date: str = ""
    sections: tuple[Section, ...] = ()


class Side(_Shape):
    """One side of a disagreement."""

    stance: str
    passages: tuple[str, ...] = ()


class Disagreement(_Shape):
    """A question on which articles say opposite things."""

    id: str
    says: str
    sides: tuple[Side, ...] = ()


class Catalogue(_Shape):
    """The corpus as `GET /v1/articles` shows it."""

    articles: tuple[Article, ...] = ()
    disagreements: tuple[Disagreement, ...] = ()

    def article(self, article_id: str) -> Article | None:
        """Return an article by id."""
        return next((a for a in self.articles if a.id == article_id), None)

    def entry(self, passage_id: str) -> Entry | None:
        """Return a passage by id."""
        rows = (p for a in self.articles for s in a.sections for p in s.passages)
        return next((p for p in rows if p.passage_id == passage_id), None)


class Hit(_Shape):
    """One result of a search."""

    passage_id: str
    article: str
    section: str
    label: str
    text: str
    title: str = ""


class Marked(_Shape):
    """A line of a message that she means to send, and what is the matter with it."""

    start: int
    end: int
    kind: str
    why: str = ""
    citations: tuple[Citation, ...] = ()


class Review(_Shape):
    """`POST /v1/check`."""

    outcome: str
    lines: tuple[Marked, ...] = ()
    good: tuple[str, ...] = ()
    verdict: str = ""
    rewrite: str | None = None
    says: tuple[str, ...] = ()
    referrals: tuple[Referral, ...] = ()

    @field_validator("good", mode="before")
    @classmethod
    def _one_or_many(cls, value: object) -> object:
        return (value,) if isinstance(value, str) and value else value or ()


class Readiness(_Shape):
    """`GET /health/ready`."""

    status: str = ""
    missing: tuple[str, ...] = ()
    model: str = ""
    model_state: str = ""
    is_hosted: bool = False
    is_traced: bool = False
    region: str = "US"
