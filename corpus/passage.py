"""The nouns of the corpus: Article, Section, Passage, Label, Disagreement, Corpus, Found.

Plain frozen values. They know nothing of files (`ingest.articles` reads those), of vectors (`embedding`) or of
Chroma (`store`). Next: `store.py`, how they are kept; `corpus/README.md`, how they are written.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any


class Label(StrEnum):
    """What ingest says of a passage. A `manipulative` passage may be shown as a source; it is never recommended."""

    SOUND = "sound"
    CONTESTED = "contested"
    MANIPULATIVE = "manipulative"


class Stage(StrEnum):
    """Where someone stands after the breakup."""

    JUST_HAPPENED = "just happened"
    SILENCE = "silence"
    FIRST_CONTACT = "first contact"
    MEETING = "meeting"
    TALKING_AGAIN = "talking again"
    BACK_TOGETHER = "back together"
    LETTING_GO = "letting go"


class Aim(StrEnum):
    """What a passage's advice moves toward: him, the two of them once they talk again, or herself."""

    HIM = "him"
    US = "us"
    SELF = "self"


@dataclass(frozen=True, slots=True)
class Passage:
    """One thought of an article: the unit that is embedded, retrieved and cited.

    `line` is its advice in one sentence to "you"; `quote` the span of `text` that the line rests on; `line_support` how sure
    the verifier was of that, 0 to 1, when the line was accepted. `asked` holds questions in users' words that it answers. `safe_with` names the caveats under
    which the line may still be said: an allow-list, so a passage that says nothing is held back under every caveat.
    """

    id: str  # 02-twelve-steps#step-6/1
    article: str  # 02-twelve-steps
    section: str  # step-6
    title: str  # the section's
    text: str
    line: str
    quote: tuple[int, int] = (0, 0)
    line_support: float = 0.0
    label: Label = Label.SOUND
    because: str = ""
    stages: tuple[Stage, ...] = ()
    aim: Aim = Aim.HIM
    safe_with: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()

    @property
    def section_id(self) -> str:
        """The contract's id of the section, e.g. `02-twelve-steps#step-6`."""
        return f"{self.article}#{self.section}"

    @property
    def digest(self) -> str:
        """SHA-256 over everything that is stored: a passage whose digest stands in the index is not written again."""
        return _digest(asdict(self))

    @property
    def line_key(self) -> str:
        """Names this line of this text: a support is stored under it, and lost when either is edited."""
        return hashlib.sha256(f"{self.line}\n{self.text}".encode()).hexdigest()[:16]

    def as_dict(self) -> dict[str, Any]:
        """Return a JSON-ready mapping; `from_dict` reads it back."""
        return asdict(self)

    @classmethod
    def from_dict(cls, row: dict[str, Any]) -> Passage:
        """Read what `as_dict` wrote."""
        return cls(
            **{
                **row,
                "label": Label(row["label"]),
                "stages": tuple(Stage(s) for s in row["stages"]),
                "aim": Aim(row["aim"]),
                "safe_with": tuple(row["safe_with"]),
                "asked": tuple(row["asked"]),
                "quote": tuple(row["quote"]),
            }
        )


@dataclass(frozen=True, slots=True)
class Section:
    """One step, reason or question of an article."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class Article:
    """One source text. `authors`, `site` and `date` are empty where the text names none."""

    id: str
    title: str
    authors: tuple[str, ...] = ()
    site: str = ""
    date: str = ""
    sections: tuple[Section, ...] = ()


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a disagreement: what it holds, and the passages that say so."""

    stance: str
    passages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A question on which two articles say opposite things."""

    id: str
    says: str  # one sentence a reader sees: "The articles disagree on …"
    sides: tuple[Side, ...]

    def others(self, passage_id: str) -> tuple[str, ...]:
        """Return the passages on the sides where `passage_id` does not stand."""
        if not any(passage_id in side.passages for side in self.sides):
            return ()
        return tuple(p for side in self.sides if passage_id not in side.passages for p in side.passages)


@dataclass(frozen=True, slots=True)
class Corpus:
    """All that was ingested: the articles, their passages in reading order, and where they contradict each other."""

    articles: tuple[Article, ...]
    passages: tuple[Passage, ...]
    disagreements: tuple[Disagreement, ...] = ()
    by_id: dict[str, Passage] = field(default_factory=dict, compare=False, repr=False)

    def __post_init__(self) -> None:
        self.by_id.update({p.id: p for p in self.passages})

    def __iter__(self) -> Iterator[Passage]:
        return iter(self.passages)

    def __len__(self) -> int:
        return len(self.passages)

    @property
    def digest(self) -> str:
        """SHA-256 over articles, passages and disagreements: equal digests give equal answers."""
        return _digest(
            [
                [asdict(a) for a in self.articles],
                sorted(p.digest for p in self.passages),
                [asdict(d) for d in self.disagreements],
            ]
        )

    def article(self, article_id: str) -> Article:
        """Return an article by id; KeyError where there is none."""
        for article in self.articles:
            if article.id == article_id:
                return article
        raise KeyError(article_id)

    def ties(self, passage_id: str) -> tuple[tuple[Disagreement, tuple[str, ...]], ...]:
        """Return the disagreements a passage stands in, each with the passages of the other sides."""
        found = ((d, d.others(passage_id)) for d in self.disagreements)
        return tuple((d, others) for d, others in found if others)


@dataclass(frozen=True, slots=True)
class Found:
    """A passage with its score for one query; higher is better."""

    passage: Passage
    score: float


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
