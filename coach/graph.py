"""A turn, from a request to its answer. Read this first.

    screen ──┬─ crisis, out of scope, small talk ─────────────────────────────┐
             └─ make_query ── retrieve ── choose ── speak ────────────────────┴─ finish

`Coach` takes turns, one at a time of a thread, and checks messages that somebody means to send; the graph at the end is the
order of the steps, which `steps.py` holds. This is the only door to LangGraph.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import threading
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import asdict, dataclass, replace
from typing import Any
from weakref import WeakValueDictionary

from langgraph.config import get_stream_writer
from langgraph.graph import END, START, StateGraph

from coach import check
from coach.beside import Beside
from coach.errors import Misconfigured, NotFound
from coach.events import ChatRequest, CheckRequest, Event
from coach.retrieve import Retriever
from coach.settings import region_code
from coach.speak import Speaker
from coach.steps import Emit, Shared, State, caught_up, choose, finish, make_query, retrieve, screen, speak
from coach.thread import Citation, Facts, Message, Outcome, Query, Referral, Screening, Thread, Turn
from coach.threads import ThreadStore, new_id
from coach.verify import cite_line
from corpus.store import Index, Store, StoreError

log = logging.getLogger(__name__)

Step = Callable[[State, Shared, Emit], Awaitable[dict[str, Any]]]


@dataclass(kw_only=True)
class Coach(Shared):
    """Takes turns and checks messages: what the steps share, where passages are kept, and what was told before."""

    store: Store
    referrals_for: Callable[[str, str], tuple[Referral, ...]]
    threads: ThreadStore

    def __post_init__(self) -> None:
        super().__post_init__()
        self._retriever: Retriever | None = None
        self._refused: tuple[str, Misconfigured] | None = None  # an index that was switched to and cannot be used
        self._opening = threading.Lock()
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()  # of the threads that speak now
        self._graph = _build(self)

    def retriever(self) -> Retriever:
        """Return search over the current index: a turn keeps the one it began with, the next takes up a new one.

        A store that no longer answers changes nothing: all vectors are in memory. Neither does a new index that cannot be
        used: the one before serves on, and `usable_index` says so to whoever looks after the service.
        """
        if not self._opening.acquire(blocking=self._retriever is None):
            assert self._retriever is not None
            return self._retriever  # somebody looks right now; a store that hangs holds up nobody else
        name = ""
        try:
            name = self.store.current_name() or ""
            in_use = self._retriever.index.name if self._retriever else ""
            if self._retriever is None or name not in ("", in_use, self._refused[0] if self._refused else ""):
                self._retriever, self._refused = Retriever(self.store.open(), self.embedder), None
            elif name == in_use:
                self._refused = None
        except Exception as error:  # whatever it was: before it, nobody has screened her message yet
            if self._retriever is None:
                raise
            if name and not isinstance(error, StoreError):  # not tried again in each turn
                self._refused = (
                    name,
                    error if isinstance(error, Misconfigured) else Misconfigured(type(error).__name__),
                )
            log.error("the index in memory goes on serving: %s", error)
        finally:
            self._opening.release()
        return self._retriever

    def usable_index(self) -> Index:
        """Return the index in use; Misconfigured where the store holds a newer one that was refused."""
        index = self.retriever().index
        if self._refused:
            raise self._refused[1]
        return index

    async def admit(self, request: ChatRequest) -> None:
        """Raise what can be known to be wrong with a request before its turn begins."""
        self._thread(request.thread_id)
        await asyncio.to_thread(self.retriever)

    async def turn(self, request: ChatRequest) -> AsyncGenerator[Event]:
        """Yield the events of one turn; the last is `answer`. Turns of one thread wait for each other: each must know
        what was told in the one before.
        """
        thread_id = request.thread_id or new_id()
        lock = self._turns.setdefault(thread_id, asyncio.Lock())
        async with lock, aclosing(self._turn(request, thread_id)) as events:
            async for event in events:
                yield event

    async def _turn(self, request: ChatRequest, thread_id: str) -> AsyncGenerator[Event]:
        thread = Thread(thread_id) if request.thread_id is None else self._thread(thread_id)
        state: State = {
            "request": request,
            "thread": thread,
            "turn_id": secrets.token_urlsafe(12),
            "beside": self._beside(request.region),
            "retriever": await asyncio.to_thread(self.retriever),
            "caveats": [],
            "referrals": (),
            "speaker": Speaker(lambda _: None, self.guardrails, thread.facts),
            "passages": (),
            "chosen": (),
            "timings_ms": {},
        }
        if request.thread_id is None:
            self.threads.put(thread)  # known from its first event on: she may stop this turn, or forget it
        async for mode, payload in self._graph.astream(state, stream_mode=["custom", "values"]):
            if mode == "custom":
                yield payload
                continue
            if "screening" in payload and "screening" not in state:
                self._remember(thread.id, payload["screening"].facts)  # what was told stays told in a turn she stops
            state = payload
        answer = state["answer"]
        # Its facts are kept already, and a check may have added to them; where a rail raised, the next turn reads it.
        unread = None if "screening" in state else thread.facts.having(n_unread=thread.facts.n_unread + 1)
        said = dict.fromkeys(c.passage_id for sentence in answer.sentences for c in sentence.citations)
        turn = Turn(request.message, answer.text, answer.outcome, tuple(said))
        self._remember(thread.id, unread, turn)
        yield Event("answer", asdict(answer))

    async def check(self, request: CheckRequest) -> check.Review:
        """Review a message she means to send. What it tells of danger stays told in her thread; it lifts nothing there."""
        thread, beside = self._thread(request.thread_id), self._beside(request.region)
        try:
            screening, of_his = await asyncio.to_thread(self._screened, request, thread)
        except Exception as error:  # as in `screen`: what no rail has read is not reviewed
            log.error("a rail raised %s; the check was closed", type(error).__name__)
            says, referrals = beside.failed(request.text)
            return check.Review(Outcome.FAILED, (), (), "do_not_send", says=says, referrals=referrals)
        screening = beside.here(screening)
        if request.thread_id is not None and (known := self.threads.get(thread.id)):
            self._remember(thread.id, check.added(known.facts, screening.facts))
        if screening.outcome is Outcome.CRISIS:
            referrals = beside.reply(screening)
            says = self.replies.crisis(screening.reply, screening.facts.n_crisis, referrals, screening.language)
            if request.thread_id is not None and screening.language == "en":
                says = (*says, check.rules().crisis.says)
            return check.Review(Outcome.CRISIS, (), (), "do_not_send", says=says, referrals=referrals)
        retriever = await asyncio.to_thread(self.retriever)

        def cite(text: str) -> tuple[Citation, ...]:
            found = retriever.find(Query(text), 1).found
            return tuple(cite_line(f.passage) for f in found)

        is_declined = screening.outcome is Outcome.DECLINED
        because = " ".join(self.replies.declined(screening.reply, screening.language)) if is_declined else ""
        review = await asyncio.to_thread(check.review, request.text, screening, request.local_time, cite, because)
        caveats = beside.caveats(screening)
        # What the talk would say first is said here, too, and nothing is "fine to send" beside it.
        says, places = beside.safety(screening, caveats), beside.asked(screening)
        if of_his and of_his.reply in check.HIS_SUICIDE and "his_suicide" not in screening.safety:
            places = (*places, *beside.reply(replace(screening, reply="safety.his_suicide")))
            says = (*says, *self.replies.said("safety.his_suicide", screening.language, places))
        says = (*says, *(c.text for c in caveats if check.must_say(c.kind, screening.facts)))
        if says:
            verdict = "rest_a_day" if review.verdict == "fine" else review.verdict
            review = replace(review, says=(*says, *review.says), verdict=verdict)
        of_caveats = (r for caveat in caveats for r in caveat.referrals)
        return replace(review, referrals=tuple(dict.fromkeys((*places, *of_caveats))))

    def _screened(self, request: CheckRequest, thread: Thread) -> tuple[Screening, Screening | None]:
        """Screen her words with all that was told before, and his apart from them, where she quotes some."""
        thread = caught_up(self.guardrails, thread)
        hers, his = check.apart(request.text)
        told = [m.content for m in request.history if m.role == "user"]
        if told:
            facts = self.guardrails.message(told[-1], thread, [Message("user", text) for text in told[:-1]]).facts
            turns = (*thread.turns, *(Turn(text, "", Outcome.ANSWERED) for text in told))
            thread = replace(thread, turns=turns, facts=facts)
        # To him she neither answers the coach's question nor insists on what it declined.
        before = replace(thread, facts=thread.facts.having(asked=False, declined=""))
        of_his = self.guardrails.message(his, Thread("")) if his else None
        is_hers_too = of_his is not None and of_his.reply in check.HIS_SUICIDE and check.joins(hers)
        said = request.text if is_hers_too else hers.strip() or check.NOTHING_OF_HERS
        screening = self.guardrails.message(said, before)
        if thread.facts.crisis and screening.outcome is not Outcome.CRISIS:
            # "I am safe", said to him, is not said to the coach
            screening = self.guardrails.message(check.NOTHING_OF_HERS, before)
        return check.with_threats(screening, hers, his), of_his

    def _beside(self, region: str | None) -> Beside:
        return Beside(self.replies, self.referrals_for, region_code(region or self.settings.region))

    def _thread(self, thread_id: str | None) -> Thread:
        if thread_id is None:
            return Thread(new_id())
        thread = self.threads.get(thread_id)
        if thread is None:
            raise NotFound("this thread is not known or has expired; leave out `thread_id` to begin anew")
        return thread

    def _remember(self, thread_id: str, facts: Facts | None, *turns: Turn) -> None:
        thread = self.threads.get(thread_id)
        if thread is not None:  # it may have been forgotten while its turn went on
            self.threads.put(replace(thread, turns=(*thread.turns, *turns), facts=facts or thread.facts))


def _build(coach: Coach) -> Any:
    graph = StateGraph(State)
    for step in (screen, make_query, retrieve, choose, speak, finish):
        graph.add_node(step.__name__, _timed(step, coach))  # type: ignore[call-overload]  # its overloads want a private protocol
    graph.add_edge(START, "screen")
    graph.add_conditional_edges(
        "screen", lambda s: "finish" if "outcome" in s else "make_query", ["finish", "make_query"]
    )
    graph.add_edge("make_query", "retrieve")
    graph.add_edge("retrieve", "choose")
    graph.add_conditional_edges("choose", lambda s: "finish" if "outcome" in s else "speak", ["finish", "speak"])
    graph.add_edge("speak", "finish")
    graph.add_edge("finish", END)
    return graph.compile()


def _timed(step: Step, shared: Shared) -> Callable[[State], Awaitable[dict[str, Any]]]:
    async def node(state: State) -> dict[str, Any]:
        start = time.perf_counter()
        added = await step(state, shared, get_stream_writer())
        ms = round((time.perf_counter() - start) * 1000, 1)
        return added | {"timings_ms": state["timings_ms"] | {step.__name__: ms}}

    return node
