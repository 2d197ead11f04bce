"""Who is judged, as suites see it: something to talk with, whose answers come in wire form with their times.

The coach in this process is `inside.py`, a running service `service.py`; suites see no difference.
"""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from coach.events import Event


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


async def exchange(message: str, events: AsyncIterator[Event]) -> Exchange:
    """Take the events of one turn as they come, each with its time."""
    started = time.perf_counter()
    timed = [Timed(e.name, wire(e.data), (time.perf_counter() - started) * 1000) async for e in events]
    if not timed or timed[-1].name != "answer":
        raise RuntimeError("the turn ended without an answer")
    return Exchange(message, tuple(timed))


def wire(data: dict[str, Any]) -> dict[str, Any]:
    """Return an event's data as it looks on the wire."""
    wired: dict[str, Any] = json.loads(json.dumps(data))  # enums and tuples as they look on the wire
    return wired
