"""The sentences that the second tier learns from: where they stand, and that what is shipped was learnt from just these."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from coach.screen import classify, examples
from coach.screen.guardrails import LEARNED


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "crisis.suicide.en.txt").write_text("I do not want to wake up.\n\n", encoding="utf-8")
    (tmp_path / "crisis.harmless.en.txt").write_text(
        "This traffic kills me.\ni do not want to wake up.\n", encoding="utf-8"
    )
    (tmp_path / "ordinary.es.txt").write_text("Ayer fuimos al mar.\n", encoding="utf-8")
    return tmp_path


def test_a_file_says_what_its_sentences_tell_of(folder: Path) -> None:
    """A sentence in two files counts where it tells of something."""
    found = {e.text: (e.label, e.language) for e in examples.gather(["crisis"], folder)}

    assert found == {
        "I do not want to wake up.": ("crisis.suicide", "en"),
        "This traffic kills me.": ("harmless", "en"),
        "Ayer fuimos al mar.": ("harmless", "es"),
    }


@pytest.mark.parametrize("name", ["crisis.txt", "crises.suicide.en.txt", "a.b.c.d.txt"])
def test_a_file_that_belongs_nowhere_is_named(folder: Path, name: str) -> None:
    (folder / name).write_text("x\n", encoding="utf-8")

    with pytest.raises(ValueError, match=name):
        examples.gather(["crisis"], folder)


def test_an_edited_example_changes_the_digest(folder: Path) -> None:
    before = examples.digest(folder)
    (folder / "ordinary.es.txt").write_text("Ayer fuimos al campo.\n", encoding="utf-8")

    assert examples.digest(folder) != before


def test_every_kind_of_the_rules_that_learns_has_examples_and_every_file_a_kind() -> None:
    """A typing error in a file's name would silently teach a kind that no rule knows."""
    from coach.screen import policy

    known = {f"{name}.{kind}" for name in LEARNED for kind in policy.load(name).kinds}
    learnt = {e.label for e in examples.gather(LEARNED)} - {examples.HARMLESS}

    assert learnt <= known


@pytest.mark.weights
def test_what_is_shipped_was_learnt_from_these_very_examples() -> None:
    """Otherwise everybody's first start would learn anew. Run `python -m coach relearn` after an edit."""
    with np.load(classify.LEARNT) as held:
        assert str(held["digest"]) == classify.wanted(LEARNED, classify.encoder())
