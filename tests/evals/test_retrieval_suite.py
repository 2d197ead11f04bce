"""Search is judged by what is found, and by what a turn would then say."""

from dataclasses import replace

from fakes import SLEEP

from coach import draft
from coach.retrieve import Retrieved, Retriever
from coach.thread import Query
from evals.figures import Result
from evals.retrieval import Retrieval, is_silent


def test_a_turn_is_silent_where_nothing_is_near_or_nothing_fits(tiny_store, words, monkeypatch):
    """Near enough is not enough: where no line fits, a turn abstains all the same."""
    retriever, asked = Retriever(tiny_store.open(), words), Query(SLEEP)
    retrieved = replace(retriever.find(asked, 12), nearest=1.0)

    assert not is_silent(retrieved, asked, retriever)
    assert is_silent(replace(retrieved, nearest=0.0), asked, retriever)
    assert is_silent(Retrieved((), 1.0), asked, retriever)
    monkeypatch.setattr(draft, "FITS", 2.0)  # no line can fit
    for name in ("LEADS", "SECOND", "ALONE"):
        monkeypatch.setattr(draft, name, 9.0)
    assert is_silent(retrieved, asked, retriever)


def test_abstaining_is_drawn_by_nearness_and_by_what_a_turn_does():
    """One of two questions without an answer is far from everything, the other finds nothing that fits."""
    ranks = {"ways": {"fused": {"rank": 1, "ndcg": 1.0}}, "gold": ["a#s"], "home": "a#s", "refused": False}
    asked = Result("retrieval", "question", "q", True, scores=ranks | {"silent": False})
    far, unfit = (
        Result("retrieval", "unanswerable", str(i), True, scores={"refused": i == 0, "silent": True}) for i in (0, 1)
    )

    drawn = {f.key: f.value for f in Retrieval().draw([asked, far, unfit]).figures}

    assert (drawn["retrieval.abstained"], drawn["retrieval.silent"]) == (0.5, 1.0)
    assert (drawn["retrieval.abstained_wrongly"], drawn["retrieval.silent_wrongly"]) == (0.0, 0.0)
