"""What a turn does, step by step: screen, make a query, retrieve, choose, speak, finish. Their order is in `graph.py`.

Each step is a function of the state, of what all turns share, and of `emit`; it returns what it adds to the state. A step
that has something for the user emits it at once, as an `Event`; a sentence is emitted once and never changes. If the model
is away, late, or says nothing that can be verified, the lines stand. A rail that breaks ends the turn as `failed`, with help shown.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, TypedDict

from coach import doings, draft, hearing, prompt, query
from coach.answer import contested, shown
from coach.beside import Beside
from coach.events import ChatRequest, Event
from coach.lines import fit
from coach.llm import ChatModel
from coach.replies import Replies
from coach.retrieve import Retrieved, Retriever
from coach.screen.guardrails import Guardrails
from coach.screen.who import pronoun_of
from coach.settings import CoachSettings
from coach.speak import RailBroken, Speaker, Told, Within, heard, reply
from coach.thread import (
    Answer,
    Caveat,
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
    Verdict,
)
from coach.verify import Verifier
from corpus.embedding import Embedder
from corpus.passage import Found, Passage

log = logging.getLogger(__name__)

Emit = Callable[[Event], None]

_OF_MEN = re.compile(
    r"\b(m[ae]n|guys?|wom[ae]n|boyfriends?)\b", re.IGNORECASE
)  # pronouns can follow hers, nouns cannot

LINES_AFTER_DECLINE = 2  # the honest way, after the reason and the article that says otherwise
FOLLOW_UP_LINES = 2  # at least
SAID_TURNS = 3  # what was said in so many turns is said again only where nothing new fits
_ENDS_WITHOUT_QUESTION = (Outcome.ANSWERED, Outcome.ABSTAINED)
HEARD_WITHIN_S = 4.0  # the embedded model's one sentence takes 1.3 to 2.7 s; behind another talk's it is not waited for
N_FOUND = 12  # passages that drafting chooses from


@dataclass(kw_only=True)
class Shared:
    """What the steps of all turns share. `model` is None where there is none."""

    settings: CoachSettings
    embedder: Embedder
    guardrails: Guardrails
    replies: Replies
    model: ChatModel | None = None

    def __post_init__(self) -> None:
        self.verifier = Verifier(self.model) if self.model else None


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


async def screen(state: State, shared: Shared, emit: Emit) -> dict[str, Any]:
    """Judge the message with all that was told before. Ends the turn on crisis, out of scope and small talk."""
    emit(Event("turn", {"turn_id": state["turn_id"], "thread_id": state["thread"].id}))
    request, thread, beside = state["request"], state["thread"], state["beside"]
    history = [Message("user" if m.role == "user" else "coach", m.content) for m in request.history]
    try:
        thread = await asyncio.to_thread(caught_up, shared.guardrails, thread)
        screening = await asyncio.to_thread(shared.guardrails.message, request.message, thread, history)
    except Exception as error:  # whatever it was: an unscreened message goes no further
        log.error("a rail raised %s; the turn was closed", type(error).__name__)
        state["speaker"] = Speaker(emit, shared.guardrails, thread.facts)
        return {"speaker": state["speaker"]} | _failed(state)
    told = (*thread.said, *(m.text for m in history if m.role == "user"), request.message)
    facts = screening.facts.having(pronoun=pronoun_of(told), stage=query.stage_told(told, screening))
    screening = beside.here(replace(screening, facts=facts))
    speaker = Speaker(emit, shared.guardrails, facts)
    speaker.rails += screening.rails
    added: dict[str, Any] = {"screening": screening, "speaker": speaker}
    referrals = beside.reply(screening)
    if screening.outcome is Outcome.CRISIS:
        speaker.fixed(shared.replies.crisis(screening.reply, facts.n_crisis, referrals, screening.language))
        return added | {"outcome": Outcome.CRISIS, "referrals": referrals}
    added["caveats"] = beside.caveats(screening)
    for caveat in added["caveats"]:
        emit(Event("caveat", asdict(caveat)))
    if screening.outcome in (Outcome.OUT_OF_SCOPE, Outcome.ANSWERED):
        speaker.fixed(beside.safety(screening, added["caveats"]))
        speaker.fixed(shared.replies.said(screening.reply, screening.language, referrals))
        return added | {
            "outcome": screening.outcome,
            "referrals": tuple(dict.fromkeys((*beside.asked(screening), *referrals))),
        }
    if screening.outcome is None and not screening.safety and (courtesy := _courtesy(request.message, thread)):
        speaker.fixed(shared.replies.said(f"courtesy.{courtesy}", screening.language))
        return added | {"outcome": Outcome.ANSWERED}
    is_telling = screening.outcome is None and not screening.safety and not hearing.asks(screening.request)
    if is_telling and (listening := shared.replies.listening(screening, [turn.answer for turn in thread.turns])):
        speaker.fixed(listening)
        return added | {"outcome": Outcome.ANSWERED}
    return added


def caught_up(guardrails: Guardrails, thread: Thread) -> Thread:
    """Return a thread with what was told in messages that no rail has read yet, because one raised.

    What raises again is left out: one message must not close every turn after it.
    """
    n_read = max(0, len(thread.turns) - thread.facts.n_unread)
    unread, facts = thread.said[n_read:], thread.facts
    if unread:
        before = replace(thread, turns=thread.turns[:n_read])
        try:
            facts = guardrails.message(unread[-1], before, [Message("user", text) for text in unread[:-1]]).facts
        except Exception as error:
            log.error("a rail raised %s over %d unread messages; they were left out", type(error).__name__, len(unread))
            thread = before
    return replace(thread, facts=facts.having(n_unread=0))


async def make_query(state: State, shared: Shared, emit: Emit) -> dict[str, Any]:
    """Make the standalone query; after a decline, of the honest way instead of what was asked."""
    screening = state["screening"]
    if screening.outcome is Outcome.DECLINED and screening.alternative:
        return {"query": Query(screening.alternative, stage=screening.facts.stage)}
    told = tuple(m.content for m in state["request"].history if m.role == "user")
    return {"query": query.make(screening.request, (*state["thread"].said, *told), screening.facts)}


async def retrieve(state: State, shared: Shared, emit: Emit) -> dict[str, Any]:
    """Find passages; under a caveat only those whose line is safe with it."""
    allowed = _allowed(state["screening"].facts)
    n_found = N_FOUND + len(_said(state["thread"]))  # as many new ones as in the first turn
    retrieved = await asyncio.to_thread(state["retriever"].find, state["query"], n_found, allowed)
    return {"retrieved": retrieved}


async def choose(state: State, shared: Shared, emit: Emit) -> dict[str, Any]:
    """Choose the lines; say where the articles disagree; show the passages before the first sentence."""
    retriever, retrieved, screening = state["retriever"], state["retrieved"], state["screening"]
    is_bound = bool(screening.facts.caveats) or screening.outcome is Outcome.DECLINED
    if not retrieved.found or not (retrieved.is_answerable or is_bound):
        return {"chosen": ()}
    corpus = retriever.index.corpus
    done = doings.told((*state["thread"].said, screening.request))
    found = tuple(f for f in retrieved.found if not doings.goes_against(f.passage.line, done))
    if screening.facts.caveats:  # where a rail would hold a line back, another takes its place
        try:
            found = tuple(f for f in found if state["speaker"].may_say(f))
        except RailBroken:
            return _failed(state)
    wanted, allowed = state["query"], _allowed(screening.facts)
    # What is asked of now bars lines of other stages; a stage of an earlier day only weighs, since life goes on unsaid.
    stage = query.stage_of(screening.request) or query.stage_of(wanted.earlier)
    # Beside a caveat, a decline or a question there is always something to say; a follow-up's few words score low.
    at_least = FOLLOW_UP_LINES if wanted.earlier else int(is_bound or screening.facts.asked)
    said = _said(state["thread"]) & corpus.by_id.keys()  # the index may be a new one
    chosen = draft.choose(
        found,
        corpus,
        retriever.likeness,
        stage,
        said,
        at_least=at_least,
        vector=None if screening.facts.abuse else retrieved.vector,
    )
    if not chosen:
        return {"chosen": ()}
    if screening.outcome is Outcome.DECLINED:
        chosen = chosen[:LINES_AFTER_DECLINE]
    caveats = list(state["caveats"])
    others: tuple[Passage, ...] = ()
    if not is_bound:  # beside a no that stands, "another article finds some contact fine" is what she must not read
        told, others = contested(chosen, corpus)
        for caveat in told:
            caveats.append(replace(caveat, text=fit(caveat.text, screening.facts.pronoun)))
            emit(Event("caveat", asdict(caveats[-1])))
    told_by = ""
    if screening.outcome is Outcome.DECLINED:
        recommends = await asyncio.to_thread(retriever.recommends, screening.request, allowed)
        told_by = corpus.article(recommends.passage.article).title if recommends else ""
        if recommends and recommends.against:
            chosen = draft.lead(chosen, recommends.against)
    passages = shown(chosen, others)
    emit(Event("passages", {"passages": [asdict(p) for p in passages]}))
    return {"chosen": chosen, "caveats": caveats, "passages": passages, "told_by": told_by}


def _without_articles(
    screening: Screening, replies: Replies, answers: Sequence[str], *, is_named: bool
) -> tuple[str, ...]:
    """Return what is said where the articles are silent. Who tells of herself and asks nothing is not told so: she is asked on."""
    if screening.language != "en":
        return replies.said("abstained", screening.language)
    if hearing.asks(screening.request):
        return replies.said("abstained_beside" if is_named else "abstained")
    if is_named:
        return replies.asked_back(screening, answers) or replies.listened(answers)
    return replies.listened(answers)


async def speak(state: State, shared: Shared, emit: Emit) -> dict[str, Any]:
    """Say it: fixed words first where a caveat or a decline asks for them, then the model's if they hold, then lines."""
    speaker, screening, replies = state["speaker"], state["screening"], shared.replies
    answers = [turn.answer for turn in state["thread"].turns]
    named = replies.named(screening, answers)
    is_declined = screening.outcome is Outcome.DECLINED
    if not state["chosen"] and not is_declined and not screening.facts.caveats and not screening.facts.asked:
        speaker.fixed(named)
        speaker.fixed(_without_articles(screening, replies, answers, is_named=bool(named)))
        return {"outcome": Outcome.ABSTAINED}
    beside = state["beside"]
    asked = beside.asked(screening)
    speaker.fixed(beside.safety(screening, state["caveats"]))
    if is_declined:
        speaker.fixed(replies.declined(screening.reply, screening.language))
        if state.get("told_by"):
            speaker.fixed(replies.told_by(state["told_by"], screening.language))
    speaker.fixed(named)
    speaker.fixed(replies.opening(screening, answers))
    try:
        await _advise(
            state, shared, with_model=not is_declined and not screening.facts.caveats and not screening.facts.asked
        )
    except RailBroken:
        return _failed(state)
    speaker.fixed(replies.closing(screening))
    if named and not hearing.asks(screening.request):
        speaker.fixed(replies.asked_back(screening, answers))
    if not is_declined:
        return {"outcome": Outcome.ANSWERED, "referrals": asked}
    return {"outcome": Outcome.DECLINED, "referrals": tuple(dict.fromkeys((*asked, *beside.reply(screening))))}


async def _advise(state: State, shared: Shared, *, with_model: bool) -> None:
    speaker, chosen, message = state["speaker"], state["chosen"], state["screening"].request
    if with_model and shared.model is not None and shared.verifier is not None and shared.model.is_up:
        if shared.model.is_large:
            told = Told(message, state["query"].earlier)
            within = Within(shared.settings.line_after_s, shared.settings.model_timeout_s)
            await reply(speaker, shared.model, shared.verifier, shared.embedder, told, chosen, within)
            return
        n_turns = len(state["thread"].turns)
        deadline_s = min(shared.settings.line_after_s, HEARD_WITHIN_S)
        await heard(speaker, shared.model, shared.verifier, message, n_turns, deadline_s)
    for found in chosen:
        speaker.line(found)


async def finish(state: State, shared: Shared, emit: Emit) -> dict[str, Any]:
    """Put the whole answer together, with its decision record."""
    decision = Decision(
        rails=tuple(state["speaker"].rails),
        model=shared.model.name if shared.model else "none",
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
        choices=shared.replies.choices(state["screening"]) if "screening" in state else (),
        decision=decision,
    )
    return {"answer": answer}


# --- what the steps share ---------------------------------------------------------------------------------------------


def _failed(state: State) -> dict[str, Any]:
    says, referrals = state["beside"].failed(state["request"].message)
    state["speaker"].fixed(says)
    state["speaker"].rails.append(RailRecord("message", Verdict.ERROR))
    return {"outcome": Outcome.FAILED, "referrals": referrals}


def _courtesy(message: str, thread: Thread) -> str:
    """Return the courtesy that a message is; "ok" is none where it may answer a question of the coach's own."""
    courtesy = query.courtesy_of(message)
    was_asked = thread.facts.asked or (bool(thread.turns) and thread.turns[-1].outcome not in _ENDS_WITHOUT_QUESTION)
    return "" if courtesy == "ok" and was_asked else courtesy


def _said(thread: Thread) -> set[str]:
    return {i for turn in thread.turns[-SAID_TURNS:] for i in turn.passage_ids}


def _allowed(facts: Facts) -> Callable[[Passage], bool]:
    caveats = {kind.value for kind in facts.caveats}
    return lambda passage: (
        caveats <= set(passage.safe_with) and (facts.pronoun == "he" or not _OF_MEN.search(passage.line))
    )
