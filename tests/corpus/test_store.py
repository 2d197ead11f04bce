"""The index: built beside, switched at once, read as a snapshot."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from fakes import WALKS, WordEmbedder, build, serve, tiny_corpus

from corpus.store import Store, StoreError


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(str(tmp_path / "store"))


def test_without_an_index_it_says_what_to_run(store: Store) -> None:
    """A fresh machine is told, not puzzled."""
    with pytest.raises(StoreError, match="python -m ingest"):
        store.open()


def test_an_index_holds_the_corpus_whole(tiny_store: Store) -> None:
    """Articles, passages in reading order, contradictions and the digest come back as they went in."""
    index = tiny_store.open()

    assert index.corpus == tiny_corpus()
    assert index.stamp.corpus_digest == tiny_corpus().digest
    assert [p.id for p in index.corpus][:2] == ["walks#sleep/1", "walks#sleep/2"]


def test_an_index_that_was_built_does_not_serve_before_the_switch(store: Store, words: WordEmbedder) -> None:
    """Killed before the switch, the former one still serves."""
    former = serve(store, tiny_corpus(), words)
    fresh = build(store, tiny_corpus(WALKS, ()), words)

    assert store.current_name() == former
    assert len(store.open().corpus) == len(tiny_corpus())
    store.switch(fresh)
    assert len(store.open().corpus) == len(WALKS)


def test_a_reader_keeps_its_snapshot_over_a_switch(store: Store, words: WordEmbedder) -> None:
    """A turn that began with the former index ends with it, search included."""
    serve(store, tiny_corpus(), words)
    former = store.open()
    serve(store, tiny_corpus(WALKS, ()), words)

    found = former.nearest(words.encode(["sundays are so lonely"]), 1)
    assert found == [{"rests#rest/1"}]


def test_only_the_current_and_the_former_index_are_kept(store: Store, words: WordEmbedder, tmp_path: Path) -> None:
    """What is older is swept, so the folder does not grow."""
    names = [serve(store, tiny_corpus(WALKS[:n], ()), words) for n in (1, 2, 3)]

    assert {p.name for p in (tmp_path / "store").glob("index-*")} == set(names[1:])


def test_search_folds_rows_into_passages(tiny_store: Store, words: WordEmbedder) -> None:
    """A passage's text, line and questions are rows of one passage."""
    index = tiny_store.open()
    found = index.nearest(words.encode(["why can I not sleep", "sundays are so lonely"]), 2)

    assert "walks#sleep/1" in found[0]
    assert "rests#rest/1" in found[1]
    assert all(len(ids) <= 2 for ids in found)


def test_vectors_are_read_back_by_text(tiny_store: Store, words: WordEmbedder) -> None:
    """What the next ingest takes over instead of embedding it again."""
    vectors = tiny_store.open().vectors_by_text()

    assert np.allclose(vectors[WALKS[0].line], words.encode([WALKS[0].line])[0], atol=1e-6)


def test_an_index_of_another_version_says_what_to_run(store: Store, words: WordEmbedder, tmp_path: Path) -> None:
    """A pointer to what is gone, or metadata that this version cannot read."""
    serve(store, tiny_corpus(WALKS[:1], ()), words)
    (tmp_path / "store" / "CURRENT").write_text("index-gone", encoding="utf-8")

    with pytest.raises(StoreError, match="python -m ingest"):
        store.open()


def test_a_server_that_does_not_answer_is_named() -> None:
    """With its address, and how one is started."""
    with pytest.raises(StoreError, match=r"http://127\.0\.0\.1:9.*chroma run"):
        Store("http://127.0.0.1:9")
