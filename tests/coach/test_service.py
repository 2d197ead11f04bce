"""The service over HTTP, without a socket: what it answers, what it refuses, and what it never repeats."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from fakes import SLEEP, WALKS, Rails, ScriptedModel, events_of

from coach import app
from coach.app import create_app
from coach.build import Parts
from coach.events import MAX_MESSAGE_CHARS
from coach.gate import MAX_BODY_BYTES
from coach.graph import Coach
from coach.threads import SqliteThreads

MakeCoach = Callable[..., Coach]
SECRET = "xylophone"  # a word of hers that must turn up nowhere
STREAM = {"Accept": "text/event-stream"}


@asynccontextmanager
async def client_of(coach: Coach, host: str = "127.0.0.1") -> AsyncIterator[httpx.AsyncClient]:
    service = create_app(coach.settings, make=lambda _: Parts(coach))
    transport = httpx.ASGITransport(service)  # an exception that reached the server would fail the test
    async with (
        service.router.lifespan_context(service),
        httpx.AsyncClient(transport=transport, base_url=f"http://{host}") as one,
    ):
        yield one


@pytest.fixture
async def client(make_coach: MakeCoach) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(make_coach()) as one:
        yield one


def problem(response: httpx.Response) -> dict[str, Any]:
    """Return the body of a problem, after checking that it is one."""
    assert response.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = response.json()
    assert body["status"] == response.status_code
    assert body["detail"]
    return body


async def test_json_is_the_last_event_of_the_stream(client: httpx.AsyncClient) -> None:
    """The same turn in two forms, but for ids, times and scores of neither."""
    whole = (await client.post("/v1/chat", json={"message": SLEEP})).json()
    streamed = events_of((await client.post("/v1/chat", json={"message": SLEEP}, headers=STREAM)).text)
    last = streamed[-1].data

    assert (streamed[0].name, streamed[-1].name) == ("turn", "answer")
    assert whole.keys() == last.keys()
    for key in whole.keys() - {"turn_id", "thread_id", "decision"}:
        assert whole[key] == last[key]


async def test_a_stream_is_not_cached(client: httpx.AsyncClient) -> None:
    """Neither by the browser nor on the way."""
    response = await client.post("/v1/chat", json={"message": SLEEP}, headers=STREAM)

    assert response.headers["content-type"].startswith("text/event-stream")
    assert response.headers["cache-control"] == "no-store"


async def test_a_message_of_full_length_is_read(client: httpx.AsyncClient) -> None:
    """12,000 characters may be the one time she tells."""
    message = f"{SLEEP} ".ljust(MAX_MESSAGE_CHARS, "z")

    assert (await client.post("/v1/chat", json={"message": message})).status_code == 200


@pytest.mark.parametrize(
    ("body", "status"),
    [
        pytest.param({"message": ""}, 422, id="empty"),
        pytest.param({"message": " \n "}, 422, id="blank"),
        pytest.param({"message": SECRET.ljust(MAX_MESSAGE_CHARS + 1, "z")}, 422, id="over-long"),
        pytest.param({"message": 7}, 422, id="no-text"),
        pytest.param({}, 422, id="missing"),
        pytest.param({"message": "hello", SECRET: 1}, 422, id="unknown-key"),
        pytest.param({"message": "hello", "thread_id": SECRET}, 404, id="unknown-thread"),
        pytest.param({"message": "hello", "history": [{"role": SECRET, "content": SECRET}]}, 422, id="history"),
        pytest.param([SECRET], 422, id="a-list"),
        pytest.param(f'{{"message": "{SECRET}'.encode(), 400, id="malformed"),
        pytest.param(f'{{"message": "{SECRET} \xe9"}}'.encode("latin-1"), 400, id="not-utf-8"),
    ],
)
@pytest.mark.parametrize("headers", [{}, STREAM], ids=["json", "stream"])
async def test_bad_input_is_a_problem_that_repeats_nothing(
    client: httpx.AsyncClient, body: Any, status: int, headers: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    """A status, a clear detail, and none of her words in it or in the logs."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    sent = {"Content-Type": "application/json", **headers}
    response = await client.post("/v1/chat", content=content, headers=sent)

    assert problem(response)["status"] == status
    assert SECRET not in response.text + caplog.text
    assert "zzz" not in response.text


async def test_logs_hold_no_words_of_hers(make_coach: MakeCoach, caplog: pytest.LogCaptureFixture) -> None:
    """Not of a turn that went well, not of one whose model or rail broke."""
    caplog.set_level("DEBUG")
    for coach in (
        make_coach(),
        make_coach(ScriptedModel([ValueError(SECRET)])),
        make_coach(rails=Rails(breaks=ValueError(SECRET))),
    ):
        async with client_of(coach) as client:
            await client.post("/v1/chat", json={"message": f"{SLEEP} {SECRET}"})
            await client.post("/v1/chat", json={"message": f"{SLEEP} {SECRET}"}, headers=STREAM)

    assert SECRET not in caplog.text


async def test_what_breaks_is_a_problem_without_its_words(make_coach: MakeCoach) -> None:
    """And nothing is raised to the server, which would log it."""
    async with client_of(make_coach(ScriptedModel([ValueError(SECRET)]))) as client:
        response = await client.post("/v1/chat", json={"message": SLEEP})

    assert problem(response)["status"] == 500
    assert SECRET not in response.text


async def test_what_breaks_mid_turn_is_an_error_event(make_coach: MakeCoach) -> None:
    """The last event, in the form of a problem, without the cause's words."""
    async with client_of(make_coach(ScriptedModel([ValueError(SECRET)]))) as client:
        response = await client.post("/v1/chat", json={"message": SLEEP}, headers=STREAM)
    last = events_of(response.text)[-1]

    assert (last.name, last.data["status"]) == ("error", 500)
    assert last.data["detail"] and SECRET not in response.text


@pytest.mark.parametrize(
    "headers",
    [{"Host": "evil.example"}, {"Host": ""}, {"Origin": "https://evil.example"}, {"Origin": "null"}],
    ids=["host", "no-host", "origin", "no-origin"],
)
async def test_another_page_in_her_browser_is_refused(client: httpx.AsyncClient, headers: dict[str, str]) -> None:
    """Any website can reach a loopback port; its browser says who it is."""
    assert problem(await client.get("/v1/articles", headers=headers))["status"] == 403


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost", "[::1]:8000"])
async def test_this_machine_is_let_in(client: httpx.AsyncClient, host: str) -> None:
    """Under each of its names, also as an Origin."""
    headers = {"Host": host, "Origin": f"http://{host}"}

    assert (await client.get("/health/live", headers=headers)).status_code == 200


async def test_a_key_is_needed_where_keys_are_set(make_coach: MakeCoach) -> None:
    """The right one, and for everything but whether the process lives."""
    async with client_of(make_coach(api_keys="one, two")) as client:
        for headers in ({}, {"Authorization": "Bearer three"}, {"Authorization": "Bearer "}):
            response = await client.get("/v1/articles", headers=headers)
            assert problem(response)["status"] == 401
            assert response.headers["www-authenticate"] == "Bearer"
        assert (await client.get("/v1/articles", headers={"Authorization": "Bearer two"})).status_code == 200
        assert (await client.get("/health/live")).status_code == 200


async def test_a_body_that_is_too_large_is_refused(client: httpx.AsyncClient) -> None:
    """By its length where it is named, by counting where it is not."""

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(MAX_BODY_BYTES // 65_536 + 2):
            yield b" " * 65_536

    for content in (b" " * (MAX_BODY_BYTES + 1), endless()):
        response = await client.post("/v1/chat", content=content, headers={"Content-Type": "application/json"})
        assert problem(response)["status"] == 413


async def test_search_shows_passages_of_every_label(client: httpx.AsyncClient) -> None:
    """Best first, with article and section apart."""
    rows = (await client.get("/v1/search", params={"q": "how do I make him jealous", "k": 3})).json()["results"]

    assert len(rows) == 3
    assert (rows[0]["passage_id"], rows[0]["label"]) == ("walks#jealous/1", "manipulative")
    assert (rows[0]["article"], rows[0]["section"]) == ("walks", "jealous")
    assert [r["score"] for r in rows] == sorted((r["score"] for r in rows), reverse=True)


@pytest.mark.parametrize("params", [{}, {"q": ""}, {"q": "a", "k": "0"}, {"q": "a", "k": "x"}])
async def test_a_search_that_cannot_be_made_is_a_problem(client: httpx.AsyncClient, params: dict[str, str]) -> None:
    """And says which part is wrong."""
    assert problem(await client.get("/v1/search", params=params))["detail"].startswith("query.")


async def test_the_articles_list_every_passage(client: httpx.AsyncClient) -> None:
    """With sections, labels, lines and contradictions."""
    articles = (await client.get("/v1/articles")).json()["articles"]
    rows = {p["passage_id"]: p for a in articles for s in a["sections"] for p in s["passages"]}

    assert len(rows) == 6
    assert rows["walks#jealous/1"]["label"] == "manipulative"
    assert rows["walks#write/1"]["contradicted_by"][0]["passages"] == ["rests#write/1"]


async def test_a_passage_is_fetched_by_its_encoded_id(client: httpx.AsyncClient) -> None:
    """Its `#` and `/` are percent-encoded."""
    response = await client.get(f"/v1/passages/{quote('walks#sleep/1', safe='')}")

    assert response.json()["text"] == WALKS[0].text
    assert problem(await client.get("/v1/passages/walks%23sleep%2F9"))["status"] == 404


async def test_a_deleted_thread_is_forgotten(client: httpx.AsyncClient) -> None:
    """It can neither be gone on with nor be told from one that never was."""
    thread_id = (await client.post("/v1/chat", json={"message": SLEEP})).json()["thread_id"]
    assert (await client.delete(f"/v1/threads/{thread_id}")).status_code == 204
    response = await client.post("/v1/chat", json={"message": "and then?", "thread_id": thread_id})

    assert problem(response)["status"] == 404
    assert (await client.delete(f"/v1/threads/{thread_id}")).status_code == 204


async def test_a_talk_is_forgotten_while_nobody_talks(
    make_coach: MakeCoach, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The service looks by itself; when it ends, it lets go of the file."""
    monkeypatch.setattr(app, "EXPIRE_EVERY_S", 0.01)
    now = [1000.0]
    threads = SqliteThreads(tmp_path / "t.sqlite", 60, lambda: now[0])
    async with client_of(make_coach(threads=threads)) as client:
        await client.post("/v1/chat", json={"message": f"{SLEEP} {SECRET}"})
        assert SECRET.encode() in (tmp_path / "t.sqlite").read_bytes()
        now[0] += 61
        async with asyncio.timeout(20):
            while SECRET.encode() in (tmp_path / "t.sqlite").read_bytes():  # noqa: ASYNC110 - a file has no event
                await asyncio.sleep(0.01)

    with pytest.raises(sqlite3.ProgrammingError):
        threads.expire()


async def test_feedback_is_kept_only_where_that_is_switched_on(make_coach: MakeCoach, tmp_path: Any) -> None:
    """And then as one line a rating."""
    rating = {"turn_id": "t", "rating": "up"}
    path = tmp_path / "feedback.jsonl"
    async with client_of(make_coach()) as client:
        assert (await client.post("/v1/feedback", json=rating)).json() == {"kept": False}
    async with client_of(make_coach(feedback=str(path))) as client:
        assert (await client.post("/v1/feedback", json=rating)).json() == {"kept": True}

    assert json.loads(path.read_text()) == {**rating, "reason": ""}


async def test_readiness_tells_a_dead_model_from_a_missing_index(make_coach: MakeCoach) -> None:
    """Without a model the lines work: degraded. A broken rail is not ready, and is named."""
    ready = []
    for coach in (make_coach(), make_coach(ScriptedModel(is_up=False)), make_coach(rails=Rails(breaks=ValueError()))):
        async with client_of(coach) as client:
            response = await client.get("/health/ready")
            ready.append((response.status_code, response.json()["status"], response.json()["missing"]))

    assert ready == [(200, "ok", []), (200, "degraded", []), (503, "not ready", ["rails"])]


@pytest.mark.parametrize("tracing", [False, True])
async def test_tracing_is_told(make_coach: MakeCoach, tracing: bool) -> None:
    """Whoever talks can see whether every message goes to a service elsewhere."""
    async with client_of(make_coach(tracing=tracing)) as client:
        assert (await client.get("/health/ready")).json()["is_traced"] is tracing
        assert (await client.get("/v1/protocol")).json()["is_traced"] is tracing


async def test_the_protocol_says_what_this_runs_on(client: httpx.AsyncClient) -> None:
    """Policies, places with their dates, digests, and what is kept."""
    told = (await client.get("/v1/protocol")).json()

    assert told["policies"][0]["policy"] == "crisis"
    assert all("verified_on" in referral for referral in told["referrals"])
    assert told["keeps"]["threads"] == "memory"
    assert told["prompts"].keys() >= {"heard", "verify"}


async def test_unknown_calls_are_problems(client: httpx.AsyncClient) -> None:
    """Also those that no route of ours answers."""
    assert problem(await client.get("/v2/chat"))["status"] == 404
    assert problem(await client.get("/v1/chat"))["status"] == 405
