"""The steps of a turn, in order. Read this first.

    screen ──┬─ crisis, out of scope, small talk ─────────────────────────────┐
             └─ query ── retrieve ── draft ── speak (verify, screen again) ───┴─ answer

Each step is a function of the state and of the coach, and returns what it adds. A step that has something for the user
emits it at once, as an `Event`; a sentence is emitted once and never changes. If the model is away, late, or says
nothing that can be verified, the lines stand. A rail that breaks ends the turn as `failed`, with help shown.
This is the only door to LangGraph.
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
from typing import Any, TypedDict
from weakref import WeakValueDictionary

from langgraph.config import get_stream_writer
from langgraph.graph import END, START, StateGraph

from coach import check, draft, prompt, query
from coach.answer import contested, shown
from coach.beside import Beside
from coach.errors import NotFound
from coach.events import ChatRequest, CheckRequest, Event
from coach.lines import fit
from coach.llm import ChatModel
from coach.replies import Replies
from coach.retrieve import Retrieved, Retriever
from coach.screen.guardrails import Guardrails
from coach.settings import CoachSettings, region_code
from coach.speak import RailBroken, Speaker, heard, reply
from coach.thread import (
    Answer,
    Caveat,
    Citation,
    Decision,
    Facts,
    Message,
    Outcome,
    Query,
    RailRecord,
    Referral,
    Screening,
    Shown,
    Thread,
    Turn,
    Verdict,
)
from coach.threads import ThreadStore, new_id
from coach.verify import Verifier, cite_line
from corpus.embedding import Embedder
from corpus.passage import Found, Passage
from corpus.store import Store, StoreError

log = logging.getLogger(__name__)

LINES_AFTER_DECLINE = 2  # the honest way, after the reason and the article that says otherwise
FOLLOW_UP_LINES = 2  # at least
SAID_TURNS = 3  # what was said in so many turns is said again only where nothing new fits
N_FOUND = 12  # passages that drafting chooses from


class State(TypedDict, total=False):
    """What a turn knows so far; each step adds its own."""

    request: ChatRequest
    thread: Thread
    turn_id: str
    beside: Beside
    retriever: Retriever
    screening: Screening
    caveats: list[Caveat]
    referrals: tuple[Referral, ...]
    query: Query
    retrieved: Retrieved
    chosen: tuple[Found, ...]
    passages: tuple[Shown, ...]
    speaker: Speaker
    told_by: str
    outcome: Outcome
    timings_ms: dict[str, float]
    answer: Answer


@dataclass
class Coach:
    """All that turns share, built once. `model` is None where there is none."""

    settings: CoachSettings
    store: Store
    embedder: Embedder
    guardrails: Guardrails
    replies: Replies
    referrals_for: Callable[[str, str], tuple[Referral, ...]]
    threads: ThreadStore
    model: ChatModel | None = None

    def __post_init__(self) -> None:
        self.verifier = Verifier(self.model) if self.model else None
        self._retriever: Retriever | None = None
        self._opening = threading.Lock()
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()  # of the threads that speak now
        self._graph = _build(self)

    def retriever(self) -> Retriever:
        """Return search over the current index: a turn keeps the one it began with, the next takes up a new one.

        A store that no longer answers changes nothing: all vectors are in memory.
        """
        if not self._opening.acquire(blocking=self._retriever is None):
            assert self._retriever is not None
            return self._retriever  # somebody looks right now; a store that hangs holds up nobody else
        try:
            name = self.store.current_name()
            if self._retriever is None or (name is not None and name != self._retriever.index.name):
                self._retriever = Retriever(self.store.open(), self.embedder)
        except StoreError as error:
            if self._retriever is None:
                raise
            log.warning("the index in memory goes on serving: %s", error)
        finally:
            self._opening.release()
        return self._retriever

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
        facts = state["screening"].facts if "screening" in state else thread.facts
        said = dict.fromkeys(c.passage_id for sentence in answer.sentences for c in sentence.citations)
        turn = Turn(request.message, answer.text, answer.outcome, tuple(said))
        self._remember(thread.id, facts, turn)
        yield Event("answer", asdict(answer))

    async def check(self, request: CheckRequest) -> check.Review:
        """Review a message she means to send. It tells nothing new about the thread, so nothing is remembered."""
        thread = self._thread(request.thread_id)
        beside = self._beside(request.region)
        try:
            history = [Message("user" if m.role == "user" else "coach", m.content) for m in request.history]
            screening = await asyncio.to_thread(self.guardrails.message, request.text, thread, history)
        except Exception as error:  # as in `screen`: what no rail has read is not reviewed
            log.error("a rail raised %s; the check was closed", type(error).__name__)
            says, referrals = beside.failed(request.text)
            return check.Review(Outcome.FAILED, (), (), "do_not_send", says=says, referrals=referrals)
        screening = beside.here(screening)
        if screening.outcome is Outcome.CRISIS:
            referrals = beside.reply(screening)
            says = self.replies.crisis(screening.reply, screening.facts.n_crisis, referrals, screening.language)
            return check.Review(Outcome.CRISIS, (), (), "do_not_send", says=says, referrals=referrals)
        retriever = await asyncio.to_thread(self.retriever)

        def cite(text: str) -> tuple[Citation, ...]:
            found = retriever.find(Query(text), 1).found
            return tuple(cite_line(f.passage) for f in found)

        review = await asyncio.to_thread(check.review, request.text, screening, request.local_time, cite)
        caveats = beside.caveats(screening)
        if screening.safety:  # what the talk would say first is said here, too, and nothing is "fine to send" beside it
            says = (*beside.safety(screening, caveats), *review.says)
            review = replace(review, says=says, verdict="rest_a_day" if review.verdict == "fine" else review.verdict)
        of_caveats = (r for caveat in caveats for r in caveat.referrals)
        return replace(review, referrals=tuple(dict.fromkeys((*beside.asked(screening), *of_caveats))))

    def _beside(self, region: str | None) -> Beside:
        return Beside(self.replies, self.referrals_for, region_code(region or self.settings.region))

    def _thread(self, thread_id: str | None) -> Thread:
        if thread_id is None:
            return Thread(new_id())
        thread = self.threads.get(thread_id)
        if thread is None:
            raise NotFound("this thread is not known or has expired; leave out `thread_id` to begin anew")
        return thread

    def _remember(self, thread_id: str, facts: Facts, *turns: Turn) -> None:
        thread = self.threads.get(thread_id)
        if thread is not None:  # it may have been forgotten while its turn went on
            self.threads.put(replace(thread, turns=(*thread.turns, *turns), facts=facts))


Step = Callable[[State, Coach], Awaitable[dict[str, Any]]]


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


def _timed(step: Step, coach: Coach) -> Callable[[State], Awaitable[dict[str, Any]]]:
    async def node(state: State) -> dict[str, Any]:
        start = time.perf_counter()
        added = await step(state, coach)
        ms = round((time.perf_counter() - start) * 1000, 1)
        return added | {"timings_ms": state["timings_ms"] | {step.__name__: ms}}

    return node


# --- the steps -------------------------------------------------------------------------------------------------------


async def screen(state: State, coach: Coach) -> dict[str, Any]:
    """Judge the message with all that was told before. Ends the turn on crisis, out of scope and small talk."""
    emit = get_stream_writer()
    emit(Event("turn", {"turn_id": state["turn_id"], "thread_id": state["thread"].id}))
    request, thread, beside = state["request"], state["thread"], state["beside"]
    history = [Message("user" if m.role == "user" else "coach", m.content) for m in request.history]
    try:
        screening = await asyncio.to_thread(coach.guardrails.message, request.message, thread, history)
    except Exception as error:  # whatever it was: an unscreened message goes no further
        log.error("a rail raised %s; the turn was closed", type(error).__name__)
        state["speaker"] = Speaker(emit, coach.guardrails, thread.facts)
        return {"speaker": state["speaker"]} | _failed(state)
    told = (*thread.said, *(m.text for m in history if m.role == "user"), request.message)
    facts = screening.facts.having(pronoun=query.pronoun_of(told), stage=query.stage_told(told, screening))
    screening = beside.here(replace(screening, facts=facts))
    speaker = Speaker(emit, coach.guardrails, facts)
    speaker.rails += screening.rails
    added: dict[str, Any] = {"screening": screening, "speaker": speaker}
    referrals = beside.reply(screening)
    if screening.outcome is Outcome.CRISIS:
        speaker.fixed(coach.replies.crisis(screening.reply, facts.n_crisis, referrals, screening.language))
        return added | {"outcome": Outcome.CRISIS, "referrals": referrals}
    added["caveats"] = beside.caveats(screening)
    for caveat in added["caveats"]:
        emit(Event("caveat", asdict(caveat)))
    if screening.outcome in (Outcome.OUT_OF_SCOPE, Outcome.ANSWERED):
        speaker.fixed(beside.safety(screening, added["caveats"]))
        speaker.fixed(coach.replies.said(screening.reply, screening.language, referrals))
        return added | {
            "outcome": screening.outcome,
            "referrals": tuple(dict.fromkeys((*beside.asked(screening), *referrals))),
        }
    if screening.outcome is None and not screening.safety and (courtesy := query.courtesy_of(request.message)):
        speaker.fixed(coach.replies.said(f"courtesy.{courtesy}", screening.language))
        return added | {"outcome": Outcome.ANSWERED}
    return added


async def make_query(state: State, coach: Coach) -> dict[str, Any]:
    """Make the standalone query; after a decline, of the honest way instead of what was asked."""
    screening = state["screening"]
    if screening.outcome is Outcome.DECLINED and screening.alternative:
        return {"query": Query(screening.alternative, stage=screening.facts.stage)}
    told = tuple(m.content for m in state["request"].history if m.role == "user")
    return {"query": query.make(screening.request, (*state["thread"].said, *told), screening.facts)}


async def retrieve(state: State, coach: Coach) -> dict[str, Any]:
    """Find passages; under a caveat only those whose line is safe with it."""
    allowed = _allowed(state["screening"].facts)
    n_found = N_FOUND + len(_said(state["thread"]))  # as many new ones as in the first turn
    retrieved = await asyncio.to_thread(state["retriever"].find, state["query"], n_found, allowed)
    return {"retrieved": retrieved}


async def choose(state: State, coach: Coach) -> dict[str, Any]:
    """Choose the lines; say where the articles disagree; show the passages before the first sentence."""
    emit = get_stream_writer()
    retriever, retrieved, screening = state["retriever"], state["retrieved"], state["screening"]
    is_bound = bool(screening.facts.caveats) or screening.outcome is Outcome.DECLINED
    if not retrieved.found or not (retrieved.is_answerable or is_bound):
        return {"chosen": ()}
    corpus = retriever.index.corpus
    found = retrieved.found
    if screening.facts.caveats:  # where a rail would hold a line back, another takes its place
        try:
            found = tuple(f for f in found if state["speaker"].may_say(f))
        except RailBroken:
            return _failed(state)
    wanted = state["query"]
    # Beside a caveat, a decline or a question there is always something to say; a follow-up's few words score low.
    at_least = FOLLOW_UP_LINES if wanted.earlier else int(is_bound or screening.facts.asked)
    said = _said(state["thread"]) & corpus.by_id.keys()  # the index may be a new one
    chosen = draft.choose(
        found,
        corpus,
        retriever.likeness,
        wanted.stage,
        said,
        at_least=at_least,
        by_record=not screening.facts.abuse,
    )
    if not chosen:
        return {"chosen": ()}
    if screening.outcome is Outcome.DECLINED:
        chosen = chosen[:LINES_AFTER_DECLINE]
    caveats = list(state["caveats"])
    others: tuple[Passage, ...] = ()
    if not is_bound and (told := contested(chosen, corpus)):
        caveat, others = told
        caveat = replace(caveat, text=fit(caveat.text, screening.facts.pronoun))
        caveats.append(caveat)
        emit(Event("caveat", asdict(caveat)))
    told_by = ""
    if screening.outcome is Outcome.DECLINED:
        near = await asyncio.to_thread(retriever.manipulative, screening.request)
        told_by = corpus.article(near.article).title if near else ""
        against = retriever.against(near) if near else None
        if against is not None and _allowed(screening.facts)(against.passage):
            chosen = draft.lead(chosen, against)
    passages = shown(chosen, others)
    emit(Event("passages", {"passages": [asdict(p) for p in passages]}))
    return {"chosen": chosen, "caveats": caveats, "passages": passages, "told_by": told_by}


async def speak(state: State, coach: Coach) -> dict[str, Any]:
    """Say it: fixed words first where a caveat or a decline asks for them, then the model's if they hold, then lines."""
    speaker, screening, replies = state["speaker"], state["screening"], coach.replies
    is_declined = screening.outcome is Outcome.DECLINED
    if not state["chosen"] and not is_declined and not screening.facts.caveats and not screening.facts.asked:
        speaker.fixed(replies.said("abstained", screening.language))
        return {"outcome": Outcome.ABSTAINED}
    beside = state["beside"]
    asked = beside.asked(screening)
    speaker.fixed(beside.safety(screening, state["caveats"]))
    if is_declined:
        speaker.fixed(replies.declined(screening.reply, screening.language))
        if state.get("told_by"):
            speaker.fixed(replies.told_by(state["told_by"], screening.language))
    speaker.fixed(replies.opening(screening))
    try:
        await _advise(
            state, coach, with_model=not is_declined and not screening.facts.caveats and not screening.facts.asked
        )
    except RailBroken:
        return _failed(state)
    speaker.fixed(replies.closing(screening, len(state["thread"].turns)))
    if not is_declined:
        return {"outcome": Outcome.ANSWERED, "referrals": asked}
    return {"outcome": Outcome.DECLINED, "referrals": tuple(dict.fromkeys((*asked, *beside.reply(screening))))}


async def _advise(state: State, coach: Coach, *, with_model: bool) -> None:
    speaker, chosen, message = state["speaker"], state["chosen"], state["screening"].request
    if with_model and coach.model is not None and coach.verifier is not None and coach.model.is_up:
        if coach.model.is_large:
            deadline_s = coach.settings.model_timeout_s
            await reply(speaker, coach.model, coach.verifier, coach.embedder, message, chosen, deadline_s)
            return
        n_turns = len(state["thread"].turns)
        await heard(speaker, coach.model, coach.verifier, message, n_turns, coach.settings.line_after_s)
    for found in chosen:
        speaker.line(found)


async def finish(state: State, coach: Coach) -> dict[str, Any]:
    """Put the whole answer together, with its decision record."""
    decision = Decision(
        rails=tuple(state["speaker"].rails),
        model=coach.model.name if coach.model else "none",
        corpus_digest=state["retriever"].index.stamp.corpus_digest,
        prompt_digests=prompt.digests(),
        timings_ms=state["timings_ms"],
    )
    answer = Answer(
        turn_id=state["turn_id"],
        thread_id=state["thread"].id,
        outcome=state["outcome"],
        sentences=tuple(state["speaker"].sentences),
        caveats=tuple(state["caveats"]),
        referrals=state["referrals"],
        passages=state["passages"],
        choices=coach.replies.choices(state["screening"]) if "screening" in state else (),
        decision=decision,
    )
    return {"answer": answer}


# --- what the steps share ---------------------------------------------------------------------------------------------


def _failed(state: State) -> dict[str, Any]:
    says, referrals = state["beside"].failed(state["request"].message)
    state["speaker"].fixed(says)
    state["speaker"].rails.append(RailRecord("message", Verdict.ERROR))
    return {"outcome": Outcome.FAILED, "referrals": referrals}


def _said(thread: Thread) -> set[str]:
    return {i for turn in thread.turns[-SAID_TURNS:] for i in turn.passage_ids}


def _allowed(facts: Facts) -> Callable[[Passage], bool]:
    caveats = {kind.value for kind in facts.caveats}
    return lambda passage: caveats <= set(passage.safe_with)
