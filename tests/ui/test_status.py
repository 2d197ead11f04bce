"""How the service is: away, busy, starting, without a model; what the page says, and that it comes back."""

from __future__ import annotations

import re

import pytest
from looking import Server, Window, ask, paged
from playwright.sync_api import Page, expect
from scripted_service import Scripted

pytestmark = [pytest.mark.browser, pytest.mark.server]


def test_a_service_that_dies_in_mid_answer_is_said_and_comes_back(page: Page, scripted: Scripted):
    """What was said stays, the page says that it broke off, and asking again works."""
    ask(page, "die now")
    expect(page.locator("#t1 .sentence")).to_have_count(1)
    expect(page.locator("#t1 .broken")).to_contain_text("broke off here")
    ask(page, "he left")

    expect(page.locator("#t2 .sentence")).to_have_count(5)
    assert scripted.asked[-1]["history"] == [{"role": "user", "content": "die now"}]


def test_a_service_that_is_away_is_said_until_it_is_back(window: Window, server: Server):
    """Without the service the page says so and what still works; when it is back, the line goes and answers come."""
    server.stop()
    try:
        page = window.open()
        expect(page.locator("#status")).to_contain_text("can’t be reached")
        ask(page, "he left")
        expect(page.locator("#t1 .broken")).to_contain_text("Your words are still here")
    finally:
        server.start()
    expect(page.locator("#status")).to_be_hidden()
    page.get_by_role("button", name="Ask again").click()

    expect(page.locator("#t2 .sentence")).to_have_count(5)


def test_a_page_whose_own_server_dies_says_so_and_ends_the_turn(window: Window, server: Server, scripted: Scripted):
    """Nothing waits for ever: the turn breaks off, and the line above names the emergency number and what still works."""
    scripted.is_held = True
    with paged(f"http://127.0.0.1:{server.port}") as window.address:
        page = window.open()
        page.get_by_label("Your message", exact=True).fill("he left")
        page.keyboard.press("Enter")
        expect(page.locator("#t1 .progress")).not_to_be_empty()
        page.locator("#t1 .sentence").first.wait_for()
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator("#status")).to_contain_text("emergency number")
    expect(page.locator("#t1 .broken")).to_contain_text("broke off here")

    expect(page.get_by_role("button", name="Ask", exact=True)).to_be_visible()
    expect(page.locator("#t1 .sentence")).to_have_count(1)


def test_a_busy_service_is_said_with_what_still_works(page: Page, scripted: Scripted):
    """Her words are still here, the articles work meanwhile, and asking again goes through once there is room."""
    scripted.is_busy = True
    ask(page, "he left")
    expect(page.locator("#t1 .broken")).to_contain_text("articles, My days and Leave work meanwhile")
    scripted.is_busy = False
    page.get_by_label("Your message", exact=True).fill("half a thought")
    page.get_by_role("button", name="Ask again").click()

    expect(page.locator("#t2 .sentence")).to_have_count(5)
    expect(page.get_by_label("Your message", exact=True)).to_have_value("half a thought")


def test_a_status_that_changes_moves_nothing_that_is_read(page: Page, scripted: Scripted):
    """The line above comes and goes; the sentence she reads stays at its place on the screen."""
    for message in ("he left", "how long", "he left"):
        ask(page, message)
    page.locator("#t2 .sentence").first.scroll_into_view_if_needed()
    page.evaluate("scrollBy(0, -80)")
    at = []
    for more in ({"status": "degraded", "model_state": "away"}, {"status": "ok", "model_state": "up"}):
        at.append(page.locator("#t2 .sentence").first.evaluate("told => told.getBoundingClientRect().top"))
        scripted.ready |= more
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        expect(page.locator("#status")).to_have_text(re.compile("away" if more["status"] == "degraded" else "^$"))
        page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        at.append(page.locator("#t2 .sentence").first.evaluate("told => told.getBoundingClientRect().top"))

    assert max(at) - min(at) < 1  # of a pixel
    assert page.evaluate("scrollY") > 0


@pytest.mark.parametrize(
    ("ready", "told"),
    [
        ({"status": "not ready"}, "is starting"),
        ({"status": "not ready", "missing": ["rails"]}, "its safety rules"),
        ({"status": "not ready", "is_hosted": True, "model": "openai:big"}, "sent over the internet"),
        ({"is_traced": True}, "sent over the internet to LangSmith"),
        ({"model": "none", "model_state": "none"}, "No language model runs here"),
        ({"status": "degraded", "model_state": "away"}, "away for the moment"),
        (
            {"is_hosted": True, "model": "openai:big"},
            "sent over the internet to a language model that others run: openai:big.",
        ),
    ],
)
def test_the_page_says_how_the_service_is(window: Window, scripted: Scripted, ready: dict[str, object], told: str):
    """Starting, without a model, with its model away, hosted: one quiet line."""
    scripted.ready |= ready
    page = window.open()

    expect(page.locator("#status")).to_contain_text(told)
