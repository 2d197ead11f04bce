"""The sentences that the second tier learns from: where they stand, and that what is shipped was learnt from just these."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from coach.screen import examples, learnt
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
    sentences = {e.label for e in examples.gather(LEARNED)} - {examples.HARMLESS}
    messages = {label for m in examples.gather_messages(LEARNED) for label in m.labels}

    assert sentences <= known
    assert messages <= known | set(LEARNED)


def test_a_whole_message_tells_of_several_things_or_of_none(tmp_path: Path) -> None:
    """A talk is one line, its messages apart."""
    (tmp_path / "dark.en.txt").write_text(
        "crisis.suicide, abuse | He burnt my papers. // I have written to everyone now.\nharmless | I could have died!\n",
        encoding="utf-8",
    )

    told, harmless = examples.gather_messages(["crisis", "abuse"], tmp_path)

    assert told.labels == {"crisis.suicide", "abuse"}
    assert told.text == "He burnt my papers.\nI have written to everyone now."
    assert (harmless.labels, harmless.language) == (frozenset(), "en")


@pytest.mark.parametrize("line", ["no bar", "crisis.suicide |", "crises | I am tired", "| I am tired"])
def test_a_whole_message_that_cannot_be_read_is_named_by_its_line(tmp_path: Path, line: str) -> None:
    (tmp_path / "dark.en.txt").write_text(f"harmless | Fine.\n{line}\n", encoding="utf-8")

    with pytest.raises(ValueError, match=r"dark\.en\.txt, line 2"):
        examples.gather_messages(["crisis"], tmp_path)


@pytest.mark.weights
def test_what_is_shipped_was_learnt_from_these_very_examples() -> None:
    """Otherwise everybody's first start would learn anew. Run `python -m coach relearn` after an edit."""
    with np.load(learnt.FILE) as held:
        assert str(held["digest"]) == learnt.wanted(LEARNED, learnt.encoder())
