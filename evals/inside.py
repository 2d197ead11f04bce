"""The coach of this checkout as a subject, built from its parts when first asked for.

Search needs no guardrails, and the rails alone judge a message a hundred times faster than a whole turn.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from coach import build, prompt
from coach.events import ChatRequest
from coach.graph import Coach
from coach.retrieve import Retriever
from coach.screen.guardrails import Guardrails
from coach.settings import CoachSettings
from coach.thread import Outcome, Screening, Thread, Turn
from corpus.embedding import Embedder, minilm
from corpus.passage import Corpus
from corpus.settings import CorpusSettings
from corpus.store import Store
from evals.subject import Exchange, exchange


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
        return self._parts.coach.guardrails if "_parts" in self.__dict__ else Guardrails()

    @cached_property
    def _parts(self) -> build.Parts:
        return build.parts(self.settings)

    async def coach(self) -> Coach:
        """The whole coach, with its engine up."""
        parts = self._parts
        if parts.engine and not self._is_started:
            self._is_started = True
            build.start(parts)
            await parts.engine.ready()
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
            exchanges.append(await exchange(message, coach.turn(request)))
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
            if self._parts.coach.model:
                await self._parts.coach.model.close()
            await engine.stop()
