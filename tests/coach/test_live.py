"""The service on a real socket: a client that hangs up, two talks at once, and what the server itself logs."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx
import pytest
import uvicorn
from fakes import SAID_BACK, SLEEP, ScriptedModel, SilentModel, events_of

from coach.app import create_app
from coach.build import Parts
from coach.graph import Coach

pytestmark = pytest.mark.server
MakeCoach = Callable[..., Coach]
STREAM = {"Accept": "text/event-stream"}
FREED_WITHIN_S = 1.0


@contextmanager
def serving(coach: Coach) -> Iterator[str]:
    """Serve a coach on a free loopback port; yields its address."""
    config = uvicorn.Config(create_app(coach.settings, lambda _: Parts(coach)), port=0, timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started and thread.is_alive():
        thread.join(0.02)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)


@pytest.mark.parametrize("headers", [{}, STREAM], ids=["json", "stream"])
async def test_a_client_that_hangs_up_frees_the_model(make_coach: MakeCoach, headers: dict[str, str]) -> None:
    """Within a second, in both forms of the call."""
    model = SilentModel()
    with serving(make_coach(model, line_after_s=60)) as url:
        async with httpx.AsyncClient(timeout=30) as client:
            asked = asyncio.create_task(client.post(f"{url}/v1/chat", json={"message": SLEEP}, headers=headers))
            assert await asyncio.to_thread(model.was_asked.wait, 20)
            asked.cancel()
            await asyncio.gather(asked, return_exceptions=True)
        assert await asyncio.to_thread(model.was_freed.wait, FREED_WITHIN_S)


async def test_passages_arrive_while_the_model_is_silent(make_coach: MakeCoach) -> None:
    """They do not wait for it; nothing is buffered on the way."""
    model = SilentModel()
    arrived = ""
    with serving(make_coach(model, line_after_s=60)) as url:
        async with (
            httpx.AsyncClient(timeout=30) as client,
            client.stream("POST", f"{url}/v1/chat", json={"message": SLEEP}, headers=STREAM) as response,
        ):
            async for chunk in response.aiter_text():
                arrived += chunk
                if "event: passages" in arrived:
                    break

    assert not events_of(arrived) or events_of(arrived)[-1].name != "answer"


async def test_two_talks_at_once_are_both_served(make_coach: MakeCoach) -> None:
    """While one waits for a silent model, the other is answered whole."""
    model = SilentModel()
    with serving(make_coach(model, line_after_s=2)) as url:
        async with httpx.AsyncClient(timeout=30) as client:
            first = asyncio.create_task(client.post(f"{url}/v1/chat", json={"message": SLEEP}))
            assert await asyncio.to_thread(model.was_asked.wait, 20)
            second = await client.post(f"{url}/v1/chat", json={"message": "I want to kill myself"})
            assert second.json()["outcome"] == "crisis"
            assert not first.done()
            assert (await first).json()["outcome"] == "answered"


async def test_the_server_logs_no_words_of_hers(make_coach: MakeCoach, capfd: pytest.CaptureFixture[str]) -> None:
    """Not even where an exception carries them."""
    secret = "xylophone"
    model = ScriptedModel([ValueError(secret), ValueError(secret), SAID_BACK, 1.0])
    with serving(make_coach(model)) as url:
        async with httpx.AsyncClient(timeout=30) as client:
            for headers in ({}, STREAM, {}):
                await client.post(f"{url}/v1/chat", json={"message": f"{SLEEP} {secret}"}, headers=headers)

    said = capfd.readouterr()
    assert "Uvicorn running" in said.err
    assert secret not in said.out + said.err
