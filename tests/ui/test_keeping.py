"""A talk that is kept in this browser, or is not: reloads, tabs, and a store that refuses."""

from __future__ import annotations

import pytest
from looking import Window, ask, expect_soon
from playwright.sync_api import Error, Page, Route, expect
from scripted_service import Scripted

pytestmark = [pytest.mark.browser, pytest.mark.server]


def test_a_reload_begins_anew(page: Page, scripted: Scripted):
    """Without keeping, a reload shows nothing of the talk, and the thread is forgotten."""
    ask(page, "he left")
    page.reload()
    page.wait_for_selector("html[data-ready]")
    ask(page, "how long")

    expect(page.locator(".turn")).to_have_count(1)
    expect_soon(page, lambda: scripted.thread(1) in scripted.forgotten)
    assert page.evaluate("localStorage.length") == 0


def test_a_kept_talk_is_there_after_a_reload_and_goes_on(page: Page, scripted: Scripted):
    """With keeping switched on, a reload shows the talk, and the next turn is in its thread."""
    page.get_by_label("Keep this talk in this browser").check()
    ask(page, "how long")
    page.reload()
    expect(page.locator("#t1 .sentence")).to_have_count(3)
    ask(page, "he left")

    assert scripted.asked[-1]["thread_id"] == scripted.thread(1)
    assert scripted.thread(1) not in scripted.forgotten


def test_a_kept_talk_and_a_quick_first_message_keep_their_places(page: Page, scripted: Scripted):
    """Who asks before the kept talk is shown again goes on where it was, and the talk is then put before that turn."""
    page.get_by_label("Keep this talk in this browser").check()
    ask(page, "how long")
    late: list[Route] = []
    page.route(
        "**/queue/join*", lambda r: late.append(r) if '"turns"' in (r.request.post_data or "") else r.continue_()
    )
    page.reload()
    page.wait_for_selector("html[data-ready]")
    ask(page, "he left")
    expect(page.locator(".turn")).to_have_count(1)
    late[0].continue_()
    expect(page.locator(".turn")).to_have_count(2)

    assert page.locator(".turn .message").all_inner_texts() == ["how long", "he left"]
    assert page.locator(".turn").evaluate_all("turns => turns.map(t => t.querySelectorAll('.sentence').length)") == [
        3,
        5,
    ]
    assert scripted.asked[-1]["thread_id"] == scripted.thread(1)


def test_a_stopped_turn_of_a_kept_talk_stays_told(page: Page, scripted: Scripted):
    """What she told in a turn that she stopped goes along also after a reload."""
    page.get_by_label("Keep this talk in this browser").check()
    ask(page, "how long")
    scripted.is_held = True
    page.get_by_label("Your message", exact=True).fill("he left")
    page.keyboard.press("Enter")
    page.locator("#t2 .sentence").first.wait_for()
    page.get_by_role("button", name="Stop").click()
    scripted.is_held = False
    page.reload()
    page.locator("#t1 .sentence").first.wait_for()
    ask(page, "and now")

    assert [row["content"] for row in scripted.asked[-1]["history"]] == ["how long", "he left"]


def test_what_was_told_is_told_also_after_a_reload_in_mid_answer(page: Page, scripted: Scripted):
    """With keeping on, what she told in a turn that a reload cut off goes along with the next, and not in its thread."""
    page.get_by_label("Keep this talk in this browser").check()
    scripted.is_held = True
    page.get_by_label("Your message", exact=True).fill("he hit me")
    page.keyboard.press("Enter")
    page.locator("#t1 .sentence").first.wait_for()
    page.reload()
    page.wait_for_selector("html[data-ready]")
    scripted.is_held = False
    ask(page, "and now")

    assert [row["content"] for row in scripted.asked[-1]["history"]] == ["he hit me"]
    expect_soon(page, lambda: scripted.thread(1) in scripted.forgotten)


def test_a_kept_talk_survives_a_reload_before_the_page_was_ready(page: Page):
    """Reloading twice in a hurry loses nothing that she chose to keep."""
    page.get_by_label("Keep this talk in this browser").check()
    ask(page, "how long")
    page.reload(wait_until="commit")
    try:
        page.reload()
    except Error:  # "not attached to an active page": the browser had not yet changed pages
        page.reload()

    expect(page.locator("#t1 .sentence")).to_have_count(3)


def test_a_tab_that_closes_erases_nothing_of_another(window: Window):
    """A tab that was open before keeping was switched on elsewhere takes nothing along when it closes."""
    first, second = window.open(), window.open()
    second.get_by_label("Keep this talk in this browser").check()
    ask(second, "how long")
    first.close(run_before_unload=True)
    second.reload()

    expect(second.locator("#t1 .sentence")).to_have_count(3)


def test_a_kept_talk_is_one_tab_s(window: Window, scripted: Scripted):
    """While one tab has the kept talk, another begins anew with the switch off, and cannot write over it."""
    first = window.open()
    first.get_by_label("Keep this talk in this browser").check()
    ask(first, "how long")
    second = window.open()
    switch = second.get_by_label("Keep this talk in this browser")
    expect(switch).not_to_be_checked()
    ask(second, "he left")
    switch.click()
    expect(second.get_by_role("alert")).to_contain_text("already keeps a talk")
    expect(switch).not_to_be_checked()
    second.close()
    first.reload()

    expect(first.locator("#t1 .sentence")).to_have_count(3)
    assert "thread_id" not in scripted.asked[-1]


def test_leaving_in_one_tab_ends_keeping_in_the_other(window: Window):
    """A talk that was cleared does not come back with the other tab's next answer."""
    first, second = window.open(), window.open()
    first.get_by_label("Keep this talk in this browser").check()
    ask(first, "how long")
    second.get_by_role("button", name="Leave", exact=True).click()
    expect(first.get_by_label("Keep this talk in this browser")).not_to_be_checked()
    ask(first, "he left")

    assert first.evaluate("localStorage.length") == 0


def test_a_talk_that_cannot_be_kept_is_said(page: Page):
    """Where the browser's store is full the switch goes off, with the reason beside it."""
    page.evaluate(
        "() => { Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); }; }"
    )
    page.get_by_label("Keep this talk in this browser").click()

    expect(page.get_by_role("alert")).to_contain_text("does not let the page keep the talk")
    expect(page.get_by_label("Keep this talk in this browser")).not_to_be_checked()


@pytest.mark.parametrize("kept", ["7", '{"turns": 7, "told": {}}', '{"turns": [7, {"key": 1}], "told": [7]}', '"x"'])
def test_a_kept_talk_of_another_shape_breaks_nothing(window: Window, page: Page, kept: str):
    """What cannot be read is left out, and the page works."""
    page.evaluate("(kept) => ['talk', 'days'].forEach((name) => localStorage.setItem(`coach.${name}`, kept))", kept)
    page.reload()
    page.wait_for_selector("html[data-ready]")
    ask(page, "he left")

    expect(page.locator("#t1 .sentence")).to_have_count(5)
    assert window.errors == []


def test_two_tabs_are_two_talks(window: Window, scripted: Scripted):
    """Each tab has its own thread."""
    first, second = window.open(), window.open()
    ask(first, "he left")
    ask(second, "how long")
    ask(first, "and now")

    assert [asked.get("thread_id") for asked in scripted.asked] == [None, None, scripted.thread(1)]
