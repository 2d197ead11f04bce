"""What is learnt of lines that fit: no message judges itself, and what fits whom is told apart."""

from __future__ import annotations

import numpy as np
import pytest

from coach import fitting
from evals import fits
from evals.fits import Graded

N = 80
VECTORS = np.array([[1.0, 0.0] if n // 2 % 2 else [0.0, 1.0] for n in range(N)], dtype=np.float32)


def graded() -> list[Graded]:
    """Return gradings with the same scores of three lines: one fits always, one never, one every second kind of message."""
    return [
        Graded(n, "told", key, 0.5 + (n % 5) / 100, grade)
        for n in range(N)
        for key, grade in (("always@", 2), ("never@", 0), ("some@", int(VECTORS[n, 0])))
    ]


def of(key: str) -> list[float]:
    probabilities = fits.judged(graded(), VECTORS)
    return [float(p) for p, g in zip(probabilities, graded(), strict=True) if g.key == key]


def test_what_fits_always_is_told_from_what_never_does() -> None:
    assert min(of("always@")) > fitting.FITS > max(of("never@"))


def test_what_fits_some_is_told_by_the_message() -> None:
    """The same line, the same score; each message judged without its own grades."""
    probabilities = of("some@")

    assert min(probabilities[n] for n in range(N) if VECTORS[n, 0]) > max(
        probabilities[n] for n in range(N) if not VECTORS[n, 0]
    )


def test_a_line_that_only_its_own_message_graded_is_judged_as_the_others() -> None:
    """Otherwise each grade would predict itself."""
    once = [*graded(), Graded(N, "told", "once@", 0.5, 2)]
    last = fits.judged(once, np.vstack([VECTORS, VECTORS[:1]]))[-1]

    assert max(of("never@")) < last < min(of("always@"))


def test_answers_are_counted_as_they_are_chosen() -> None:
    rows = [Graded(0, "told", "a", 0.5, 0), Graded(0, "told", "b", 0.5, 2), Graded(1, "told", "c", 0.3, 0)]
    told = fits.answers(rows, np.array([0.9, 0.8, 0.1], dtype=np.float32))

    assert told["lines an answer"] == 1.0 and told["nothing to say"] == 0.5
    assert told["fit"] == 0.5 and told["first fits"] == 0.0
    assert fits.before(rows)["fit"] == pytest.approx(1 / 3)
