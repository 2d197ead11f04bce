"""Leaving fast: hidden at once, replaced by a neutral page, the talk gone here and on the server. By button and by key."""

from __future__ import annotations

import re

import pytest
from looking import ELSEWHERE, PHONE, Look, Server, Window, ask, expect_soon
from playwright.sync_api import Page, expect
from scripted_service import Scripted

pytestmark = [pytest.mark.browser, pytest.mark.server]

PHONES = pytest.mark.parametrize("look", [(PHONE, "light")])
LEAVE_VIEWS = ("talk", "check", "days", "articles", "how")


def test_the_button_leaves_and_the_thread_is_forgotten(page: Page, scripted: Scripted):
    """One press: the neutral page stands there, and the service was told to forget."""
    ask(page, "he left")
    page.get_by_role("button", name="Leave", exact=True).click()
    page.wait_for_url(ELSEWHERE)

    expect_soon(page, lambda: scripted.thread(1) in scripted.forgotten)


def test_going_back_shows_nothing_of_the_talk(window: Window, page: Page):
    """The page was replaced, not left behind: the back button does not lead to it."""
    ask(page, "he left")
    page.get_by_role("button", name="Leave", exact=True).click()
    page.wait_for_url(ELSEWHERE)
    page.go_back()

    assert "he left" not in page.content()
    assert not page.url.startswith(window.address)


def test_the_page_is_hidden_before_anything_is_waited_for(page: Page):
    """In the very moment of the press nothing is to be seen, whatever the network does."""
    hidden = page.evaluate(
        "() => { leaveFast(); return [document.documentElement.style.display, document.body.innerText]; }"
    )

    assert hidden == ["none", ""]


def test_shift_three_times_leaves(page: Page):
    """Three presses of Shift within five seconds, outside a text field, leave."""
    page.get_by_role("button", name="Talk").focus()
    for _ in range(3):
        page.keyboard.press("Shift")

    page.wait_for_url(ELSEWHERE)


@pytest.mark.parametrize("keys", [("Shift", "Shift", "a", "Shift"), ("Shift", "Shift")])
def test_other_keys_between_do_not_leave(page: Page, window: Window, keys: tuple[str, ...]):
    """Another key in between begins the count anew."""
    page.get_by_role("button", name="Talk").focus()
    for key in keys:
        page.keyboard.press(key)

    expect(page.get_by_role("heading", name="What’s going on?")).to_be_visible()
    assert page.url == window.address


def test_shift_while_writing_does_not_leave(page: Page, window: Window):
    """Capitals in a message lead nowhere."""
    page.get_by_label("Your message", exact=True).focus()
    for _ in range(4):
        page.keyboard.press("Shift")

    assert page.url == window.address


def test_slow_presses_do_not_leave(page: Page, window: Window):
    """Three presses within more than five seconds are three presses."""
    page.get_by_role("button", name="Talk").focus()
    page.evaluate(
        """() => [0, 2600, 5200].forEach((at) => {
            const press = new KeyboardEvent('keydown', {key: 'Shift', bubbles: true});
            Object.defineProperty(press, 'timeStamp', {value: 1000 + at});
            document.body.dispatchEvent(press);
        })"""
    )

    assert page.url == window.address


@pytest.mark.parametrize("view", LEAVE_VIEWS)
def test_the_button_is_always_in_view(page: Page, view: str):
    """On every view, also scrolled to its end."""
    page.locator(f"nav [data-view={view}]").click()
    page.evaluate("scrollTo(0, document.body.scrollHeight)")

    expect(page.get_by_role("button", name="Leave", exact=True)).to_be_in_viewport(ratio=1)


@PHONES
def test_a_source_on_a_phone_has_the_way_out(page: Page, look: Look):
    """While a source covers the page, one tap leaves, also from its end."""
    ask(page, "how long")
    page.get_by_role("button", name="[1] Source 1").first.click()
    page.locator("#sheet").evaluate("sheet => sheet.scrollTo(0, sheet.scrollHeight)")
    way_out = page.get_by_role("dialog").get_by_role("button", name="Leave", exact=True)
    expect(way_out).to_be_in_viewport(ratio=1)
    way_out.click()

    page.wait_for_url(ELSEWHERE)


@PHONES
def test_the_question_before_erasing_has_the_way_out(page: Page, look: Look):
    """While she is asked whether to erase, one tap leaves, and what she wrote stays."""
    page.locator("nav [data-view=days]").click()
    page.get_by_label("Keep my days in this browser").check()
    page.get_by_role("button", name="Erase all of it").click()
    page.get_by_role("dialog").get_by_role("button", name="Leave", exact=True).click()

    page.wait_for_url(ELSEWHERE)


@pytest.mark.parametrize("label", ["Keep this talk in this browser", "Helplines for"])
def test_shift_leaves_from_what_is_no_text_field(page: Page, label: str):
    """A switch or a list that was just used holds no words: Shift three times leaves from there too."""
    page.get_by_label(label).focus()
    for _ in range(3):
        page.keyboard.press("Shift")

    page.wait_for_url(ELSEWHERE)


def test_shift_leaves_before_the_page_is_built(window: Window):
    """With everything of Gradio still on its way the way out leads to the neutral page."""
    page = window.context.new_page()
    page.route(re.compile(r"/assets/.*\.js"), lambda route: None)
    page.goto(window.address, wait_until="commit")
    page.wait_for_function("() => window.leaveFast && document.body", polling=100)
    for _ in range(3):
        page.keyboard.press("Shift")

    page.wait_for_url(ELSEWHERE)


def test_a_page_held_for_the_back_button_is_forgotten_and_not_shown(page: Page, scripted: Scripted):
    """Where a browser keeps a page that was left, the thread is forgotten and coming back begins anew."""
    ask(page, "he left")
    with page.expect_navigation():
        page.evaluate(
            """() => {
                dispatchEvent(new PageTransitionEvent('pagehide', {persisted: true}));
                dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}));
            }"""
        )
    page.wait_for_selector("html[data-ready]")

    expect(page.locator(".turn")).to_have_count(0)
    expect_soon(page, lambda: scripted.thread(1) in scripted.forgotten)


def test_a_kept_talk_is_gone_after_leaving(page: Page, window: Window):
    """Leaving clears the talk that was kept in this browser, and a reminder with her message; her days stay."""
    page.get_by_label("Keep this talk in this browser").check()
    ask(page, "he left")
    page.evaluate("localStorage.setItem('coach.reminder', JSON.stringify({due: Date.now() + 1e8, text: 'Hey you'}))")
    page.locator("nav [data-view=days]").click()
    page.get_by_label("Keep my days in this browser").check()
    page.get_by_role("button", name="Leave", exact=True).click()
    page.wait_for_url(ELSEWHERE)
    page.goto(window.address)

    assert page.evaluate("Object.keys(localStorage)") == ["coach.days"]


def test_leaving_works_with_the_service_down(page: Page, server: Server):
    """The thread's expiry stands behind the beacon: leaving waits for nothing."""
    ask(page, "he left")
    server.stop()
    try:
        page.get_by_role("button", name="Leave", exact=True).click()
        page.wait_for_url(ELSEWHERE)
    finally:
        server.start()


def test_leaving_in_mid_answer_hangs_up_first(page: Page, scripted: Scripted):
    """A turn that is being told ends before its thread is forgotten, or it would be remembered after."""
    scripted.is_held = True
    page.get_by_label("Your message", exact=True).fill("he left")
    page.keyboard.press("Enter")
    page.locator(".sentence").first.wait_for()
    page.get_by_role("button", name="Leave", exact=True).click()
    page.wait_for_url(ELSEWHERE)

    expect_soon(page, lambda: scripted.hung_up == [scripted.thread(1)] and scripted.thread(1) in scripted.forgotten)


def test_title_and_icon_say_nothing(page: Page):
    """The tab looks like somebody's notes."""
    expect(page).to_have_title("Notes")
    assert page.evaluate("document.querySelector('link[rel=icon]').getAttribute('href')") == "/page/icon.png"


def test_the_way_out_is_there_before_the_page_is(window: Window):
    """The script that leaves stands first in the page, not behind Gradio's bundle."""
    html = window.context.request.get(window.address).text()

    assert html.index("/page/leave.js") < html.index("<gradio-app")
    assert "og:image" not in html
