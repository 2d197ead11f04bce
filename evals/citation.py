"""Citation recall and precision as in ALCE (Gao et al. 2023). Pure functions of what a judge said.

A sentence is recalled if its citations together entail it. A citation is precise if its sentence is recalled and it either
entails the sentence alone or is needed: without it the others do not. A sentence without citations has neither.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entailed:
    """What a judge said of one sentence: by all its citations, by each alone, by all others without each."""

    by_all: bool
    alone: tuple[bool, ...]
    without: tuple[bool, ...]


def recall(sentence: Entailed) -> float:
    """Return 1 where the citations together entail the sentence."""
    return float(bool(sentence.alone) and sentence.by_all)


def precise(sentence: Entailed) -> tuple[bool, ...]:
    """Return for each citation whether it is precise.

    Worked by hand: two citations, together enough, the first alone enough, the second not; without the second the first
    still entails it, so the second is neither enough nor needed: (True, False), precision 0.5.
    """
    if not recall(sentence):
        return tuple(False for _ in sentence.alone)
    return tuple(alone or not rest for alone, rest in zip(sentence.alone, sentence.without, strict=True))


def f1(precision: float, recalled: float) -> float:
    """Return the harmonic mean."""
    return 2 * precision * recalled / (precision + recalled) if precision + recalled else 0.0


def shingles(text: str, n: int) -> set[tuple[str, ...]]:
    """Return all runs of n words, lower-cased, without marks."""
    words = ["".join(c for c in w if c.isalnum()) for w in text.lower().split()]
    words = [w for w in words if w]
    return {tuple(words[i : i + n]) for i in range(len(words) - n + 1)}


def repeated(sentences: Sequence[str]) -> bool:
    """Return whether an answer says a sentence twice, marks and capitals aside."""
    return len({plain(s) for s in sentences}) < len(sentences)


def plain(sentence: str) -> str:
    """Return the words of a sentence, without marks and capitals."""
    return " ".join("".join(c for c in sentence.lower() if c.isalnum() or c == " ").split())
