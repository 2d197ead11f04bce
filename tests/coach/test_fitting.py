"""How likely a line fits: its score, the line, and who it is said to."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fakes import passage

from coach import fitting
from coach.fitting import Learnt
from coach.rows import Rows, key_of
from corpus.passage import Corpus, Found

TO_HER, TO_ANOTHER = np.array([1, 0], dtype=np.float32), np.array([0, 1], dtype=np.float32)
KEYS = (key_of("walks#s/1", "Walk."), key_of("walks#s/2", "Run."))
ROWS = Rows(KEYS, np.array([[2, -2], [0, 0]], dtype=np.float32), np.array([-2, -4], dtype=np.float32), "0")
KNOWN = Learnt(ROWS, 3.0, (5.0, -2.0))


def test_a_line_fits_some_messages_and_not_others() -> None:
    """With the same score."""
    assert KNOWN.probability(KEYS[0], 0.5, TO_HER) > 0.5 > KNOWN.probability(KEYS[0], 0.5, TO_ANOTHER)
    assert KNOWN.probability(KEYS[0], 0.7, TO_HER) > KNOWN.probability(KEYS[0], 0.5, TO_HER)


def test_a_line_that_never_fitted_is_unlikely_to() -> None:
    """Whoever it is said to."""
    assert KNOWN.probability(KEYS[1], 0.5, TO_HER) < 0.2


def test_a_line_that_was_rewritten_is_judged_by_its_score_alone() -> None:
    """Its grades were for other words; the same goes for articles of one's own, and where the vector says nothing."""
    alone = KNOWN.probability(KEYS[0], 0.5, None)

    assert KNOWN.probability(key_of("walks#s/1", "Walk slowly."), 0.5, TO_HER) == alone
    assert KNOWN.probability(key_of("mine#s/1", "Walk."), 0.5, TO_HER) == alone


def test_what_was_learnt_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Written and read again it says the same."""
    monkeypatch.setattr(fitting, "FILE", tmp_path / "fits.npz")
    KNOWN.write(fitting.FILE)
    read = fitting.learnt.__wrapped__()

    assert read.rows.keys == KEYS and read.rows.embedder == "0" and read.unknown == (5.0, -2.0)
    assert read.probability(KEYS[0], 0.5, TO_HER) == pytest.approx(KNOWN.probability(KEYS[0], 0.5, TO_HER), abs=1e-3)


def test_what_was_learnt_is_of_lines_that_stand(real_corpus: Corpus) -> None:
    """Whoever rewrites a line has it graded anew (`python -m evals.fits`), or accepts that its score alone counts."""
    own = [p for p in real_corpus if key_of(p.id, p.line) in fitting.learnt().rows.places]

    assert len(own) > 150


def test_an_unknown_passage_is_judged_by_its_score() -> None:
    """Near it fits, far it does not."""
    unknown = replace(passage("walks#s/9", "Line.", "Text."))

    assert fitting.probability(Found(unknown, 0.8)) > fitting.FITS > fitting.probability(Found(unknown, 0.1))
