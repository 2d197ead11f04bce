"""The nouns of a conversation: Message, Turn, Thread, Facts, Outcome, Caveat, Referral, Citation, Sentence, Answer.

Plain frozen values that every step reads and none mutates. They know nothing of HTTP (`events.py`, `app.py`), of
LangGraph (`graph.py`) or of models (`llm.py`). `Answer` is all that a user may ever see of a turn.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Literal

from corpus.passage import Stage


class Outcome(StrEnum):
    """How a turn ended."""

    ANSWERED = "answered"
    DECLINED = "declined"
    CRISIS = "crisis"
    OUT_OF_SCOPE = "out_of_scope"
    ABSTAINED = "abstained"
    FAILED = "failed"


class CaveatKind(StrEnum):
    """A warning that rides on an answer."""

    ABUSE = "abuse"
    RESPECT_DECISION = "respect_decision"
    OWN_CONDUCT = "own_conduct"
    MINOR = "minor"
    CONTESTED = "contested"


class Verdict(StrEnum):
    """What a rail said: nothing found, something found, or it broke (and the turn closed)."""

    PASS = "pass"  # noqa: S105 - not a password
    FAIL = "fail"
    ERROR = "error"


Source = Literal["line", "model", "fixed"]
Pronoun = Literal["he", "she", "they"]


@dataclass(frozen=True, slots=True)
class Citation:
    """The span of a passage that supports a sentence: `passage.text[start:end] == quote`, in Unicode characters."""

    passage_id: str
    quote: str
    start: int
    end: int
    support: float  # 0 to 1, the verifier's


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of an answer. `fixed` words (safety, courtesy) come from `replies.toml` and cite nothing."""

    id: int
    text: str
    source: Source
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class Referral:
    """A place with people. Without `verified_on` nobody could check the number: the link is to be shown first."""

    id: str
    name: str
    for_whom: str
    region: str
    phone: str = ""
    text_line: str = ""
    url: str = ""
    hours: str = ""
    languages: tuple[str, ...] = ()
    verified_on: str = ""
    verified_by: str = ""


@dataclass(frozen=True, slots=True)
class Caveat:
    """A warning with what backs it and who helps."""

    kind: CaveatKind
    text: str
    citations: tuple[Citation, ...] = ()
    referrals: tuple[Referral, ...] = ()


@dataclass(frozen=True, slots=True)
class RailRecord:
    """What one rail said of one text. `evidence` are the words that triggered it: for the user's eyes, never for logs."""

    rail: str
    verdict: Verdict
    policy: str = ""
    score: float = 0.0
    evidence: str = ""
    ms: float = 0.0


@dataclass(frozen=True, slots=True)
class Decision:
    """How the turn came about: which rails spoke, what model, which corpus, which prompts, how long each step took."""

    rails: tuple[RailRecord, ...] = ()
    model: str = "none"
    corpus_digest: str = ""
    prompt_digests: dict[str, str] = field(default_factory=dict)
    timings_ms: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Shown:
    """A passage as the reader sees it beside an answer."""

    passage_id: str
    article: str
    section: str
    title: str
    label: str
    text: str
    score: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What a user may see of a turn, whole."""

    turn_id: str
    thread_id: str
    outcome: Outcome
    sentences: tuple[Sentence, ...] = ()
    caveats: tuple[Caveat, ...] = ()
    referrals: tuple[Referral, ...] = ()
    passages: tuple[Shown, ...] = ()
    choices: tuple[str, ...] = ()  # answers to tap, where the coach asked whether she thinks of killing herself
    decision: Decision = Decision()

    @property
    def text(self) -> str:
        """The answer as one string."""
        return " ".join(s.text for s in self.sentences)


@dataclass(frozen=True, slots=True)
class Facts:
    """What was told and stays told, for the whole thread.

    `crisis` holds the kinds that were told and not yet answered, the last told first: of that one is spoken. `n_crisis`
    counts turns in crisis, so that the number is named in other words each time. `no` is "" or what kind of no stands:
    `said` (no contact, no reunion, moved on) or `order` (a court's).
    """

    crisis: tuple[str, ...] = ()
    n_crisis: int = 0
    abuse: bool = False
    abuse_urgent: bool = False
    no: Literal["", "said", "order"] = ""
    own_conduct: bool = False
    minor: bool = False
    minor_danger: bool = False  # an adult partner, assault, pregnancy or shared pictures, told by whomever
    minor_urgent: bool = False  # the same told by a minor, in whatever order
    stage: Stage | None = None
    pronoun: Pronoun = "he"
    language: str = "en"  # hers: a few words that tell none leave it standing
    declined: str = ""  # the last decline, for the three turns after it, so that "yes, write it" refers to it
    n_since_declined: int = 0  # turns between
    asked: bool = (
        False  # the last answer asked whether she thinks of hurting herself, so that "yes" is the answer to that
    )
    n_unanswered: int = 0  # of her last messages, those since she was in a crisis, or last answered that question
    n_unread: int = 0  # of the last messages that no rail has read, because one raised; read with the next

    def having(self, **changes: object) -> Facts:
        """Return these facts with changes."""
        return replace(self, **changes)  # type: ignore[arg-type]

    @property
    def caveats(self) -> tuple[CaveatKind, ...]:
        """The caveats that stand, gravest first."""
        stands = {
            CaveatKind.ABUSE: self.abuse,
            CaveatKind.MINOR: self.minor,
            CaveatKind.RESPECT_DECISION: bool(self.no),
            CaveatKind.OWN_CONDUCT: self.own_conduct,
        }
        return tuple(kind for kind, does in stands.items() if does)


@dataclass(frozen=True, slots=True)
class Message:
    """One utterance."""

    role: Literal["user", "coach"]
    text: str


@dataclass(frozen=True, slots=True)
class Turn:
    """A message with the coach's answer, and the passages it rested on (ids only)."""

    message: str
    answer: str
    outcome: Outcome
    passage_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Thread:
    """The turns so far, and what was told in them."""

    id: str
    turns: tuple[Turn, ...] = ()
    facts: Facts = Facts()

    @property
    def said(self) -> tuple[str, ...]:
        """Her messages so far, oldest first."""
        return tuple(turn.message for turn in self.turns)


@dataclass(frozen=True, slots=True)
class Screening:
    """What the guardrails found in a message, given all that was told before.

    `outcome` is set where the turn ends without retrieval or model, and `reply` then names the entry of
    `replies.toml` that is said. `request` is the text to search with: the message without attempts to change the rules.
    `alternative` replaces it after a decline: what to look up as the honest way.
    """

    facts: Facts
    request: str
    outcome: Outcome | None = None
    reply: str = ""
    alternative: str = ""
    rails: tuple[RailRecord, ...] = ()
    language: str = "en"  # of the answer, as spoken in her region: help is shown in it where `replies.toml` has it
    safety: tuple[str, ...] = ()  # which `safety.*` words of `replies.toml` go with what was told
    premise: str = ""  # which `premise.*` words go before the answer, where she builds on what is not so
    moments: tuple[str, ...] = ()  # which `moment.*` words name what she is in, the most telling first


@dataclass(frozen=True, slots=True)
class Query:
    """The standalone text searched with. `earlier` is what a follow-up leans on, "" otherwise."""

    text: str
    earlier: str = ""
    stage: Stage | None = None
    names_a_thing: bool = False  # of its own: such a follow-up may lead away from what was spoken of
