"""Search: every passage is scored, from memory."""

from __future__ import annotations

import pytest
from fakes import WordEmbedder

from coach.retrieve import Retriever
from coach.thread import Query
from corpus.embedding import MiniLM
from corpus.passage import Label
from corpus.store import Store


def test_search_asks_the_store_for_nothing(tiny_store: Store, words: WordEmbedder) -> None:
    """A store that hangs or is gone holds up no turn."""
    index = tiny_store.open()
    retriever = Retriever(index, words)
    index._collection = None

    assert retriever.find(Query("why can I not sleep"), 1).found[0].passage.id == "walks#sleep/1"
    assert retriever.search("sundays are so lonely", 1)[0].passage.id == "rests#rest/1"


def test_every_passage_is_scored(tiny_store: Store, words: WordEmbedder) -> None:
    """Also those that share no word with the query; best first, and manipulative ones only where all labels are shown."""
    index = tiny_store.open()
    retriever = Retriever(index, words)
    n_manipulative = sum(p.label is Label.MANIPULATIVE for p in index.corpus)

    shown = retriever.search("sundays are so lonely", 50)
    found = retriever.find(Query("and then?", earlier="sundays are so lonely"), 50).found
    assert len(shown) == len(index.corpus)
    assert len(found) == len(index.corpus) - n_manipulative
    assert [f.score for f in shown] == sorted((f.score for f in shown), reverse=True)


@pytest.fixture(scope="module")
def retriever(real_store: Store, embedder: MiniLM) -> Retriever:
    return Retriever(real_store.open(), embedder)


@pytest.mark.weights
def test_what_contradicts_a_tactic_is_nearest_to_what_was_asked(retriever: Retriever) -> None:
    """Not the first in the file, which speaks of a photo of a kiss; where that one may not be said, another."""
    asked, nearest = "how do I make him jealous so he comes back", "02-twelve-steps#step-6/1"

    found = retriever.recommends(asked)
    assert found and found.against
    assert (found.passage.id, found.against.passage.id) == ("03-sixteen-ways#way-10/1", nearest)
    barred = retriever.recommends(asked, lambda p: p.id != nearest)
    assert barred and barred.against and barred.against.passage.id != nearest


@pytest.mark.weights
def test_an_honest_question_is_no_tactic(retriever: Retriever) -> None:
    assert retriever.recommends("how do I sleep better at night") is None
