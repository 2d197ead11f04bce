"""Everyone can use it: axe-core in every view, dialog and form, the keyboard alone, what is read out, and no motion where
somebody asked for none.
"""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from looking import PHONE, VIEWS, WIDE, Look, Window, ask, open_all
from playwright.sync_api import Browser, Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.server]

WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
DRAFTS = {
    "do_not_send": "You said to stop contacting you.",
    "crisis": "I have the pills. Goodbye.",
    "failed": "break a rail",
    "rest_a_day": "Please answer. It is your fault.",
}


@pytest.mark.parametrize("look", [(WIDE, "light"), (WIDE, "dark"), (PHONE, "light"), (PHONE, "dark")])
def test_axe_finds_nothing(page: Page, look: Look):
    """Every view with every form in it: no finding of axe-core against WCAG 2.2 AA, by day and by night, wide and narrow."""
    open_all(page)
    found = [str(v["id"]) + str(v["nodes"][0]["target"]) for v in _violations(page)]
    for view in VIEWS[1:]:
        page.locator(f"nav [data-view={view}]").click()
        _fill(page, view)
        found += [f"{view}: {v['id']} {v['nodes'][0]['html'][:120]}" for v in _violations(page)]

    assert found == []


@pytest.mark.parametrize("look", [(WIDE, "dark"), (PHONE, "light")])
def test_axe_finds_nothing_in_what_opens(page: Page, look: Look):
    """The same for what only opens on a press: a source's sheet, a reason, a reminder, a search, the question before erasing."""
    ask(page, "how long")
    found = []
    page.locator("#t1 .sentence .marker").first.click()
    found += _named("source", page)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Not helpful").click()
    page.locator(".reason").wait_for()
    found += _named("reason", page)
    for form, draft in DRAFTS.items():
        _check(page, draft, form)
        found += _named(form, page)
    page.get_by_role("button", name="Remind me in a day").click()
    found += _named("reminder", page)
    page.evaluate("localStorage.setItem('coach.reminder', JSON.stringify({ due: 1, text: 'Please answer.' }))")
    page.reload()
    page.wait_for_selector("html[data-ready]")
    expect(page.locator("#due button").first).to_be_visible()
    found += _named("due", page)
    page.locator("nav [data-view=days]").click()
    _fill(page, "days")
    page.get_by_role("button", name="Erase all of it").click()
    found += _named("erase", page)
    page.get_by_role("button", name="Keep it").click()
    page.locator("nav [data-view=articles]").click()
    page.get_by_label("Search them").fill("jealous")
    page.get_by_role("button", name="Search", exact=True).click()
    page.locator(".results").first.wait_for()
    found += _named("search", page)

    assert found == []


def _violations(page: Page) -> list[dict[str, object]]:
    page.evaluate("scrollTo(0, 0)")  # a target that is half under the bar above would count as too small
    found = Axe().run(page, options=WCAG).response["violations"]
    return [v for v in found if v["impact"] in ("serious", "critical") or "wcag22aa" in v["tags"]]


def _fill(page: Page, view: str) -> None:
    if view == "check":
        page.get_by_label("The message you mean to send").fill("Please answer. It is your fault.")
        page.get_by_role("button", name="Look at it").click()
        page.locator(".verdict").wait_for()
    if view == "days":
        page.get_by_label("Keep my days in this browser").check()
    if view == "articles":
        page.locator("#library summary").first.click()
    if view == "how":
        page.locator("#helplines").wait_for()


def _named(where: str, page: Page) -> list[str]:
    return [f"{where}: {v['id']} {v['nodes'][0]['html'][:120]}" for v in _violations(page)]  # type: ignore[index]


def _check(page: Page, draft: str, form: str) -> None:
    page.locator("nav [data-view=check]").click()
    page.get_by_label("The message you mean to send").fill(draft)
    page.get_by_role("button", name="Look at it").click()
    page.locator(f".review.{form}").wait_for()


def test_everything_goes_by_keyboard(page: Page):
    """Writing, asking, opening a source and going back to its marker, with no mouse."""
    page.get_by_label("Your message", exact=True).focus()
    page.keyboard.type("how long")
    page.keyboard.press("Enter")
    expect(page.locator(".sentence")).to_have_count(3)
    marker = page.locator("#t1 .marker").first
    marker.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#t1-p1 summary")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('#t1-p1') !== null")
    page.keyboard.press("Escape")

    expect(marker).to_be_focused()


@pytest.mark.parametrize("look", [(PHONE, "light"), (WIDE, "light")])
def test_what_has_the_focus_is_never_hidden(page: Page, look: Look):
    """Tabbing through a long talk, there and back, nothing that has the focus is under the bar above or the field below."""
    for message in ("my wrists", "how long", "he left"):
        ask(page, message)
    hidden = []
    page.locator("#t1 .hers").evaluate("hers => scrollTo(0, 0)")
    page.locator("#keep").focus()
    for key in ["Tab"] * 30 + ["Shift+Tab"] * 30:
        page.keyboard.press(key)
        hidden += page.evaluate(
            """() => {
                const at = document.activeElement;
                const box = at.getBoundingClientRect();
                const over = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
                const cover = over?.closest('.top, .composer');
                return cover && !cover.contains(at) ? [at.outerHTML.slice(0, 80)] : [];
            }"""
        )

    assert hidden == []


def test_status_and_reminder_are_there_to_be_read_out(page: Page):
    """A live region that is hidden while it is filled is read out by few: both are there from the beginning, and empty."""
    for region in ("#status", "#due"):
        expect(page.locator(region)).to_have_attribute("role", "status")
        expect(page.locator(region)).to_be_empty()
        assert page.locator(region).evaluate("line => getComputedStyle(line).display") != "none"


def test_the_order_of_focus_is_the_order_of_reading(page: Page):
    """Skip link, way out, pages, then the view from top to bottom."""
    page.evaluate("document.activeElement.blur()")
    order = []
    for _ in range(8):
        page.keyboard.press("Tab")
        order.append(page.evaluate("document.activeElement.textContent.trim()"))

    assert order[0] == "Skip to writing"
    assert order[1:3] == ["Leave", "Talk"]
    assert order[7] == "My ex left and I keep wanting to write."


def test_new_sentences_are_read_out_and_sources_are_not(page: Page):
    """The log is a polite live region; the sources beside it keep quiet."""
    ask(page, "he left")

    expect(page.get_by_role("log", name="Your talk")).to_have_attribute("aria-live", "polite")
    expect(page.locator("#t1 .cards")).to_have_attribute("aria-live", "off")


MOVING = "document.getAnimations().filter((a) => a.playState === 'running' && a.effect.getComputedTiming().duration > 1).length"


def test_nothing_moves_where_somebody_asked_for_that(page: Page):
    """With reduced motion new sentences stand there at once, and nothing on the page is animated while they come."""
    page.evaluate(f"() => {{ window.moved = 0; setInterval(() => {{ window.moved += {MOVING}; }}, 10); }}")
    ask(page, "he left")
    page.locator("#t1 .sentence .marker").first.click()

    assert page.evaluate("window.moved") == 0


def test_where_motion_is_welcome_the_page_works_the_same(browser: Browser, address: str):
    """Every other test asks for no motion: here sentences fade in, sources scroll smoothly, and all of it arrives."""
    context = browser.new_context(viewport=PHONE, locale="en-US", reduced_motion="no-preference")
    try:
        page = Window(context, address).open()
        page.evaluate(f"() => {{ window.moved = 0; setInterval(() => {{ window.moved += {MOVING}; }}, 10); }}")
        ask(page, "how long")
        expect(page.locator("#t1 .sentence")).to_have_count(3)
        assert page.evaluate("window.moved") > 0
        page.locator("#t1 .sentence .marker").first.click()
        expect(page.get_by_role("dialog", name="Source")).to_be_visible()
        expect(page.locator("#sheet mark").first).to_be_in_viewport()
    finally:
        context.close()
