"""The nouns of the rules: Kind, Rules, Hit; and the first tier, exact patterns.

A policy's data is `NAME.toml` beside `NAME.py`: for each kind what it means in plain words, `patterns` for what must
never be missed, and `unless` for the idioms they would trip over. `[kinds.NAME.es]` and the like hold the same in another
language. What the second tier learns from stands apart, one sentence a line (`examples.py`).
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, field_validator

from coach.screen.hear import Heard
from coach.screen.pattern import Pattern, compiled

FOLDER = Path(__file__).parent
LANGUAGES = ("es", "fr", "de", "pt", "it")
MAX_EVIDENCE = 160  # characters: for the reader's eyes, beside the verdict


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Said(_Strict):
    """What is said in one language."""

    patterns: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()

    @field_validator("patterns", "unless", mode="before")
    @classmethod
    def _one_a_line(cls, block: str) -> tuple[str, ...]:
        lines = (line.strip() for line in block.splitlines())
        return tuple(line for line in lines if line and not line.startswith("#"))


class Kind(Said):
    """One kind of a policy as the file has it; the English part stands in the kind itself."""

    explains: str
    es: Said = Said()
    fr: Said = Said()
    de: Said = Said()
    pt: Said = Said()
    it: Said = Said()

    def said(self, language: str) -> Said:
        """Return the part for a language."""
        return self if language == "en" else getattr(self, language)


class Rules(_Strict):
    """A policy's file. `threshold` is the least probability at which the second tier speaks; 1.0: it never does.

    `doubt`: a pattern's hit counts only where the second tier gives its sentences at least this. "Why do jealousy games fail?"
    has all the words of the ploy. 0.0, where a miss is worse than a false alarm: patterns are believed alone.
    """

    explains: str
    does: str
    threshold: float
    doubt: float = 0.0
    unsure: float = 1.0  # from here up to the threshold the coach asks, and goes on
    because: str
    kinds: dict[str, Kind]


@dataclass(frozen=True, slots=True)
class Hit:
    """A kind that was found, how surely, and the words that show it. An exact pattern is sure: 1.0."""

    policy: str
    kind: str
    score: float
    evidence: str
    is_exact: bool
    places: tuple[int, ...] = (0,)  # numbers of the sentences
    spans: tuple[tuple[int, int], ...] = ()  # of an exact one: where it stands in `Heard.flat`

    @property
    def place(self) -> int:
        """The last sentence it stands in: what was said later may correct what was said before."""
        return self.places[-1]


@dataclass(frozen=True, slots=True)
class Findings:
    """All hits in one message, by policy; exact ones first, in the order of the file (gravest first)."""

    hits: dict[str, tuple[Hit, ...]]
    ms: dict[str, float]

    def of(self, policy: str) -> tuple[Hit, ...]:
        """Return the hits of a policy."""
        return self.hits.get(policy, ())


@dataclass(frozen=True, slots=True)
class ExactKind:
    """The compiled patterns of a kind, all languages together: people mix them."""

    name: str
    patterns: tuple[Pattern, ...]
    unless: tuple[Pattern, ...]

    def find(self, heard: Heard) -> list[tuple[int, int]]:
        """Return the places where a pattern matches and no idiom overlaps it."""
        places = [place for p in self.patterns for place in p.find(heard.flat, heard.words)]
        if not places:
            return []
        idioms = [place for p in self.unless for place in p.find(heard.flat, heard.words)]
        return [(a, b) for a, b in places if not any(a < d and c < b for c, d in idioms)]


@dataclass(frozen=True, slots=True)
class Exact:
    """The first tier of a policy."""

    policy: str
    kinds: tuple[ExactKind, ...]

    def find(self, heard: Heard) -> list[Hit]:
        """Return a hit for each kind that a pattern finds, in the order of the file (gravest first)."""
        hits = []
        for kind in self.kinds:
            if spans := kind.find(heard):
                numbers = tuple(sorted({heard.sentence_at(start) for start, _ in spans}))
                evidence = heard.sentences[numbers[0]][:MAX_EVIDENCE]
                hits.append(Hit(self.policy, kind.name, 1.0, evidence, True, numbers, tuple(spans)))
        return hits


def surest_ask(hits: tuple[Hit, ...], confessed: frozenset[int], at_least: float) -> Hit | None:
    """Return the surest request. Beside a confession only an exact one in another sentence counts: "how do I make amends
    without scaring him?" sounds like a ploy and is none. `at_least` is asked of one that no pattern found.
    """
    if confessed:
        hits = tuple(hit for hit in hits if hit.is_exact and confessed.isdisjoint(hit.places))
    return max((hit for hit in hits if hit.score >= at_least), key=lambda hit: hit.score, default=None)


@cache
def load(name: str) -> Rules:
    """Read `NAME.toml`; ValueError names what is wrong with it."""
    path = FOLDER / f"{name}.toml"
    try:
        return Rules.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except ValueError as error:
        raise ValueError(f"{path.name}: {error}") from error


@cache
def exact(name: str) -> Exact:
    """Compile a policy's patterns."""
    rules = load(name)
    return Exact(
        name,
        tuple(
            ExactKind(
                kind_name,
                tuple(compiled(p) for said in _all(kind) for p in said.patterns),
                tuple(compiled(p) for said in _all(kind) for p in said.unless),
            )
            for kind_name, kind in rules.kinds.items()
        ),
    )


def _all(kind: Kind) -> list[Said]:
    return [kind.said(language) for language in ("en", *LANGUAGES)]
