"""Who is judged: the coach in this process, or a running service. Both answer in wire form, so suites see no difference.

In process the parts are built when first asked for: search needs no guardrails, and the rails alone judge a message a
hundred times faster than a whole turn. Over HTTP there are only whole turns and `GET /v1/search`.
"""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Protocol

import httpx

from coach import build, prompt
from coach.events import ChatRequest, Event
from coach.graph import Coach
from coach.retrieve import Retriever
from coach.screen.guardrails import Guardrails
from coach.settings import CoachSettings
from coach.thread import Outcome, Screening, Thread, Turn
from corpus.embedding import Embedder, minilm
from corpus.passage import Corpus
from corpus.settings import CorpusSettings
from corpus.store import Store
from evals.errors import BadInput


@dataclass(frozen=True, slots=True)
class Timed:
    """An event of a turn and when it came, in milliseconds since the request."""

    name: str
    data: dict[str, Any]
    ms: float


@dataclass(frozen=True, slots=True)
class Exchange:
    """One message and all that came back."""

    message: str
    events: tuple[Timed, ...]

    @property
    def answer(self) -> dict[str, Any]:
        """The whole answer in wire form, the last event."""
        return self.events[-1].data

    @property
    def text(self) -> str:
        """Its sentences as one string."""
        return " ".join(s["text"] for s in self.answer["sentences"])

    def first_ms(self, name: str, source: str = "") -> float | None:
        """Return when the first event of a name came (a sentence: of a source), None where none did."""
        fits = (e.ms for e in self.events if e.name == name and (not source or e.data.get("source") == source))
        return next(fits, None)


class Subject(Protocol):
    """What suites ask of whoever is judged."""

    is_local: bool

    async def talk(self, messages: Sequence[str], region: str = "") -> list[Exchange]:
        """Say the messages one after the other in one new thread, and forget it."""
        ...

    async def about(self) -> dict[str, Any]:
        """Return model, corpus digest, prompt digests: what a figure is a figure of."""
        ...

    async def close(self) -> None:
        """End what was started."""
        ...


class InProcess:
    """The coach of this checkout, built from its parts on first use."""

    is_local = True

    def __init__(self, settings: CoachSettings):
        self.settings = settings
        self._is_started = False

    @cached_property
    def embedder(self) -> Embedder:
        """The real embedder."""
        return minilm()

    @cached_property
    def retriever(self) -> Retriever:
        """Search over the current index."""
        return Retriever(Store(CorpusSettings().store).open(), self.embedder)

    @property
    def corpus(self) -> Corpus:
        """What was ingested."""
        return self.retriever.index.corpus

    @cached_property
    def guardrails(self) -> Guardrails:
        """The rails alone."""
        return self._parts.coach.guardrails if "_parts" in self.__dict__ else Guardrails(self.embedder)

    @cached_property
    def _parts(self) -> build.Parts:
        return build.parts(self.settings)

    async def coach(self) -> Coach:
        """The whole coach, with its engine up."""
        parts = self._parts
        if parts.engine and not self._is_started:
            self._is_started = True
            parts.engine.start()
            await build.warm(parts)
        return parts.coach

    async def engine_pid(self) -> int | None:
        """The engine's process id, None where there is no engine."""
        await self.coach()
        return self._parts.engine.pid if self._parts.engine else None

    def screen(self, messages: Sequence[str]) -> tuple[Screening, float]:
        """Judge the messages by the rails alone, facts carried on; returns the last screening and its milliseconds."""
        thread = Thread("eval")
        for message in messages[:-1]:
            screening = self.guardrails.message(message, thread)
            turn = Turn(message, "", screening.outcome or Outcome.ANSWERED)
            thread = replace(thread, turns=(*thread.turns, turn), facts=screening.facts)
        started = time.perf_counter()
        last = self.guardrails.message(messages[-1], thread)
        return last, (time.perf_counter() - started) * 1000

    async def talk(self, messages: Sequence[str], region: str = "") -> list[Exchange]:
        """Say the messages in one new thread."""
        coach = await self.coach()
        thread_id, exchanges = None, []
        for message in messages:
            request = ChatRequest(message=message, thread_id=thread_id, region=region or None)
            exchanges.append(await _exchange(message, coach.turn(request)))
            thread_id = exchanges[-1].answer["thread_id"]
        if thread_id:
            coach.threads.delete(thread_id)
        return exchanges

    async def about(self) -> dict[str, Any]:
        """Return what is judged, without starting more than the index."""
        stamp = self.retriever.index.stamp
        return {
            "model": self.settings.model,
            "corpus_digest": stamp.corpus_digest,
            "embedder": stamp.embedder,
            "prompt_digests": prompt.digests(),
        }

    async def close(self) -> None:
        """Stop the engine if one was started."""
        if self._is_started and (engine := self._parts.engine):
            await engine.stop()


class Service:
    """A running service, judged over HTTP as its users meet it."""

    is_local = False

    def __init__(self, url: str, key: str = "", client: httpx.AsyncClient | None = None):
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._client = client or httpx.AsyncClient(base_url=url, headers=headers, timeout=120)

    async def talk(self, messages: Sequence[str], region: str = "") -> list[Exchange]:
        """Say the messages in one new thread."""
        thread_id, exchanges = None, []
        for message in messages:
            body = (
                {"message": message}
                | ({"thread_id": thread_id} if thread_id else {})
                | ({"region": region} if region else {})
            )
            exchanges.append(await _exchange(message, self._events(body)))
            thread_id = exchanges[-1].answer["thread_id"]
        if thread_id:
            await self._client.delete(f"/v1/threads/{thread_id}")
        return exchanges

    async def search(self, text: str, k: int) -> list[dict[str, Any]]:
        """Return the rows of `GET /v1/search`."""
        reply = await self._client.get("/v1/search", params={"q": text, "k": k})
        reply.raise_for_status()
        rows: list[dict[str, Any]] = reply.json()["results"]
        return rows

    async def about(self) -> dict[str, Any]:
        """Return what the service says it runs on."""
        try:
            reply = await self._client.get("/v1/protocol")
            reply.raise_for_status()
        except httpx.HTTPError as error:
            raise BadInput(f"no coach answers at {self._client.base_url} ({type(error).__name__})") from error
        body = reply.json()
        return {
            "model": body["model"]["name"],
            "corpus_digest": body["corpus"]["corpus_digest"],
            "embedder": body["embedder"]["name"],
            "prompt_digests": body["prompts"],
        }

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def _events(self, body: dict[str, Any]) -> AsyncIterator[Event]:
        headers = {"Accept": "text/event-stream"}
        async with self._client.stream("POST", "/v1/chat", json=body, headers=headers) as reply:
            if reply.is_error:
                raise RuntimeError(f"POST /v1/chat answered {reply.status_code}")
            name = ""
            async for line in reply.aiter_lines():
                if line.startswith("event:"):
                    name = line[6:].strip()
                elif line.startswith("data:"):
                    yield Event(name, json.loads(line[5:]))  # type: ignore[arg-type]


async def _exchange(message: str, events: AsyncIterator[Event]) -> Exchange:
    started = time.perf_counter()
    timed = [Timed(e.name, _wire(e.data), (time.perf_counter() - started) * 1000) async for e in events]
    if not timed or timed[-1].name != "answer":
        raise RuntimeError("the turn ended without an answer")
    return Exchange(message, tuple(timed))


def _wire(data: dict[str, Any]) -> dict[str, Any]:
    wired: dict[str, Any] = json.loads(json.dumps(data))  # enums and tuples as they look on the wire
    return wired
