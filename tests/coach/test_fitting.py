"""How likely a line fits: its score, and how it fared before."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fakes import passage

from coach import fitting
from coach.fitting import Records, Weights
from corpus.passage import Corpus, Found

WEIGHTS = Weights(6.0, 1.0, -3.0)


def test_a_line_that_fitted_often_is_likelier_to_fit() -> None:
    """With the same score."""
    assert WEIGHTS.probability(0.5, 0.8) > WEIGHTS.probability(0.5, 0.2)
    assert WEIGHTS.probability(0.6, 0.2) > WEIGHTS.probability(0.5, 0.2)


def test_a_record_is_smoothed_towards_the_usual() -> None:
    """A line that was graded once is not known to fit always."""
    assert fitting.smoothed(0, 0, 0.2) == pytest.approx(0.2)
    assert 0.2 < fitting.smoothed(1, 1, 0.2) < 0.4
    assert fitting.smoothed(100, 90, 0.2) > 0.8


def test_a_line_that_was_rewritten_has_no_record() -> None:
    """Its grades were for other words; the same goes for articles of one's own."""
    known = Records(WEIGHTS, 0.2, {"walks#s/1": (fitting.digest_of("Walk."), 50, 45)})

    assert known.share("walks#s/1", "Walk.") > 0.8
    assert known.share("walks#s/1", "Walk slowly.") == fitting.UNGRADED == known.share("walks#s/2", "Walk.")


def test_the_records_are_of_lines_that_stand(real_corpus: Corpus) -> None:
    """Whoever rewrites a line has it graded anew (`python -m evals.fits`), or accepts that it starts from nothing."""
    own = [p for p in real_corpus if fitting._known().records.get(p.id, ("",))[0] == fitting.digest_of(p.line)]
    useful = max(own, key=lambda p: fitting._known().share(p.id, p.line))
    useless = min(own, key=lambda p: fitting._known().share(p.id, p.line))

    assert len(own) > 150
    assert fitting.probability(Found(useful, 0.5)) > fitting.FITS > fitting.probability(Found(useless, 0.5))


def test_an_unknown_passage_is_judged_by_its_score() -> None:
    """Near it fits, far it does not."""
    unknown = replace(passage("walks#s/9", "Line.", "Text."))

    assert fitting.probability(Found(unknown, 0.8)) > fitting.FITS > fitting.probability(Found(unknown, 0.2))
