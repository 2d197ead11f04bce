"""A service that speaks the contract and says what it was told to: the outside world of the page's tests.

Its articles are the real ones, read from their files; its turns are scripts, chosen by a word in the message. It remembers
what it was asked, which threads it was told to forget, and which turns were hung up on.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass, field
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse
from scripted_answers import ABUSE_LINE, CRISIS_LINE, EMERGENCY, corpus, review, row_of, script

from corpus.passage import Corpus, Passage


@dataclass
class Scripted:
    """What the service was asked, and the levers of a test."""

    asked: list[dict[str, Any]] = field(default_factory=list)
    forgotten: list[str] = field(default_factory=list)
    hung_up: list[str] = field(default_factory=list)
    ratings: list[dict[str, Any]] = field(default_factory=list)
    known: set[str] = field(default_factory=set)
    is_held: bool = False  # turns wait after their first sentence until it is False
    is_busy: bool = False
    echo: str = ""  # put behind every text that the service says of itself, its articles and a message
    protocol: dict[str, Any] = field(default_factory=dict)  # what it says of itself beside the usual
    ready: dict[str, Any] = field(
        default_factory=lambda: {
            "status": "ok",
            "missing": [],
            "model": "scripted",
            "model_state": "up",
            "region": "US",
        }
    )
    pause_s: float = 0.0  # between sentences, for who looks on
    name: str = field(default_factory=lambda: f"thread-{secrets.token_hex(3)}")

    def thread(self, number: int) -> str:
        """Return the id of the thread that the n-th question began."""
        return f"{self.name}-{number}"


def create_app(scripted: Scripted) -> FastAPI:
    """Return the scripted service."""
    app = FastAPI()

    @app.post("/v1/chat")
    async def chat(request: Request) -> Response:
        body = await request.json()
        scripted.asked.append(body)
        if scripted.is_busy:
            return _problem(503, "the engine is busy", {"Retry-After": "1"})
        thread_id = body.get("thread_id")
        if thread_id and thread_id not in scripted.known:
            return _problem(404, "this thread is not known")
        thread_id = thread_id or scripted.thread(len(scripted.asked))
        scripted.known.add(thread_id)
        return StreamingResponse(_told(scripted, body["message"], thread_id), media_type="text/event-stream")

    @app.post("/v1/check")
    async def check(request: Request) -> Any:
        body = await request.json()
        scripted.asked.append(body)
        if scripted.is_busy:
            return _problem(503, "the engine is busy", {"Retry-After": "1"})
        if body.get("thread_id") not in {None, *scripted.known}:
            return _problem(404, "this thread is not known")
        return _echoed(review(body["text"]), scripted.echo)

    @app.get("/v1/articles")
    async def catalogue() -> dict[str, Any]:
        return dict(_echoed(_catalogue(corpus()), scripted.echo))

    @app.get("/v1/search")
    async def search(q: str, k: int = 5) -> dict[str, Any]:
        rows = [p for p in corpus() if q.lower() in f"{p.text} {p.line}".lower()][:k]
        return dict(_echoed({"results": [row_of(p) | {"score": 0.5} for p in rows]}, scripted.echo))

    @app.get("/v1/protocol")
    async def protocol() -> dict[str, Any]:
        told = {
            "policies": [
                {
                    "policy": "crisis",
                    "fires_when": "She writes that she may take her life, or that somebody may.",
                    "what_happens": "Help is named at once, and nothing is said about him.",
                    "kinds": [{"kind": "suicide", "means": "Thoughts of dying, plans, means."}],
                },
                {
                    "policy": "respect_decision",
                    "fires_when": "He has said no: to contact, to coming back, or by moving on.",
                    "what_happens": "The caveat comes first and stays; no way to reach him is given.",
                    "kinds": [],
                },
            ],
            "referrals": [EMERGENCY, CRISIS_LINE, ABUSE_LINE],
            "model": {"name": "scripted", "sha256": "ab" * 32},
            "embedder": {"name": "scripted-search", "sha256": "cd" * 32},
            "corpus": {"corpus_digest": "ef" * 32},
            "prompts": {"heard": "01" * 32},
            "is_hosted": False,
            "keeps": {"threads": "memory", "thread_ttl_s": 86400, "feedback": False},
        }
        return dict(_echoed(told | scripted.protocol, scripted.echo))

    @app.delete("/v1/threads/{thread_id}", status_code=204)
    async def forget(thread_id: str) -> Response:
        scripted.forgotten.append(thread_id)
        scripted.known.discard(thread_id)
        return Response(status_code=204)

    @app.post("/v1/feedback", status_code=202)
    async def feedback(request: Request) -> dict[str, bool]:
        scripted.ratings.append(await request.json())
        return {"kept": False}

    @app.get("/health/ready")
    async def ready() -> Response:
        return JSONResponse(
            _echoed(scripted.ready, scripted.echo), 503 if scripted.ready["status"] == "not ready" else 200
        )

    return app


async def _told(scripted: Scripted, message: str, thread_id: str) -> AsyncIterator[bytes]:
    turn_id = f"turn-{len(scripted.asked)}"
    is_whole = False
    n_said = 0
    try:
        yield _event("turn", {"turn_id": turn_id, "thread_id": thread_id})
        for name, data in script(message):
            if name == "die":
                raise ConnectionAbortedError("scripted")
            if name == "sentence":
                await asyncio.sleep(scripted.pause_s)
                while scripted.is_held and n_said:  # noqa: ASYNC110 - the test that lets go is in another thread
                    await asyncio.sleep(0.02)
                n_said += 1
            yield _event(name, data | ({"turn_id": turn_id, "thread_id": thread_id} if name == "answer" else {}))
        is_whole = True
    finally:
        if not is_whole:
            scripted.hung_up.append(thread_id)


def _catalogue(corpus: Corpus) -> dict[str, Any]:
    def row(p: Passage) -> dict[str, Any]:
        ties = [{"disagreement": d.id, "says": d.says, "passages": list(o)} for d, o in corpus.ties(p.id)]
        return row_of(p) | {"because": p.because, "contradicted_by": ties}

    def sections(article: str) -> list[dict[str, Any]]:
        of = [p for p in corpus if p.article == article]
        names = {s.id: s.title for a in corpus.articles if a.id == article for s in a.sections}
        return [{"id": i, "title": t, "passages": [row(p) for p in of if p.section == i]} for i, t in names.items()]

    rows = [asdict(a) | {"sections": sections(a.id)} for a in corpus.articles]
    return {"articles": rows, "disagreements": [asdict(d) for d in corpus.disagreements]}


STRUCTURE = (
    "passage_id",
    "id",
    "article",
    "section",
    "outcome",
    "verdict",
    "kind",
    "policy",
    "status",
    "model_state",
    "region",
    "url",
)


def _echoed(said: Any, echo: str, key: str = "") -> Any:
    # whatever is text for people, and no name that something else refers to
    if isinstance(said, dict):
        return {k: _echoed(v, echo, k) for k, v in said.items()}
    if isinstance(said, list | tuple):
        return [_echoed(v, echo, key) for v in said]
    return f"{said}{echo}" if isinstance(said, str) and key not in STRUCTURE and key != "passages" else said


def _event(name: str, data: dict[str, Any]) -> bytes:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode()


def _problem(status: int, detail: str, headers: dict[str, str] | None = None) -> Response:
    body = {"type": "about:blank", "title": "", "status": status, "detail": detail}
    return JSONResponse(body, status, headers, media_type="application/problem+json")
