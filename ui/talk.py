"""A talk: what was told so far, and one turn of it as the growing list of parts that the page puts in their places.

The talk lives in its tab and comes along with every event; between two of them nothing of it is here.
A part is put once and stays; only a source's quote is marked again as sentences cite it, which moves nothing. Every state of a
turn holds all its parts so far, so that a page that misses one state loses nothing.
"""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from ui import render
from ui.client import Away, Busy, Event, Forgotten, Refused, Service, ServiceError
from ui.markup import Html
from ui.shapes import Answer, Catalogue, Caveat, Citation, Passage, Sentence
from ui.words import words

MAX_CHARS = 12_000  # of one message; the service takes no more
MAX_HISTORY = 1000  # nor more messages
MAX_HISTORY_CHARS = 400_000  # nor a larger body: 2 MB, and a character may take four bytes
N_BEFORE_HELP = 2  # sentences of a crisis before the numbers: one that meets her, one that asks
KEY = re.compile(r"t\d{1,6}")


@dataclass(frozen=True, slots=True)
class Talk:
    """One tab's talk. What she told is sent along where there is no thread, and screened there like any message."""

    thread_id: str | None = None
    told: tuple[str, ...] = ()

    @classmethod
    def of(cls, given: dict[str, Any]) -> Talk:
        """Return the talk that came along with an event. What is not of its shape is left out."""
        thread_id, told = given.get("thread_id"), given.get("told")
        rows = told if isinstance(told, list) else []
        return cls(
            thread_id if isinstance(thread_id, str) and thread_id else None,
            tuple(row[:MAX_CHARS] for row in rows if isinstance(row, str)),
        )

    @property
    def history(self) -> list[dict[str, str]]:
        """What she told, as the service takes it. The coach's own words are left out: no rail reads them."""
        kept: list[dict[str, str]] = []
        room = MAX_HISTORY_CHARS
        for message in reversed(self.told[-MAX_HISTORY:]):
            room -= len(message)
            if room < 0:
                break
            kept.insert(0, {"role": "user", "content": message})
        return kept


@dataclass
class Shown:
    """What the page has been told of one turn."""

    key: str
    catalogue: Catalogue
    phase: str = "listening"
    progress: str = ""
    thread_id: str = ""
    turn_id: str = ""
    parts: list[dict[str, str]] = field(default_factory=list)
    answer: dict[str, Any] | None = None
    passages: tuple[Passage, ...] = ()
    citations: list[Citation] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    waiting: list[Caveat] = field(default_factory=list)
    held: list[Sentence] = field(default_factory=list)
    has_no: bool = False

    def state(self) -> dict[str, Any]:
        """Return the whole turn so far, JSON-ready."""
        told = ("key", "phase", "progress", "thread_id", "turn_id", "answer", "has_no")
        return {name: getattr(self, name) for name in told} | {"parts": list(self.parts)}

    def put(self, slot: str, markup: Html | None) -> None:
        """Add a part; slots are the page's: strip, cards, caveats, said, ended, help, broken, and a quote's id."""
        if markup is not None:
            self.parts.append({"slot": slot, "html": markup})

    def caveat(self, caveat: Caveat) -> None:
        """Show a caveat; one that cites passages waits for their numbers, which follow at once."""
        self.has_no = self.has_no or caveat.kind == "respect_decision"
        if caveat.citations and not self.passages:
            self.waiting.append(caveat)
            return
        self.put("caveats", render.caveat(self.key, caveat, self.passages, self.catalogue))
        self.cite(caveat.citations)

    def sources(self, passages: tuple[Passage, ...]) -> None:
        """Show the passages, then what waited for them."""
        self.passages = passages
        self.put("strip", render.strip(self.key, passages, self.catalogue))
        self.put("cards", render.cards(self.key, passages, self.catalogue))
        self.flush()

    def flush(self) -> None:
        """Show the caveats that wait for passages, also where none came."""
        waiting, self.waiting = self.waiting, []
        for caveat in waiting:
            self.put("caveats", render.caveat(self.key, caveat, self.passages, self.catalogue))
            self.cite(caveat.citations)

    def arrive(self, sentence: Sentence) -> None:
        """Show a sentence, or hold it while the turn may still be a crisis: then help stands between the first words.

        Fixed words before any passage are all that a crisis says, and come in one go with the answer: nobody waits.
        """
        self.held.append(sentence)
        if self.passages or sentence.source != "fixed":
            self.release()

    def release(self) -> None:
        """Show what was held."""
        held, self.held = self.held, []
        for sentence in held:
            self.sentence(sentence)

    def sentence(self, sentence: Sentence) -> None:
        """Show a sentence and mark what it cites."""
        self.flush()
        self.said.append(sentence.text)
        self.put("said", render.sentence(self.key, sentence, self.passages, self.catalogue))
        self.cite(sentence.citations)

    def cite(self, citations: tuple[Citation, ...]) -> None:
        """Mark the quotes in their passages."""
        self.citations += citations
        cited = {c.passage_id for c in citations}
        for number, passage in enumerate(self.passages, 1):
            if passage.passage_id in cited:
                spans = render.spans_of(passage, self.citations)
                self.put(f"{self.key}-q{number}", render.marked(passage.text, spans))

    def end(self, answer: Answer, raw: dict[str, Any]) -> None:
        """Show how the turn ended, and who helps: in a crisis after the first words, otherwise below."""
        self.flush()
        self.held = []
        help_ = render.referrals(answer.referrals, is_headed=True)
        is_crisis = answer.outcome == "crisis" and not self.said
        for number, sentence in enumerate(answer.sentences[len(self.said) :]):
            if is_crisis and number == N_BEFORE_HELP:
                self.put("said", help_)
            self.sentence(sentence)
        self.put("help", render.choices(answer.choices))
        if not is_crisis or len(answer.sentences) <= N_BEFORE_HELP:
            self.put("help", help_)
        self.put("ended", render.ended(answer))
        self.phase = f"done {answer.outcome} asks" if answer.choices else f"done {answer.outcome}"
        self.progress, self.turn_id = "", answer.turn_id
        self.answer = {key: value for key, value in raw.items() if key != "decision"}

    def broke(self, told: str) -> None:
        """Show that it broke off."""
        self.release()
        self.put("broken", render.broken(told))
        self.phase, self.progress = "broken", ""


async def turn(
    service: Service, talk: Talk, key: str, message: str, region: str
) -> AsyncGenerator[dict[str, Any], None]:
    """Take one turn and yield its state whenever there is something to see. What breaks is a part, never an exception.

    Of a turn that did not end (she stopped it, or it broke off) the service remembers at most what was found in the message,
    not the message. Its thread is forgotten then, and the tab lets go of it too: what comes next tells all that was told.
    """
    shown = Shown(
        key, await _catalogue(service), progress=words("progress")["listening"], thread_id=talk.thread_id or ""
    )
    yield shown.state()
    try:
        async with aclosing(_asked(service, talk, message, region)) as events:
            async for event in events:
                await _take(event, shown, service)
                yield shown.state()
        if shown.answer is None:
            raise Away("the stream ended early")
    except (ServiceError, ValidationError) as error:
        shown.flush()
        shown.broke(_broken(error, has_begun=bool(shown.said)))
        yield shown.state()
    finally:
        if shown.answer is None and shown.thread_id:
            with suppress(ServiceError):
                await service.forget(shown.thread_id)


async def restored(service: Service, kept: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the last state of each turn of a talk that was kept in the browser. What cannot be read is left out."""
    catalogue = await _catalogue(service)
    states = []
    for row in kept.get("turns") or ():
        try:
            key, message, raw = str(row["key"]), str(row["message"]), dict(row["answer"])
            answer = Answer.model_validate(raw)
        except (KeyError, TypeError, ValueError):
            continue
        if KEY.fullmatch(key):
            states.append(_last_state(key, answer, raw, catalogue) | {"message": message})
    return states


def _last_state(key: str, answer: Answer, raw: dict[str, Any], catalogue: Catalogue) -> dict[str, Any]:
    shown = Shown(key, catalogue)  # without its thread: the tab knows the one that goes on
    for caveat in answer.caveats:
        shown.caveat(caveat)
    if answer.passages:
        shown.sources(answer.passages)
    shown.end(answer, raw)
    return shown.state()


async def _asked(service: Service, talk: Talk, message: str, region: str) -> AsyncGenerator[Event, None]:
    try:
        async with aclosing(service.turn(message, talk.thread_id, region, talk.history)) as events:
            async for event in events:
                yield event
    except Forgotten:
        if talk.thread_id is None:
            raise
        # the service was restarted or the thread expired: begin anew, and what was told before is told again
        async with aclosing(service.turn(message, None, region, talk.history)) as events:
            async for event in events:
                yield event


async def _take(event: Event, shown: Shown, service: Service) -> None:
    told = words("progress")
    match event.name:
        case "turn":
            shown.thread_id, shown.turn_id = str(event.data.get("thread_id", "")), str(event.data.get("turn_id", ""))
        case "caveat":
            shown.caveat(Caveat.model_validate(event.data))
        case "passages":
            passages = tuple(Passage.model_validate(row) for row in event.data.get("passages", ()))
            if any(shown.catalogue.entry(p.passage_id) is None for p in passages):
                shown.catalogue = await _catalogue(service, is_fresh=True)
            shown.sources(passages)
            n = len(passages)
            shown.phase, shown.progress = "reading", told["reading_one"] if n == 1 else told["reading"].format(n=n)
        case "sentence":
            shown.arrive(Sentence.model_validate(event.data))
            shown.phase, shown.progress = "speaking", told["writing"]
        case "answer":
            shown.end(Answer.model_validate(event.data), event.data)
        case "error":
            raise Away(str(event.data.get("title", "")))


async def _catalogue(service: Service, is_fresh: bool = False) -> Catalogue:
    try:
        return await service.catalogue(is_fresh)
    except ServiceError:
        return Catalogue()  # sources then stand under their ids; the answer matters more


def _broken(error: Exception, has_begun: bool) -> str:
    told = words("broken")
    match error:
        case Busy():
            return str(told["busy"])
        case Refused() as refused:
            return str(told["refused"].format(detail=str(refused)))
        case Away():
            return str(told["away_during"] if has_begun else told["away_before"])
        case _:
            return str(told["unclear"])
