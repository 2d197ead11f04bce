"""Who may call: Host and Origin, the key, and the size of a body. Pure ASGI, before anything is read.

Any web page that she has open can send requests to a loopback port; its browser then names a foreign Origin, or, after DNS
rebinding, a foreign Host. Both are refused. Off loopback the service wants a key (settings refuse to start without one).
"""

from __future__ import annotations

import hmac
import json
import logging
from typing import Any
from urllib.parse import urlsplit

from coach.settings import CoachSettings

log = logging.getLogger(__name__)

MAX_BODY_BYTES = 2_000_000  # a message of 12,000 characters and a long history
OPEN_PATHS = ("/health/live",)


class Gate:
    """ASGI middleware that refuses with problem+json."""

    def __init__(self, app: Any, settings: CoachSettings):
        self._app = app
        self._keys = tuple(key.encode() for key in settings.keys)
        further = (name.strip().lower() for name in settings.allowed_hosts.split(","))
        self._hosts = {"localhost", "127.0.0.1", "::1", settings.host.lower(), *filter(None, further)}

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Let a request through or answer it here."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        if refusal := self._refusal(scope["path"], headers):
            await _refuse(send, *refusal)
            return
        await self._quietly(scope, receive, send)

    def _refusal(self, path: str, headers: dict[str, str]) -> tuple[int, str, str] | None:
        if _host(f"//{headers.get('host', '')}") not in self._hosts:
            return 403, "Refused", "the Host header names a foreign host; add it to COACH_ALLOWED_HOSTS if it is yours"
        origin = headers.get("origin")
        if origin is not None and _host(origin) not in self._hosts:
            return 403, "Refused", "requests from other web pages are refused"
        if self._keys and path not in OPEN_PATHS and not self._has_key(headers):
            return 401, "Key needed", "send a key as `Authorization: Bearer KEY`"
        length = headers.get("content-length", "0")
        if not length.isdigit() or int(length) > MAX_BODY_BYTES:
            return 413, "Too large", f"the body is larger than {MAX_BODY_BYTES} bytes"
        return None

    def _has_key(self, headers: dict[str, str]) -> bool:
        given = headers.get("authorization", "").removeprefix("Bearer ").encode()
        return any(hmac.compare_digest(given, key) for key in self._keys)  # no early exit: the time tells nothing

    async def _quietly(self, scope: Any, receive: Any, send: Any) -> None:
        # What nobody caught ends here: a server logs the exceptions that reach it, and their words may be hers.
        has_begun = False

        async def noted(message: Any) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            await self._limited(scope, receive, noted)
        except Exception as error:
            log.error("a request ended by %s", type(error).__name__)
            if not has_begun:
                await _refuse(send, 500, "Internal error", "something broke on our side; nothing you wrote was kept")

    async def _limited(self, scope: Any, receive: Any, send: Any) -> None:
        n_bytes = 0
        is_refused = False

        async def counted() -> Any:
            nonlocal n_bytes, is_refused
            message = await receive()
            n_bytes += len(message.get("body", b""))
            if n_bytes > MAX_BODY_BYTES and not is_refused:
                is_refused = True
                await _refuse(send, 413, "Too large", f"the body is larger than {MAX_BODY_BYTES} bytes")
            return {"type": "http.disconnect"} if is_refused else message

        async def unless_refused(message: Any) -> None:
            if not is_refused:
                await send(message)

        await self._app(scope, counted, unless_refused)


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


async def _refuse(send: Any, status: int, title: str, detail: str) -> None:
    body = json.dumps({"type": "about:blank", "title": title, "status": status, "detail": detail}).encode()
    headers = [(b"content-type", b"application/problem+json"), (b"content-length", str(len(body)).encode())]
    if status == 401:
        headers.append((b"www-authenticate", b"Bearer"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
