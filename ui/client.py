"""The service over HTTP, and nothing else of it: one method a call, failures by what the page can say about them.

ServiceError
├── Away     nothing answers, or it stopped answering in mid-sentence
├── Busy     it answers that it is starting or full: the same call may work in a moment
└── Refused  it will not take this; `detail` says why, in words for people
    └── Forgotten  the thread is not known (any more): begin anew, sending along what was said
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import quote

import httpx
from pydantic import ValidationError

from ui.shapes import Catalogue, Hit, Readiness, Review

Shape = TypeVar("Shape", Catalogue, Hit, Readiness, Review)

CONNECT_S = 3.0
SILENCE_S = 20.0  # the service sends a comment every 5 s: four missed ones mean that it is gone
CALL_S = 70.0  # a check may wait for the model, which has 60 s
READY_S = 4.0


class ServiceError(Exception):
    """Root of what a call can end in."""


class Away(ServiceError):
    """Nothing answers."""


class Busy(ServiceError):
    """It answers that it is starting or full."""


class Refused(ServiceError):
    """It will not take this. The message has its reason."""


class Forgotten(Refused):
    """The thread is not known."""


@dataclass(frozen=True, slots=True)
class Event:
    """One event of a turn, as it came over the wire."""

    name: str
    data: dict[str, Any]


class Service:
    """The coach's service at one address."""

    def __init__(self, url: str, api_key: str = "", transport: httpx.AsyncBaseTransport | None = None):
        self._url = url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
        self._transport = transport
        self._catalogue = Catalogue()
        self._open: dict[str, httpx.Response] = {}  # turns that are being told, by thread

    async def turn(
        self, message: str, thread_id: str | None, region: str, history: list[dict[str, str]]
    ) -> AsyncGenerator[Event, None]:
        """Take a turn and yield its events; leaving the iterator hangs up, and the service stops."""
        body = {"message": message, "region": region} | (
            {"thread_id": thread_id} if thread_id else {"history": history}
        )
        async with self._http(SILENCE_S) as http:
            try:
                asked = http.build_request("POST", "/v1/chat", json=body, headers={"Accept": "text/event-stream"})
                response = await http.send(asked, stream=True)
                try:
                    await _raise_for(response)
                    async for event in _events(response):
                        thread_id = event.data.get("thread_id", thread_id)
                        if thread_id:
                            self._open[thread_id] = response
                        yield event
                finally:
                    self._open.pop(thread_id or "", None)
                    await response.aclose()
            except httpx.HTTPError as error:
                raise Away(type(error).__name__) from error

    async def check(
        self, text: str, thread_id: str | None, region: str, local_time: str, history: list[dict[str, str]]
    ) -> Review:
        """Have a message reviewed that she means to send, in the light of what was told before."""
        body: dict[str, Any] = {"text": text, "region": region}
        body |= {"local_time": local_time} if local_time else {}
        body |= {"thread_id": thread_id} if thread_id else {"history": history}
        return _read(Review, await self._call("POST", "/v1/check", CALL_S, json=body))

    async def catalogue(self, is_fresh: bool = False) -> Catalogue:
        """Return the articles, kept after the first call. `is_fresh` asks again: ingest may have switched the index."""
        if is_fresh or not self._catalogue.articles:
            self._catalogue = _read(Catalogue, await self._call("GET", "/v1/articles", CALL_S))
        return self._catalogue

    async def search(self, query: str, n_results: int) -> list[Hit]:
        """Search the articles."""
        found = await self._call("GET", "/v1/search", CALL_S, params={"q": query, "k": n_results})
        return [_read(Hit, row) for row in found.get("results", [])]

    async def protocol(self) -> dict[str, Any]:
        """Return what the service says about itself."""
        return await self._call("GET", "/v1/protocol", CALL_S)

    async def ready(self) -> Readiness:
        """Return whether it is ready, with what is missing where it is not; Away where nothing answers."""
        async with self._http(READY_S) as http:
            try:
                response = await http.get("/health/ready")
            except httpx.HTTPError as error:
                raise Away(type(error).__name__) from error
        return _read(Readiness, _json(response))

    async def forget(self, thread_id: str) -> None:
        """Have a thread forgotten; a turn of it that is being told is hung up on first, or it would be remembered after."""
        if open_turn := self._open.pop(thread_id, None):
            await open_turn.aclose()
        await self._call("DELETE", f"/v1/threads/{quote(thread_id, safe='')}", READY_S)

    async def rate(self, turn_id: str, rating: str, reason: str) -> bool:
        """Send a rating; return whether it was kept."""
        body = {"turn_id": turn_id, "rating": rating, "reason": reason}
        return bool((await self._call("POST", "/v1/feedback", READY_S, json=body)).get("kept"))

    @asynccontextmanager
    async def _http(self, read_s: float) -> AsyncIterator[httpx.AsyncClient]:
        # trust_env off: a proxy named in the environment would see every word
        limits = httpx.Timeout(read_s, connect=CONNECT_S)
        async with httpx.AsyncClient(
            base_url=self._url, headers=self._headers, timeout=limits, transport=self._transport, trust_env=False
        ) as http:
            yield http

    async def _call(self, method: str, path: str, read_s: float, **more: Any) -> dict[str, Any]:
        async with self._http(read_s) as http:
            try:
                response = await http.request(method, path, **more)
            except httpx.HTTPError as error:
                raise Away(type(error).__name__) from error
            await _raise_for(response)
        return _json(response) if response.content else {}


async def _events(response: httpx.Response) -> AsyncGenerator[Event, None]:
    # by bytes: httpx's own lines also end at U+2028 and the like, which JSON may hold
    held = b""
    async for chunk in response.aiter_bytes():
        *blocks, held = (held + chunk.replace(b"\r\n", b"\n")).split(b"\n\n")
        for block in blocks:
            fields = [line.split(b":", 1) for line in block.split(b"\n") if b":" in line]
            name = b"".join(value.strip() for key, value in fields if key == b"event").decode()
            data = b"".join(value.strip() for key, value in fields if key == b"data").decode()
            if name and data:
                yield Event(name, _loads(data))


async def _raise_for(response: httpx.Response) -> None:
    if response.is_success:
        return
    await response.aread()
    detail = str(_json(response).get("detail", ""))
    if response.status_code == 404:
        raise Forgotten(detail)
    if response.status_code in (429, 503):
        raise Busy(detail)
    if response.status_code >= 500:
        raise Away(f"HTTP {response.status_code}")
    raise Refused(detail)


def _json(response: httpx.Response) -> dict[str, Any]:
    return _loads(response.text) if "json" in response.headers.get("content-type", "") else {}


def _loads(data: str) -> dict[str, Any]:
    try:
        read = json.loads(data)
    except ValueError as error:
        raise Away("it sent what is not JSON") from error
    if not isinstance(read, dict):
        raise Away("it sent what is not an object")
    return read


def _read(shape: type[Shape], data: dict[str, Any]) -> Shape:
    try:
        return shape.model_validate(data)
    except ValidationError as error:
        raise Away("it sent what the page does not know") from error
