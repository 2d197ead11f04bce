"""Search: every passage is scored, from memory."""

from __future__ import annotations

from fakes import WordEmbedder

from coach.retrieve import Retriever
from coach.thread import Query
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
