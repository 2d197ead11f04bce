"""Does a passage that was found fit her? Likeness alone hardly tells: of lines that were found, readers call a fifth fitting.

What tells is how a line fared before. Readers graded some seven thousand lines against the messages they were found for
(`evals/labels/fits.jsonl`); a few lines fit nearly everybody they are found for, others nobody. `probability` joins that
record with the score: a logistic regression, made by `python -m evals.fits`, which writes `fits.json`. What it changes is
in docs/retrieval.md. A passage that nobody graded, of one's own articles, or with a new line, gets the benefit of the doubt (`UNGRADED`).
"""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from corpus.passage import Found

FILE = Path(__file__).with_name("fits.json")
FITS = 0.35  # probability from which a line is said
LEADS = 0.7  # score from which the nearest passage is said first, though it may not fit: it is what she asks for
HOPELESS = 0.1  # probability under which not even that is said: it fitted hardly anybody whom it was near
SMOOTHING = 6  # gradings of the usual kind that each record begins with
UNGRADED = 0.5  # share of fitting lines that a passage without a record is taken to have: what is near is said


@dataclass(frozen=True, slots=True)
class Weights:
    """Of the logistic regression."""

    score: float
    record: float
    bias: float

    def probability(self, score: float, share: float) -> float:
        """Return how likely a line fits, from its score and the share of those before that did."""
        return 1 / (1 + math.exp(-(self.score * score + self.record * math.log(share / (1 - share)) + self.bias)))


@dataclass(frozen=True, slots=True)
class Records:
    """`fits.json`: by passage the digest of its line, how often that was graded, and how often it was found fitting."""

    weights: Weights
    usual: float  # share of all graded lines that fit
    records: dict[str, tuple[str, int, int]]

    def share(self, passage_id: str, line: str) -> float:
        """Return the share of fitting lines to expect of a passage, smoothed towards the usual one."""
        digest, n, n_fit = self.records.get(passage_id, ("", 0, 0))
        if digest != digest_of(line):
            return UNGRADED
        return smoothed(n, n_fit, self.usual)


def probability(found: Found, *, by_record: bool = True) -> float:
    """Return how likely the line of a passage that was found fits, 0 to 1; `by_record` or by its score alone."""
    known = _known()
    share = known.share(found.passage.id, found.passage.line) if by_record else UNGRADED
    return known.weights.probability(found.score, share)


def smoothed(n: int, n_fit: int, usual: float) -> float:
    """Return a share that is the usual one where nothing was graded, and the record's own where much was."""
    return (n_fit + SMOOTHING * usual) / (n + SMOOTHING)


def digest_of(line: str) -> str:
    """Return what tells whether a line is still the one that was graded."""
    return hashlib.sha256(line.encode()).hexdigest()[:12]


@cache
def _known() -> Records:
    held = json.loads(FILE.read_text(encoding="utf-8"))
    return Records(Weights(**held["weights"]), held["usual"], {i: tuple(row) for i, row in held["records"].items()})
