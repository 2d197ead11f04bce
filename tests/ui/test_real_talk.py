"""One talk with everything real: the project's own articles, the embedder, the embedded language model, the page, a browser."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from looking import ELSEWHERE, READY_MS, ROOT, Window, free_port, paged
from playwright.sync_api import Browser, expect

pytestmark = [pytest.mark.browser, pytest.mark.server, pytest.mark.weights]

STARTED_S = 240  # the weights are read and every prompt warmed, perhaps on two busy cores
ANSWERED_MS = 120_000


@pytest.fixture(scope="module")
def coach(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Ingest the articles into a store of its own and run the service on it."""
    port = free_port()
    settings = {
        "CORPUS_STORE": str(tmp_path_factory.mktemp("store")),
        "COACH_PORT": str(port),
        "COACH_MODEL": "embedded",
        "COACH_THREADS": "memory",
    }
    run = {"env": os.environ | settings, "cwd": ROOT}
    subprocess.run([sys.executable, "-m", "ingest"], check=True, capture_output=True, timeout=STARTED_S, **run)
    process = subprocess.Popen([sys.executable, "-m", "coach"], **run)
    try:
        _wait_until_up(process, f"http://127.0.0.1:{port}")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


def _wait_until_up(process: subprocess.Popen[bytes], url: str) -> None:
    for _ in range(STARTED_S):
        with suppress(httpx.HTTPError):
            ready = httpx.get(f"{url}/health/ready", timeout=10, trust_env=False).json()
            if ready["status"] == "ok" and ready["model_state"] == "up":
                return
        with suppress(subprocess.TimeoutExpired):
            process.wait(1)
            pytest.fail(f"`python -m coach` ended with {process.returncode}")
    pytest.fail("the service was not ready in time")


def test_a_real_talk_is_answered_with_sources_and_forgotten(coach: str, browser: Browser, tmp_path: Path):
    """A real question gets real sentences whose quotes stand word for word in their passages; leaving forgets it."""
    with paged(coach) as address:
        context = browser.new_context(locale="en-US", reduced_motion="reduce")
        context.route(f"{ELSEWHERE}**", lambda route: route.fulfill(body="Elsewhere."))
        window = Window(context, address)
        page = window.open()
        page.set_default_timeout(READY_MS)
        page.get_by_label("Your message", exact=True).fill(
            "He left five days ago and I keep wanting to text him all night."
        )
        page.keyboard.press("Enter")
        page.locator(".cards .source").first.wait_for(state="attached")
        expect(page.locator("#t1")).to_have_attribute("data-phase", "done answered", timeout=ANSWERED_MS)
        n_cited = page.locator("#t1 .said .marker").count()
        page.locator("#t1 .said .marker").first.click()

        assert n_cited >= 3
        expect(page.locator("#t1 .source[open] mark").first).to_be_visible()
        thread_id = page.evaluate("coachThread")
        page.get_by_role("button", name="Leave", exact=True).click()
        page.wait_for_url(ELSEWHERE)
        asked = {"message": "and now", "thread_id": thread_id}
        assert httpx.post(f"{coach}/v1/chat", json=asked, timeout=60, trust_env=False).status_code == 404
        assert set(window.foreign) == {ELSEWHERE}  # leaving is the one foreign navigation
        context.close()
