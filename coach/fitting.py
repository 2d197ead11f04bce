"""Does a passage that was found fit her? Likeness alone hardly tells: of lines that were found, readers call a quarter fitting.

What tells is how a line fared before, and with whom. Readers graded some fifteen thousand lines against the messages they were found for
(`evals/labels/fits.jsonl`); a few lines fit nearly everybody they are found for, others nobody, most some. `probability` is a
logistic regression from the score, the line, and the message's vector, with weights of its own for each line; `python -m evals.fits
--write` learns it into `fits.npz`. What it changes is in docs/retrieval.md. A passage that nobody graded, of one's own articles, or
with a new line, is judged by its score alone and gets the benefit of the doubt.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from coach import rows
from coach.rows import Floats, Rows, key_of
from corpus.embedding import Embedder
from corpus.passage import Found

FILE = Path(__file__).with_name("fits.npz")
FITS = 0.3  # probability from which a line is said
LEADS = 0.85  # score from which the nearest passage is said first, though it may not fit: it is what she asks for
ALONE = 0.7  # score from which it is said where no line is likely to fit
SECOND = 0.75  # score from which it is said behind the likeliest
COMPANY = 0.6  # score from which the nearest other is said beside a line that would stand alone
HOPELESS = 0.1  # probability under which none of these is done: it fitted hardly anybody whom it was near


@dataclass(frozen=True)
class Learnt:
    """`fits.npz`: a row for each graded line; the score weighs alike for all of them."""

    rows: Rows
    score: float
    unknown: tuple[float, float]  # the score's weight and a bias: for a line without a row, a message without a vector

    def probability(self, key: str, score: float, vector: Floats | None) -> float:
        """Return how likely a line fits a message with this vector [dimension]."""
        row = self.rows.places.get(key)
        if row is None or vector is None:
            weight, bias = self.unknown
            return _logistic(weight * score + bias)
        return _logistic(self.score * score + float(self.rows.weights[row] @ vector) + float(self.rows.bias[row]))

    def write(self, path: Path) -> None:
        """Keep what was learnt."""
        self.rows.write(path, score=np.array([self.score, *self.unknown], dtype=np.float32))


def probability(found: Found, vector: Floats | None = None) -> float:
    """Return how likely the line of a passage that was found fits whose message has this vector, 0 to 1; by its score alone without."""
    return learnt().probability(key_of(found.passage.id, found.passage.line), found.score, vector)


def is_of(embedder: Embedder) -> bool:
    """Return whether this embedder made the vectors that were learnt from; those of another one say nothing here."""
    return learnt().rows.embedder == embedder.digest


@cache
def learnt() -> Learnt:
    """Return what `fits.npz` holds."""
    held, more = rows.read(FILE)
    score, *unknown = (float(number) for number in more["score"])
    return Learnt(held, score, (unknown[0], unknown[1]))


def _logistic(x: float) -> float:
    return 1 / (1 + math.exp(-x))
