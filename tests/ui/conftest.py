"""The scripted service and the page before it as real servers, and a browser to look with.

The browser is the first Chromium on the PATH, or the one that `UI_TEST_BROWSER` names. Where there is none these tests are
skipped with that reason; with `CI` set they fail.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
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

ROOT = Path(__file__).parents[2]
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


class Server:
    """The scripted service on a loopback port of its own, to be stopped and started again there."""

    def __init__(self, app: Any):
        self._app = app
        self.port = free_port()
        self.start()

    def start(self) -> None:
        self._server = uvicorn.Server(
            uvicorn.Config(self._app, port=self.port, log_level="critical", timeout_graceful_shutdown=1)
        )
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        while not self._server.started and self._thread.is_alive():
            self._thread.join(0.02)

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(10)


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


@contextmanager
def paged(coach_url: str) -> Iterator[str]:
    """Run the page as people run it, in a process of its own; yields its address."""
    port = free_port()
    settings = {"UI_PORT": str(port), "UI_COACH_URL": coach_url, "UI_EXIT_URL": ELSEWHERE}
    process = subprocess.Popen([sys.executable, "-m", "ui"], env=os.environ | settings, cwd=ROOT)
    try:
        while not _answers(port):
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.1)
                pytest.fail(f"`python -m ui` ended with {process.returncode}")
        yield f"http://127.0.0.1:{port}/"
    finally:
        process.terminate()
        process.wait(10)


def _answers(port: int) -> bool:
    with socket.socket() as caller:
        return caller.connect_ex(("127.0.0.1", port)) == 0


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
