"""The scripted service and the page before it as real servers, and a browser to look with.

The browser is the first Chromium on the PATH, or the one that `UI_TEST_BROWSER` names. Where there is none these tests are
skipped with that reason; with `CI` set they fail.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from looking import ELSEWHERE, QUIET, READY_MS, WIDE, Look, Server, Window, chromium, paged
from playwright.sync_api import Browser, Page, expect, sync_playwright
from scripted_service import Scripted
from scripted_service import create_app as scripted_app


@pytest.fixture(scope="session")
def script() -> Scripted:
    return Scripted()


@pytest.fixture(scope="session")
def server(script: Scripted) -> Iterator[Server]:
    running = Server(scripted_app(script))
    yield running
    running.stop()


@pytest.fixture(scope="session")
def address(server: Server) -> Iterator[str]:
    with paged(f"http://127.0.0.1:{server.port}") as found:
        yield found


@pytest.fixture
def scripted(script: Scripted) -> Iterator[Scripted]:
    """The service's script, fresh for each test."""
    vars(script).update(vars(Scripted()))
    yield script
    script.is_held = False  # what still waits is let go


@pytest.fixture(scope="module")  # no longer: while it is open, Playwright's loop runs in this thread and no other can
def browser() -> Iterator[Browser]:
    found = chromium()
    if found is None:
        told = "no Chromium found on the PATH: install one, or name it in UI_TEST_BROWSER"
        if os.environ.get("CI"):
            pytest.fail(told)
        pytest.skip(told)
    with sync_playwright() as playwright:
        expect.set_options(timeout=READY_MS / 2)
        opened = playwright.chromium.launch(executable_path=found, args=list(QUIET), timeout=READY_MS)
        yield opened
        opened.close()


@pytest.fixture
def look() -> Look:
    """How the page is looked at; a test that wants another look parametrizes this."""
    return WIDE, "light"


@pytest.fixture
def window(
    browser: Browser, address: str, scripted: Scripted, look: Look, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Window]:
    size, scheme = look
    context = browser.new_context(viewport=size, color_scheme=scheme, locale="en-US", reduced_motion="reduce")
    context.route(f"{ELSEWHERE}**", lambda route: route.fulfill(body="<title>Elsewhere</title><p>Elsewhere."))
    context.set_default_timeout(READY_MS)
    opened = Window(context, address)
    yield opened
    if getattr(request.node, "failed", False):
        for number, page in enumerate(context.pages):
            with suppress(Exception):
                page.screenshot(path=tmp_path / f"failed-{number}.png")
    context.close()


@pytest.fixture
def page(window: Window) -> Page:
    return window.open()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    outcome = yield
    if outcome.get_result().failed:  # type: ignore[attr-defined]
        item.failed = True  # type: ignore[attr-defined]
