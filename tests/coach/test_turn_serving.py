"""What a turn leans on while it is served: its thread, which others may delete or stop, and an index that changes or dies."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from fakes import SLEEP, WALKS, Rails, WordEmbedder, serve, talk, texts, tiny_corpus

from coach.build import Parts, readiness
from coach.errors import Misconfigured, NotFound
from coach.events import ChatRequest
from coach.graph import Coach
from coach.thread import Screening
from coach.threads import SqliteThreads
from corpus.store import Store, StoreError

MakeCoach = Callable[..., Coach]

BEFORE_SENTENCES = ["turn", "caveat", "passages"]


async def test_two_turns_at_once_in_one_thread_both_count(make_coach: MakeCoach) -> None:
    """The second knows what the first was told, and neither is lost."""
    rails = Rails(lambda text, facts: Screening(facts.having(abuse=facts.abuse or "hits" in text), text))
    coach = make_coach(rails=rails)
    thread_id = (await talk(coach, SLEEP))[0].data["thread_id"]

    _, second = await asyncio.gather(
        talk(coach, "he hits me", thread_id=thread_id), talk(coach, SLEEP, thread_id=thread_id)
    )

    thread = coach.threads.get(thread_id)
    assert thread is not None and thread.facts.abuse
    assert [turn.message for turn in thread.turns] == [SLEEP, "he hits me", SLEEP]
    assert [c["kind"] for c in second[-1].data["caveats"]] == ["abuse"]


async def test_an_unknown_thread_is_not_found(make_coach: MakeCoach) -> None:
    """Before anything is emitted."""
    with pytest.raises(NotFound):
        await talk(make_coach(), SLEEP, thread_id="unknown")


async def test_a_thread_that_is_deleted_during_its_turn_stays_deleted(make_coach: MakeCoach) -> None:
    """Forgetting is at once and whole: a turn that ends later does not bring the thread back."""
    coach = make_coach()
    first = await talk(coach, SLEEP)
    thread_id = first[0].data["thread_id"]

    async for event in coach.turn(ChatRequest(message=SLEEP, thread_id=thread_id)):
        if event.name == "passages":
            coach.threads.delete(thread_id)

    assert coach.threads.get(thread_id) is None


async def test_what_was_told_in_a_turn_that_was_stopped_stays_told(make_coach: MakeCoach) -> None:
    """She tells of abuse and hits Stop: the thread is known, and so is that."""
    rails = Rails(lambda text, facts: Screening(facts.having(abuse=facts.abuse or "hits" in text), text))
    coach = make_coach(rails=rails)

    turn = coach.turn(ChatRequest(message="he hits me, I cannot sleep"))
    thread_id = (await anext(turn)).data["thread_id"]
    async for event in turn:
        if event.name == "passages":
            break
    await turn.aclose()  # type: ignore[attr-defined]

    thread = coach.threads.get(thread_id)
    assert thread is not None and thread.facts.abuse


async def test_a_new_index_is_taken_up_by_the_next_turn(
    make_coach: MakeCoach, tmp_path: Path, words: WordEmbedder
) -> None:
    """The turn that began before ends with the index it began with."""
    store = Store(str(tmp_path))
    serve(store, tiny_corpus(), words)
    coach = make_coach(store=store)
    changed = replace(WALKS[0], line="Swim in the lake in the evening.")

    first = []
    async for event in coach.turn(ChatRequest(message=SLEEP)):
        if event.name == "turn":
            serve(store, tiny_corpus((changed, *WALKS[1:]), ()), words)
        first.append(event)
    second = await talk(coach, SLEEP)

    assert texts(first)[0] == WALKS[0].line
    assert texts(second)[0] == changed.line
    assert second[-1].data["decision"]["corpus_digest"] != first[-1].data["decision"]["corpus_digest"]


async def test_a_store_that_dies_while_it_serves_changes_nothing(
    make_coach: MakeCoach, tmp_path: Path, words: WordEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The index is in memory; what is new is taken up when the store is back."""
    store = Store(str(tmp_path))
    serve(store, tiny_corpus(), words)
    coach = make_coach(store=store)
    before = texts(await talk(coach, SLEEP))

    def dead(*_: object, **__: object) -> str:
        raise StoreError("no Chroma server answers")

    def cut(*_: object, **__: object) -> None:
        raise httpx.ConnectError("refused")

    monkeypatch.setattr(store, "current_name", dead)
    monkeypatch.setattr(coach.retriever().index._collection, "query", cut)
    assert texts(await talk(coach, SLEEP)) == before


async def test_an_index_of_other_weights_is_refused(make_coach: MakeCoach, tmp_path: Path, words: WordEmbedder) -> None:
    """At the start; the message says what to run."""
    other = WordEmbedder()
    other.digest = "e" * 64  # type: ignore[misc]
    store = Store(str(tmp_path))
    serve(store, tiny_corpus(), other)

    with pytest.raises(Misconfigured, match="python -m ingest"):
        await talk(make_coach(store=store), SLEEP)


async def test_an_index_that_cannot_be_used_costs_nobody_an_answer(
    make_coach: MakeCoach, tmp_path: Path, words: WordEmbedder
) -> None:
    """Switched to while it serves, it is refused: the one before serves on, and readiness says so until a good one comes."""
    store, other = Store(str(tmp_path)), WordEmbedder()
    serve(store, tiny_corpus(), words)
    coach = make_coach(store=store)
    await talk(coach, SLEEP)
    other.digest = "e" * 64  # type: ignore[misc]
    serve(store, tiny_corpus(), other)
    await coach.admit(ChatRequest(message="kill myself"))

    assert (await talk(coach, "I want to kill myself"))[-1].data["outcome"] == "crisis"
    assert texts(await talk(coach, SLEEP))[0] == WALKS[0].line
    assert readiness(Parts(coach))[1]["missing"] == ["index"]
    serve(store, tiny_corpus(), words)
    assert readiness(Parts(coach))[1]["missing"] == []


@pytest.mark.parametrize("fault", ["full", "broken"])
async def test_a_crisis_is_answered_though_nothing_can_be_kept(
    make_coach: MakeCoach, tmp_path: Path, fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A full disk or a broken file: in a new talk and in one that goes on; no word of hers is logged."""
    threads = SqliteThreads(tmp_path / "t.sqlite", 60)
    coach = make_coach(threads=threads)
    thread_id = (await talk(coach, SLEEP))[0].data["thread_id"]
    threads._db.execute("PRAGMA query_only = ON" if fault == "full" else "DROP TABLE threads")
    known = await talk(coach, "I want to kill myself", thread_id=thread_id)
    first = await talk(coach, "I want to kill myself")
    second = await talk(coach, "I will kill myself", thread_id=first[0].data["thread_id"])

    assert [events[-1].data["outcome"] for events in (known, first, second)] == ["crisis"] * 3
    thread = threads.get(first[0].data["thread_id"])
    assert thread is not None and thread.facts.n_crisis == 2
    assert "kill" not in caplog.text
    threads.close()
