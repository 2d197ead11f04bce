"""The HTTP edge: routes in, JSON or server-sent events out, errors as problem+json that never repeat the user's words.

Knows nothing of how a turn is made (`graph.py`). A turn runs in a task of its own and feeds a queue, because a client that
hangs up would otherwise leave it running: leaving the response cancels the task, and the engine's slot is free at once.
Who may call at all is `gate.py`; how the parts are put together is `build.py`. This is the only door to FastAPI.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, StreamingResponse
from fastapi.sse import KEEPALIVE_COMMENT, format_sse_event
from starlette.exceptions import HTTPException

from coach import build
from coach.errors import BadRequest, CoachError, Misconfigured, NotFound, Unavailable
from coach.events import ChatRequest, CheckRequest, Event, FeedbackRequest
from coach.gate import Gate
from coach.graph import Coach
from coach.settings import CoachSettings
from coach.threads import ThreadStore

log = logging.getLogger(__name__)

HEARTBEAT_S = 5.0
EXPIRE_EVERY_S = 60.0  # a talk is forgotten this much after its time at most
DISCONNECT_POLL_S = 0.25  # a client that hangs up during a JSON call frees the engine within a second
STATUSES = ((NotFound, 404), (BadRequest, 400), (Unavailable, 503), (Misconfigured, 500))  # the narrower first
EVENTS = "text/event-stream"
PROBLEM = "application/problem+json"


def create_app(settings: CoachSettings, make: Callable[[CoachSettings], build.Parts] = build.parts) -> FastAPI:
    """Return the service. `make` builds its parts at start-up; tests give their own."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        parts = make(settings)
        app.state.parts = parts
        build.start(parts)
        expiring = asyncio.create_task(_expire(parts.coach.threads), name="expire")
        yield
        expiring.cancel()
        if parts.engine:
            await parts.engine.stop()
        if parts.coach.model:
            await parts.coach.model.close()
        parts.coach.threads.close()

    app = FastAPI(title="Breakup coach", version="1", lifespan=lifespan, docs_url=None, redoc_url=None)
    app.add_middleware(Gate, settings=settings)
    for error, status in STATUSES:
        app.add_exception_handler(error, _problem_of(status))
    app.add_exception_handler(HTTPException, _http_problem)
    app.add_exception_handler(RequestValidationError, _validation_problem)
    _routes(app)
    return app


async def _expire(threads: ThreadStore) -> None:
    while True:
        await asyncio.sleep(EXPIRE_EVERY_S)
        try:
            threads.expire()
        except Exception as error:  # a full disk today may have room tomorrow
            log.error("talks whose time is over could not be forgotten: %s", type(error).__name__)


def _coach(request: Request) -> Coach:
    parts: build.Parts = request.app.state.parts
    return parts.coach


TheCoach = Annotated[Coach, Depends(_coach)]


def _routes(app: FastAPI) -> None:
    @app.post("/v1/chat")
    async def chat(body: ChatRequest, request: Request, coach: TheCoach) -> Response:
        """Take one turn: the whole `Answer` as JSON, or its events with `Accept: text/event-stream`."""
        await coach.admit(body)  # what can fail with a status fails here, before the stream has begun
        if EVENTS in request.headers.get("accept", ""):
            return StreamingResponse(_stream(coach, body), media_type=EVENTS, headers={"Cache-Control": "no-store"})
        answer = await _until_gone(request, _last(coach, body))
        return JSONResponse(answer, headers={"Cache-Control": "no-store"})

    @app.post("/v1/check")
    async def check(body: CheckRequest, request: Request, coach: TheCoach) -> Response:
        """Review a message she means to send."""
        review = await _until_gone(request, coach.check(body))
        return JSONResponse(asdict(review), headers={"Cache-Control": "no-store"})

    @app.get("/v1/search")
    async def search(
        coach: TheCoach,
        q: Annotated[str, Query(min_length=1, max_length=2000)],
        k: Annotated[int, Query(ge=1, le=50)] = 5,
    ) -> dict[str, Any]:
        """Search the articles, passages of every label included."""
        found = await asyncio.to_thread(lambda: coach.retriever().search(q, k))
        keys = ("article", "section", "title", "text")
        rows = [
            {"passage_id": f.passage.id, "label": f.passage.label.value, "score": f.score}
            | {key: getattr(f.passage, key) for key in keys}
            for f in found
        ]
        return {"results": rows}

    @app.get("/v1/articles")
    async def articles(coach: TheCoach) -> dict[str, Any]:
        """Return the articles with their sections, passages, labels, lines and contradictions."""
        return build.catalogue((await asyncio.to_thread(coach.retriever)).index.corpus)

    @app.get("/v1/passages/{passage_id:path}")
    async def passage(passage_id: str, coach: TheCoach) -> dict[str, Any]:
        """Return one passage; `#` and `/` are percent-encoded in its id."""
        corpus = (await asyncio.to_thread(coach.retriever)).index.corpus
        if passage_id not in corpus.by_id:
            raise NotFound("there is no passage of this id; `GET /v1/articles` lists them")
        return build.passage_row(corpus, corpus.by_id[passage_id])

    @app.delete("/v1/threads/{thread_id}", status_code=204)
    async def forget(thread_id: str, coach: TheCoach) -> Response:
        """Forget a thread, at once and wholly; forgetting one that is not known succeeds too."""
        coach.threads.delete(thread_id)
        return Response(status_code=204)

    @app.post("/v1/feedback", status_code=202)
    async def feedback(body: FeedbackRequest, request: Request) -> dict[str, bool]:
        """Take a rating; it is kept only where the operator switched that on."""
        settings: CoachSettings = request.app.state.parts.coach.settings
        if settings.feedback:
            await asyncio.to_thread(build.append_line, settings.feedback, body.model_dump())
        return {"kept": bool(settings.feedback)}

    @app.get("/v1/protocol")
    async def protocol(request: Request) -> dict[str, Any]:
        """Say in plain words what triggers what, whom the coach refers to, and what it runs on."""
        return await asyncio.to_thread(build.protocol, request.app.state.parts)

    @app.get("/health/live")
    async def live() -> dict[str, str]:
        """Say that the process answers."""
        return {"status": "ok"}

    @app.get("/health/ready")
    async def ready(request: Request) -> Response:
        """Test the index, the embedder and the rails; a model that is away is `degraded`, since the lines work."""
        status, body = await asyncio.to_thread(build.readiness, request.app.state.parts)
        return JSONResponse(body, status_code=status)


async def _stream(coach: Coach, body: ChatRequest) -> AsyncIterator[bytes]:
    queue: asyncio.Queue[Event | None] = asyncio.Queue(maxsize=32)

    async def run() -> None:
        try:
            async with aclosing(coach.turn(body)) as events:
                async for event in events:
                    await queue.put(event)
        except CoachError as error:
            await queue.put(Event("error", _body(_status_of(error), str(error))))
        except Exception as error:
            log.error("a turn ended by %s", type(error).__name__)
            await queue.put(Event("error", _body(500, "something broke on our side; nothing you wrote was kept")))
        await queue.put(None)

    task = asyncio.create_task(run(), name="turn")
    try:
        while True:
            try:
                event = await asyncio.wait_for(queue.get(), HEARTBEAT_S)
            except TimeoutError:
                yield KEEPALIVE_COMMENT
                continue
            if event is None:
                return
            yield format_sse_event(event=event.name, data_str=json.dumps(event.data, ensure_ascii=False))
    finally:
        task.cancel()


async def _last(coach: Coach, body: ChatRequest) -> dict[str, Any]:
    events = [event async for event in coach.turn(body)]
    return events[-1].data


async def _until_gone(request: Request, work: Any) -> Any:
    task = asyncio.ensure_future(work)
    try:
        while True:
            done, _ = await asyncio.wait({task}, timeout=DISCONNECT_POLL_S)
            if done:
                return task.result()
            if await request.is_disconnected():
                raise HTTPException(499, "the client hung up")
    finally:
        task.cancel()


def _body(status: int, detail: str, **more: Any) -> dict[str, Any]:
    return {"type": "about:blank", "title": _TITLES.get(status, "Error"), "status": status, "detail": detail, **more}


_TITLES = {
    400: "Bad request",
    401: "Key needed",
    403: "Refused",
    404: "Not found",
    405: "Method not allowed",
    413: "Too large",
    422: "Cannot be used",
    499: "Client gone",
    500: "Internal error",
    503: "Not ready",
}


def _status_of(error: CoachError) -> int:
    return next((status for kind, status in STATUSES if isinstance(error, kind)), 500)


def _problem(status: int, detail: str, headers: dict[str, str] | None = None, **more: Any) -> JSONResponse:
    return JSONResponse(_body(status, detail, **more), status, headers, media_type=PROBLEM)


def _problem_of(status: int) -> Any:
    async def handler(_: Request, error: Exception) -> Response:
        return _problem(status, str(error), {"Retry-After": "5"} if status == 503 else None)

    return handler


async def _http_problem(_: Request, error: Any) -> Response:
    return _problem(error.status_code, str(error.detail), getattr(error, "headers", None))


async def _validation_problem(_: Request, error: Any) -> Response:
    # pydantic's errors carry the input; only the place and the reason go out, and of an unknown key only where it stood
    reasons = [
        {"where": ".".join(map(str, e["loc"][:-1])), "why": "holds an unknown key"}
        if e["type"] == "extra_forbidden"
        else {"where": ".".join(map(str, e["loc"])), "why": e["msg"]}
        for e in error.errors()
    ]
    if any(e["type"] in ("json_invalid", "json_type") for e in error.errors()):
        return _problem(400, "the body is not valid JSON in UTF-8")
    first = reasons[0]
    return _problem(422, f"{first['where']}: {first['why']}", errors=reasons)
