"""What the page's own server refuses, and that it keeps nothing of a talk."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator, Iterator
from typing import Any

import gradio as gr
import httpx
import pytest
from looking import Server, Window, ask, expect_soon
from playwright.sync_api import Browser
from scripted_service import Scripted
from starlette.requests import Request

from ui.app import create_app
from ui.client import Service
from ui.routes import MAX_BODY_BYTES, routes
from ui.settings import UiSettings


@pytest.fixture
async def caller() -> AsyncIterator[httpx.AsyncClient]:
    """A caller of the page's server, without a service behind it."""
    app = routes(UiSettings(_env_file=None), Service("http://127.0.0.1:9"))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1") as client:
        yield client


async def test_a_body_that_says_it_is_too_large_is_refused_unread(caller: httpx.AsyncClient):
    """The length in the header is enough."""
    response = await caller.post("/leave", content=b"x", headers={"content-length": str(MAX_BODY_BYTES + 1)})

    assert response.status_code == 413


async def test_a_body_without_a_length_is_counted(caller: httpx.AsyncClient):
    """A body in pieces is read up to the limit and no further."""
    n_sent = 0

    async def pieces() -> AsyncIterator[bytes]:
        nonlocal n_sent
        for _ in range(40):
            n_sent += 1
            yield b"x" * 1_000_000

    response = await caller.post("/rate", content=pieces())

    assert response.status_code == 413
    assert n_sent == MAX_BODY_BYTES // 1_000_000 + 1


async def test_the_beacon_keeps_its_origin(caller: httpx.AsyncClient):
    """Without any referrer browsers send a beacon with the origin `null`, which is refused: the page tells its own server who it is."""
    policy = (await caller.get("/page/leave.js")).headers["referrer-policy"]

    assert policy == "same-origin"
    assert (await caller.post("/leave", content="x", headers={"origin": "null"})).status_code == 403
    assert (await caller.post("/leave", content="x", headers={"origin": "http://127.0.0.1"})).status_code == 204


@pytest.fixture
def own(server: Server) -> Iterator[tuple[Server, Any]]:
    """The page's server in this process, with what Gradio keeps of its tabs."""
    settings = UiSettings(coach_url=f"http://127.0.0.1:{server.port}", _env_file=None)
    app = create_app(settings)
    mounted = (getattr(route, "app", None) for route in app.routes)
    holder = next(found for found in mounted if isinstance(found, gr.routes.App)).state_holder
    running = Server(app)
    yield running, holder
    running.stop()


@pytest.mark.browser
@pytest.mark.server
@pytest.mark.filterwarnings("ignore::DeprecationWarning:gradio")  # what Gradio does in this process is not ours to mend
@pytest.mark.parametrize("is_stopped", [False, True])
def test_the_page_s_server_has_no_words_once_it_has_answered(
    browser: Browser, own: tuple[Server, Any], scripted: Scripted, is_stopped: bool
):
    """Neither what she told nor what she checked nor any answer stays there, and the talk goes on nevertheless."""
    running, holder = own
    context = browser.new_context(locale="en-US", reduced_motion="reduce")
    page = Window(context, f"http://127.0.0.1:{running.port}/").open()
    scripted.is_held = is_stopped
    page.get_by_label("Your message", exact=True).fill("he left, secretword")
    page.keyboard.press("Enter")
    page.locator(".sentence").first.wait_for()
    if is_stopped:
        page.get_by_role("button", name="Stop").click()
    page.locator("#stop").wait_for(state="hidden")
    page.get_by_role("button", name="Check a message").click()
    page.get_by_label("The message you mean to send").fill("Hey, secretword.")
    page.get_by_role("button", name="Look at it").click()
    page.locator("#review .review").wait_for()

    expect_soon(page, lambda: not any(_told(session) for session in list(holder.session_data.values())))
    assert _requests_with(b"secret" + b"word") == []
    scripted.is_held = False
    page.get_by_role("button", name="Talk", exact=True).click()
    ask(page, "and now")
    assert page.locator("#t2 .sentence").count() == 5
    context.close()


def _requests_with(word: bytes) -> list[Request]:
    gc.collect()
    # by `type`, not `isinstance`: some lazy modules warn when asked for their class
    found = [o for o in gc.get_objects() if issubclass(type(o), Request)]
    return [o for o in found if word in getattr(o, "_body", b"")]


def _told(session: Any) -> bool:
    said = repr([session.state_data, session.config_values])
    return "secretword" in said or "Five days is very fresh" in said
