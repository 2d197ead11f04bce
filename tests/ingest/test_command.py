"""`python -m ingest`: what changed is written, what did not is skipped, and the report says so."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from corpus.passage import Label
from corpus.store import Store
from corpus.tactics import Tactics
from ingest import __main__ as command

Ingest = Callable[..., int]
Write = Callable[..., str]


def test_the_corpus_can_be_read_back_whole(ingest: Ingest, folder: Path, store: Store) -> None:
    """Articles, passages in order and the stamp come out as they went in."""
    assert ingest(folder) == 0
    index = store.open()

    assert [p.id for p in index.corpus.passages] == ["01-walks#step-1/1"]
    assert index.corpus.article("01-walks").title == "Walks"
    assert (index.stamp.embedder, index.stamp.dimension) == ("words", 64)
    assert index.stamp.corpus_digest == index.corpus.digest


def test_a_second_run_embeds_nothing(ingest: Ingest, folder: Path, embedder: Any, store: Store) -> None:
    """Neither our own articles nor other people's."""
    (folder / "02-rest.txt").write_text("You should make him jealous. Sleep well.", encoding="utf-8")
    ingest(folder)
    name = store.current_name()
    embedder.asked.clear()

    assert ingest(folder) == 0
    assert embedder.asked == []
    assert store.current_name() == name


def test_the_report_counts_passages(
    ingest: Ingest, folder: Path, write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    """Added, replaced, deleted and skipped, in a line that people read."""
    (folder / "01-walks.md").write_text(write(sections={"step-1": ["One.", "Two.", "Three."]}), encoding="utf-8")
    ingest(folder)
    (folder / "01-walks.md").write_text(
        write(sections={"step-1": ["One.", "Changed."], "s": ["New."]}), encoding="utf-8"
    )
    capsys.readouterr()
    ingest(folder)

    assert "3 passages: added 1, replaced 1, deleted 1, skipped 1 unchanged." in capsys.readouterr().out


def test_a_changed_passage_alone_is_embedded_again(ingest: Ingest, folder: Path, write: Write, embedder: Any) -> None:
    """Unchanged texts take their vectors from the former index."""
    ingest(folder)
    (folder / "01-walks.md").write_text(write(sections={"step-1": ["Walk by the lake instead."]}), encoding="utf-8")
    embedder.asked.clear()
    ingest(folder)

    assert "Walk by the lake instead." in embedder.asked
    assert "should I text him?" not in embedder.asked


def test_paths_are_the_whole_corpus(ingest: Ingest, folder: Path, write: Write, store: Store, tmp_path: Path) -> None:
    """What is not named is gone."""
    ingest(folder)
    (tmp_path / "b.md").write_text(write("02-rest"), encoding="utf-8")
    ingest(tmp_path / "b.md")

    assert [a.id for a in store.open().corpus.articles] == ["02-rest"]


@pytest.mark.parametrize("pointer", ["", "index-that-is-gone"])
def test_nothing_is_added_to_what_cannot_be_read(
    ingest: Ingest,
    folder: Path,
    write: Write,
    store: Store,
    tmp_path: Path,
    pointer: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Before the first ingest, or after an upgrade: it would switch to the new article alone. Nothing is changed."""
    current = tmp_path / "store" / "CURRENT"
    if pointer:
        ingest(folder)
        current.write_text(pointer, encoding="utf-8")
    (tmp_path / "b.md").write_text(write("02-rest"), encoding="utf-8")

    assert ingest("--add", tmp_path / "b.md") == 1
    assert "`python -m ingest` first" in capsys.readouterr().err
    assert (current.read_text(encoding="utf-8") if current.exists() else "") == pointer


TIES = (
    '[[disagreement]]\nid = "x"\nsays = "They differ."\n'
    '[[disagreement.side]]\nstance = "Walk."\npassages = ["01-walks#step-1/1"]\n'
    '[[disagreement.side]]\nstance = "Rest."\npassages = ["02-rest#step-1/1"]\n'
)


def test_a_tie_that_is_added_again_stands_once(ingest: Ingest, folder: Path, write: Write, store: Store) -> None:
    """`--add` of the folder that was ingested changes nothing."""
    (folder / "02-rest.md").write_text(write("02-rest"), encoding="utf-8")
    (folder / "disagreements.toml").write_text(TIES, encoding="utf-8")
    ingest(folder)
    before = store.open().corpus
    ingest("--add", folder)

    assert store.open().corpus.disagreements == before.disagreements


def test_a_tie_to_a_passage_that_says_something_else_is_dropped_on_add(
    ingest: Ingest, folder: Path, write: Write, store: Store, tmp_path: Path
) -> None:
    """It has the same id, and contradicts nobody any more."""
    (folder / "02-rest.md").write_text(write("02-rest"), encoding="utf-8")
    (folder / "disagreements.toml").write_text(TIES, encoding="utf-8")
    ingest(folder)
    (tmp_path / "b.md").write_text(write("02-rest", {"step-1": ["Swim in the lake."]}), encoding="utf-8")
    ingest("--add", tmp_path / "b.md")

    assert store.open().corpus.disagreements == ()


def test_add_keeps_the_rest(ingest: Ingest, folder: Path, write: Write, store: Store, tmp_path: Path) -> None:
    """An article of the same id is replaced, all others stay."""
    ingest(folder)
    (tmp_path / "b.md").write_text(write("02-rest"), encoding="utf-8")
    (tmp_path / "a.md").write_text(write("01-walks", {"step-9": ["Run."]}), encoding="utf-8")
    ingest("--add", tmp_path / "b.md", tmp_path / "a.md")

    assert [p.id for p in store.open().corpus.passages] == ["01-walks#step-9/1", "02-rest#step-1/1"]


def test_a_tie_to_a_replaced_passage_is_dropped_on_add(
    ingest: Ingest, folder: Path, write: Write, store: Store, tmp_path: Path
) -> None:
    """A contradiction with one side left is none."""
    (folder / "02-rest.md").write_text(write("02-rest"), encoding="utf-8")
    (folder / "disagreements.toml").write_text(TIES, encoding="utf-8")
    ingest(folder)
    assert store.open().corpus.ties("01-walks#step-1/1")
    (tmp_path / "b.md").write_text(write("02-rest", {"new": ["Run."]}), encoding="utf-8")
    ingest("--add", tmp_path / "b.md")

    assert store.open().corpus.disagreements == ()


def test_kept_foreign_passages_are_judged_by_today_s_notion(
    ingest: Ingest, folder: Path, write: Write, store: Store, tactics: Tactics, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody corrected the notion: an article that is kept must not go on being recommended."""
    (folder / "02-rest.txt").write_text("You should leave a scarf at his place. Sleep well.", encoding="utf-8")
    ingest(folder)
    assert store.open().corpus.by_id["02-rest#intro/1"].label is Label.SOUND

    corrected = tactics.model_dump()
    corrected["tactic"][0]["patterns"] = ("leave a scarf",)
    monkeypatch.setattr(command, "load_tactics", lambda: Tactics.model_validate(corrected))
    ingest("--add", folder / "01-walks.md")
    assert store.open().corpus.by_id["02-rest#intro/1"].label is Label.MANIPULATIVE


def test_vectors_of_other_weights_are_not_taken_over(
    ingest: Ingest, folder: Path, embedder: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two models' vectors have nothing to say to each other."""
    ingest(folder)
    embedder.asked.clear()
    monkeypatch.setattr(embedder, "digest", "e" * 64)
    ingest(folder)

    assert "should I text him?" in embedder.asked


def test_the_default_is_the_folder_of_the_settings(ingest: Ingest, folder: Path, store: Store) -> None:
    """`make ingest` names no path."""
    assert ingest() == 0
    assert len(store.open().corpus) == 1


def test_an_index_of_another_version_is_built_anew(ingest: Ingest, folder: Path, store: Store, tmp_path: Path) -> None:
    """An upgrade needs no hand."""
    ingest(folder)
    (tmp_path / "store" / "CURRENT").write_text("index-that-is-gone", encoding="utf-8")

    assert ingest(folder) == 0
    assert len(store.open().corpus) == 1
