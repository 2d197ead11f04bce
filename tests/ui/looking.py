"""How the page's tests look at it: a scripted service and the page as real servers, and a window into a browser."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import BrowserContext, Page, Request

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
READY_MS = 60_000  # a busy machine is no bug
STARTED_S = 120
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


def chromium() -> str | None:
    """Return the browser to look with, None where there is none."""
    return os.environ.get("UI_TEST_BROWSER") or next(filter(None, map(shutil.which, NAMES)), None)


@contextmanager
def paged(coach_url: str) -> Iterator[str]:
    """Run the page as people run it, in a process of its own; yields its address."""
    port = free_port()
    settings = {"UI_PORT": str(port), "UI_COACH_URL": coach_url, "UI_EXIT_URL": ELSEWHERE}
    process = subprocess.Popen([sys.executable, "-m", "ui"], env=os.environ | settings, cwd=ROOT)
    try:
        for _ in range(STARTED_S * 10):
            if _answers(port):
                break
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.1)
                pytest.fail(f"`python -m ui` ended with {process.returncode}")
        else:
            pytest.fail(f"`python -m ui` did not answer within {STARTED_S} s")
        yield f"http://127.0.0.1:{port}/"
    finally:
        process.terminate()
        process.wait(10)


def _answers(port: int) -> bool:
    with socket.socket() as caller:
        return caller.connect_ex(("127.0.0.1", port)) == 0


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


def ask(page: Page, message: str) -> None:
    """Send a message and wait until its turn has ended."""
    page.get_by_label("Your message", exact=True).fill(message)
    page.get_by_role("button", name="Ask", exact=True).click()
    page.wait_for_function("() => document.querySelector('#stop').hidden")


def expect_soon(page: Page, is_true: Callable[[], bool]) -> None:
    """Wait up to twenty seconds for something outside the browser."""
    for _ in range(200):
        if is_true():
            return
        page.wait_for_timeout(100)
    pytest.fail("it did not come true")


FORMS = (
    "he left",
    "how long",
    "my wrists",
    "he told me to stop contacting him",
    "pills",
    "the mornings are the worst",
    "make him jealous",
    "my horoscope",
    "do i need a lawyer",
    "i am sixteen",
    "i hit him",
    "break a rail",
)
VIEWS = ("talk", "check", "days", "articles", "how")


def open_all(page: Page) -> None:
    """Bring every form of an answer onto the page once."""
    for message in FORMS:
        ask(page, message)
    ask(page, "die now")
    page.get_by_role("button", name="[1] Source 1").last.click()
    if page.get_by_role("dialog").count():
        page.keyboard.press("Escape")
