"""What is learnt of lines that fit: no grade judges itself, and what fits often is told from what never does."""

from __future__ import annotations

import pytest

from coach import fitting
from evals import fits
from evals.fits import Graded


def graded() -> list[Graded]:
    """Return gradings of two passages with the same scores: one fits always, the other never; a third once."""
    rows = [Graded(n, "told", f"s/{p}", 0.5 + (n % 5) / 100, 2 * p) for n in range(40) for p in (0, 1)]
    return [*rows, Graded(40, "told", "s/once", 0.5, 1)]


def test_the_record_tells_what_fits() -> None:
    probabilities = fits.judged(graded())
    fit = [p for p, g in zip(probabilities, graded(), strict=True) if g.passage == "s/1"]
    beside = [p for p, g in zip(probabilities, graded(), strict=True) if g.passage == "s/0"]

    assert min(fit) > fitting.FITS > max(beside)


def test_a_passage_that_only_its_own_message_graded_has_no_record() -> None:
    """Otherwise each grade would predict itself."""
    last = fits.judged(graded())[-1]

    assert max(fits.judged(graded())[:2]) > last > min(fits.judged(graded())[:2])


def test_answers_are_counted_as_they_are_chosen() -> None:
    rows = [Graded(0, "told", "a", 0.5, 0), Graded(0, "told", "b", 0.5, 2), Graded(1, "told", "c", 0.3, 0)]
    told = fits.answers(rows, fits.np.array([0.9, 0.8, 0.1]))

    assert told["lines an answer"] == 1.0 and told["nothing to say"] == 0.5
    assert told["fit"] == 0.5 and told["first fits"] == 0.0
    assert fits.before(rows)["fit"] == pytest.approx(1 / 3)
