"""The scripted service and the page before it as real servers, and a browser to look with.

The browser is the first Chromium on the PATH, or the one that `UI_TEST_BROWSER` names. Where there is none these tests are
skipped with that reason; with `CI` set they fail.
"""

from __future__ import annotations

import os
import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, Request, sync_playwright
from scripted_service import Scripted
from scripted_service import create_app as scripted_app

from ui.app import create_app
from ui.settings import UiSettings

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
QUIET = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
Look = tuple[Any, Any]
WIDE: Any = {"width": 1280, "height": 860}
PHONE: Any = {"width": 360, "height": 740}
READY_MS = 20_000
ELSEWHERE = "http://neutral.example/"  # the neutral page: answered by the test itself, never by a network


@contextmanager
def serving(app: Any, port: int = 0) -> Iterator[int]:
    """Serve an app on a loopback port while the block runs."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        server = uvicorn.Server(uvicorn.Config(app, log_level="critical", timeout_graceful_shutdown=1))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started and thread.is_alive():
            thread.join(0.02)
        try:
            yield listener.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join(10)


@pytest.fixture(scope="session")
def service() -> Iterator[tuple[Scripted, int]]:
    scripted = Scripted()
    with serving(scripted_app(scripted)) as port:
        yield scripted, port


@pytest.fixture(scope="session")
def address(service: tuple[Scripted, int]) -> Iterator[str]:
    settings = UiSettings(coach_url=f"http://127.0.0.1:{service[1]}", exit_url=ELSEWHERE, _env_file=None)
    with serving(create_app(settings)) as port:
        yield f"http://127.0.0.1:{port}/"


@pytest.fixture
def scripted(service: tuple[Scripted, int]) -> Iterator[Scripted]:
    """The service's script, fresh for each test."""
    vars(service[0]).update(vars(Scripted()))
    yield service[0]
    service[0].is_held = False  # what still waits is let go


@pytest.fixture(scope="module")  # no longer: while it is open, Playwright's loop runs in this thread and no other can
def browser() -> Iterator[Browser]:
    found = os.environ.get("UI_TEST_BROWSER") or next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        told = "no Chromium found on the PATH: install one, or name it in UI_TEST_BROWSER"
        if os.environ.get("CI"):
            pytest.fail(told)
        pytest.skip(told)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=found, args=list(QUIET))
        yield opened
        opened.close()


@dataclass
class Window:
    """One browser of one person: opens the page, and remembers every request it made and every error it had."""

    context: BrowserContext
    address: str
    requests: list[Request] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def open(self) -> Page:
        page = self.context.new_page()
        page.on("request", lambda request: self.requests.append(request))
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.goto(self.address)
        page.wait_for_selector("html[data-ready]", timeout=READY_MS)
        return page

    @property
    def foreign(self) -> list[str]:
        ours = (self.address, "data:", "blob:", "about:")
        return [r.url for r in self.requests if not r.url.startswith(ours)]


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
    context.set_default_timeout(10_000)
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


def ask(page: Page, message: str) -> None:
    """Send a message and wait until its turn has ended."""
    page.get_by_label("Your message", exact=True).fill(message)
    page.get_by_role("button", name="Ask", exact=True).click()
    page.wait_for_function("() => document.querySelector('#stop').hidden")
