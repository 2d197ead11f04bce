"""What the page's own server answers beside Gradio: who may call, the page's files, and three small calls to the service.

A browser reaches this origin only, so leaving (a beacon), rating and the status line go through here. Every response forbids
the browser to load anything from elsewhere. This and `app.py` are the page's only doors to FastAPI and Gradio.
"""

from __future__ import annotations

import json
import re
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from fastapi import FastAPI, Request, Response
from fastapi.responses import FileResponse, JSONResponse
from starlette.requests import ClientDisconnect

from ui.client import Busy, Service, ServiceError
from ui.markup import tag
from ui.settings import UiSettings
from ui.words import ASSETS, words

FILES = re.compile(r"[a-z]+\.(css|js|png)")
THREAD = re.compile(r"[\w.~-]{1,128}")
MAX_SMALL_BODY = 4_000
MAX_BODY_BYTES = 8_000_000  # a kept talk of 100 turns with their passages, some 20 kB each, and all that was told

# Gradio's bundle builds functions from strings and styles in line; everything else stays on this origin.
POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "frame-src 'none'",
        "object-src 'none'",
        "form-action 'self'",
        "base-uri 'self'",
        "frame-ancestors 'none'",
    )
)
TOO_LARGE = f"The body is larger than {MAX_BODY_BYTES} bytes."
HEADERS = {
    "content-security-policy": POLICY,
    "referrer-policy": "same-origin",  # tells others nothing; with none at all, most browsers send the beacon without its origin
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cache-control": "no-store",  # nothing of a talk in the disk cache, and no way back to it by the back button
}
HEAD = (
    '<link rel="icon" href="/page/icon.png"><link rel="stylesheet" href="/page/page.css">'
    '<meta name="color-scheme" content="light dark">{leave}<script type="module" src="/page/page.js"></script>'
)
# Gradio's index names itself and a picture on another host; a shared link would show them
ADVERTS = re.compile(rb'<meta\s+(?:property="og:|name="twitter:)[^>]*>')


def routes(settings: UiSettings, service: Service) -> FastAPI:
    """Return the page's server, to which `app.py` adds Gradio."""
    app = FastAPI(title="Notes", docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(Porter, hosts=settings.hosts, exit_url=settings.exit_url)

    @app.get("/page/{name}")
    async def file(name: str) -> Response:
        """Send one of the page's own files."""
        if not FILES.fullmatch(name) or not (ASSETS / name).is_file():
            return Response(status_code=404)
        return FileResponse(ASSETS / name)

    @app.get("/status")
    async def status() -> dict[str, Any]:
        """Say how the service is, in words for the status line."""
        return await told_status(service)

    @app.post("/leave", status_code=204)
    async def leave(request: Request) -> Response:
        """Have the thread forgotten whose id is the body. Always succeeds: the thread's expiry stands behind it."""
        thread_id = (await request.body())[:MAX_SMALL_BODY].decode("utf-8", "replace").strip()
        if THREAD.fullmatch(thread_id):
            with suppress(ServiceError):
                await service.forget(thread_id)
        return Response(status_code=204)

    @app.post("/rate")
    async def rate(request: Request) -> Response:
        """Send a rating on; says whether it was kept."""
        try:
            given = json.loads((await request.body())[:MAX_SMALL_BODY])
            turn_id, rating, reason = (str(given[key]) for key in ("turn_id", "rating", "reason"))
        except (ValueError, KeyError, TypeError):
            return Response(status_code=400)
        told = words("turn")
        try:
            kept = await service.rate(turn_id, rating, reason[:500])
        except ServiceError:
            return JSONResponse({"told": told["not_sent"]})
        return JSONResponse({"told": told["kept"] if kept else told["not_kept"]})

    return app


async def told_status(service: Service) -> dict[str, Any]:
    """Return the state of the service, what the status line says of it, and the service's own region."""
    said = words("status")
    try:
        ready = await service.ready()
    except Busy:
        return {"state": "starting", "told": said["starting"], "region": ""}
    except ServiceError:
        return {"state": "unreachable", "told": said["unreachable"], "region": ""}
    told = []
    if ready.is_hosted:
        told.append(said["hosted"].format(model=ready.model))
    if ready.is_traced:
        told.append(said["traced"])
    state = "hosted" if told else "ready"
    if ready.missing:
        parts = words("parts")
        told.append(said["missing"].format(missing=", ".join(parts.get(name, name) for name in ready.missing)))
        state = "unreachable"
    elif ready.status not in ("ok", "degraded"):
        told.append(said["starting"])
        state = "starting"
    elif ready.model_state == "none" or ready.status == "degraded":
        told.append(said["without_model" if ready.model_state == "none" else "degraded"])
        state = "degraded" if state == "ready" else state
    return {"state": state, "told": " ".join(told), "region": ready.region}


class Porter:
    """ASGI middleware: refuses foreign hosts and pages and bodies that are too large, adds the headers, and makes Gradio's index ours."""

    def __init__(self, app: Any, hosts: frozenset[str], exit_url: str):
        self._app = app
        self._hosts = hosts
        leave = tag("script", src="/page/leave.js", data_exit=exit_url)  # knows its way out before the page is there
        self._head = HEAD.format(leave=leave).encode()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Let a request through or refuse it."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        origin = headers.get("origin")
        is_ours = _host(f"//{headers.get('host', '')}") in self._hosts and (
            origin is None or _host(origin) in self._hosts
        )
        if scope["type"] == "websocket" or not is_ours:
            await _refuse(scope, send, 403, "This page is for the machine it runs on.")
            return
        length = headers.get("content-length", "0")
        if not length.isdigit() or int(length) > MAX_BODY_BYTES:
            await _refuse(scope, send, 413, TOO_LARGE)
            return
        sending = _index(send, self._head) if scope["path"] == "/" else _with_headers(send)
        await _limited(self._app, scope, receive, sending)


async def _limited(app: Any, scope: Any, receive: Any, send: Any) -> None:
    # a body that names no length, or a wrong one, is counted as it comes
    n_bytes = 0
    is_refused = False

    async def counted() -> Any:
        nonlocal n_bytes, is_refused
        message = await receive()
        n_bytes += len(message.get("body", b""))
        if n_bytes > MAX_BODY_BYTES and not is_refused:
            is_refused = True
            await _refuse(scope, send, 413, TOO_LARGE)
        return {"type": "http.disconnect"} if is_refused else message

    async def unless_refused(message: Any) -> None:
        if not is_refused:
            await send(message)

    try:
        await app(scope, counted, unless_refused)
    except ClientDisconnect:
        if not is_refused:
            raise


def _with_headers(send: Any) -> Any:
    async def sending(message: Any) -> None:
        if message["type"] == "http.response.start":
            kept = [(n, v) for n, v in message["headers"] if n.decode("latin-1").lower() not in HEADERS]
            message = message | {"headers": [*kept, *((n.encode(), v.encode()) for n, v in HEADERS.items())]}
        await send(message)

    return sending


def _index(send: Any, head: bytes) -> Any:
    # Gradio injects `head=` only once its bundle runs; the way out must work before that
    start: dict[str, Any] = {}
    body = b""
    further = _with_headers(send)

    async def sending(message: Any) -> None:
        nonlocal start, body
        if message["type"] == "http.response.start":
            start = message
            return
        body += message.get("body", b"")
        if message.get("more_body"):
            return
        page = ADVERTS.sub(b"", body).replace(b"</head>", head + b"</head>", 1)
        headers = [(n, v) for n, v in start["headers"] if n.lower() != b"content-length"]
        await further(start | {"headers": [*headers, (b"content-length", str(len(page)).encode())]})
        await further({"type": "http.response.body", "body": page})

    return sending


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


async def _refuse(scope: Any, send: Any, status: int, told: str) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
        return
    body = told.encode()
    headers = [(b"content-type", b"text/plain"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
