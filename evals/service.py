"""A running service as a subject: whole turns as events and `GET /v1/search`, as its users meet them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from typing import Any

import httpx

from coach.events import Event
from evals.errors import BadInput
from evals.subject import Exchange, exchange


class Service:
    """A running service, judged over HTTP as its users meet it."""

    is_local = False

    def __init__(self, url: str, key: str = "", client: httpx.AsyncClient | None = None):
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        try:
            self._client = client or httpx.AsyncClient(base_url=url, headers=headers, timeout=120)
        except httpx.InvalidURL as error:
            raise BadInput(f"--against {url}: not an address ({error})") from error

    async def talk(self, messages: Sequence[str], region: str = "") -> list[Exchange]:
        """Say the messages in one new thread."""
        thread_id, exchanges = None, []
        for message in messages:
            body = (
                {"message": message}
                | ({"thread_id": thread_id} if thread_id else {})
                | ({"region": region} if region else {})
            )
            exchanges.append(await exchange(message, self._events(body)))
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
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise BadInput(f"no coach answers at {self._client.base_url} ({type(error).__name__})") from error
        if reply.status_code in (401, 403):
            raise BadInput(f"{self._client.base_url} answered {reply.status_code}: give the service's key with --key")
        try:
            reply.raise_for_status()
            body = reply.json()
            return {
                "model": body["model"]["name"],
                "corpus_digest": body["corpus"]["corpus_digest"],
                "embedder": body["embedder"]["name"],
                "prompt_digests": body["prompts"],
            }
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
            raise BadInput(
                f"what answers at {self._client.base_url} is no coach (status {reply.status_code})"
            ) from error

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
