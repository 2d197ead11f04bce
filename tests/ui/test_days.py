"""My days in a real browser: private, off until switched on, exportable, erased only after asking."""

from __future__ import annotations

from pathlib import Path

import pytest
from looking import Window, ask
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.server]


@pytest.fixture
def days(page: Page) -> Page:
    page.get_by_role("button", name="My days").click()
    page.get_by_label("Keep my days in this browser").check()
    return page


def refuse(page: Page) -> None:
    """Have the browser's store refuse to take anything more."""
    page.evaluate(
        """() => {
            window.setItemBefore = Storage.prototype.setItem;
            Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); };
        }"""
    )


def test_nothing_is_kept_until_it_is_switched_on(page: Page):
    """Off by default: no field to write in, nothing in the browser."""
    page.get_by_role("button", name="My days").click()

    expect(page.get_by_label("Why do I want my ex back?")).to_be_hidden()
    assert page.evaluate("localStorage.length") == 0


def test_days_are_counted_and_the_articles_differ(days: Page):
    """The count stands beside what the articles say, as one article's minimum and not as a rule."""
    days.get_by_label("The day of the last contact").fill(
        days.evaluate("new Date(Date.now() - 12 * 864e5).toLocaleDateString('sv')")
    )

    expect(days.locator("#count")).to_have_text("12 days")
    expect(days.locator("#count-more")).to_contain_text("One article asks for at least 21 days")
    expect(days.locator("#count-more")).to_contain_text("others that a little contact is fine")


def test_no_days_are_counted_while_a_no_stands(days: Page):
    """Where he said no there is no day to count to."""
    days.get_by_label("The day of the last contact").fill("2026-01-01")
    days.get_by_label("My ex has said: no contact").check()

    expect(days.locator("#count")).to_have_text("The answer was no, so there is no day to count to.")


def test_a_no_told_in_the_talk_stands_here_too(page: Page):
    """What the talk knows need not be said twice."""
    ask(page, "he told me to stop contacting him")
    page.get_by_role("button", name="My days").click()
    page.get_by_label("Keep my days in this browser").check()

    expect(page.get_by_label("My ex has said: no contact")).to_be_checked()


def test_who_takes_the_mark_away_is_believed(page: Page):
    """The talk may have misread her; it is not marked again each time she looks."""
    ask(page, "he told me to stop contacting him")
    page.get_by_role("button", name="My days").click()
    page.get_by_label("Keep my days in this browser").check()
    page.get_by_label("My ex has said: no contact").uncheck()
    page.get_by_role("button", name="Talk").click()
    page.get_by_role("button", name="My days").click()

    expect(page.get_by_label("My ex has said: no contact")).not_to_be_checked()


def test_what_is_written_stays_and_is_sent_to_nobody(days: Page, window: Window):
    """A journal survives a reload; no request carries a word of it."""
    days.get_by_label("Why do I want my ex back?").fill("secretword")
    days.get_by_label("Whatever there is").fill("slept badly")
    days.get_by_role("button", name="Put it under today’s date").click()
    days.reload()
    days.get_by_role("button", name="My days").click()

    expect(days.get_by_label("Why do I want my ex back?")).to_have_value("secretword")
    expect(days.locator("#entries li")).to_contain_text("slept badly")
    assert not any("secretword" in (r.post_data or "") + r.url for r in window.requests)


def test_two_tabs_write_into_one_journal(days: Page, window: Window):
    """What one tab wrote is there in the other, and neither takes away what the other has."""
    other = window.open()
    other.get_by_role("button", name="My days").click()
    other.get_by_label("Why do I want my ex back?").focus()
    days.get_by_label("Whatever there is").fill("slept badly")
    days.get_by_role("button", name="Put it under today’s date").click()
    days.get_by_label("Why do I want my ex back?").fill("I am lonely")
    expect(other.get_by_label("Why do I want my ex back?")).to_have_value("I am lonely")
    other.get_by_label("What I don’t miss").fill("the waiting")
    other.get_by_label("Whatever there is").fill("slept well")
    other.get_by_role("button", name="Put it under today’s date").click()
    days.reload()
    days.get_by_role("button", name="My days").click()

    expect(days.locator("#entries p")).to_have_text(["slept well", "slept badly"])
    expect(days.get_by_label("Why do I want my ex back?")).to_have_value("I am lonely")
    expect(days.get_by_label("What I don’t miss")).to_have_value("the waiting")


def test_what_one_tab_erased_does_not_come_back_from_the_other(days: Page, window: Window):
    """Erasing reaches every tab that shows the journal."""
    days.get_by_label("What I don’t miss").fill("the waiting")
    other = window.open()
    other.get_by_role("button", name="My days").click()
    days.get_by_role("button", name="Erase all of it").click()
    days.get_by_role("dialog").get_by_role("button", name="Erase", exact=True).click()

    expect(other.get_by_label("What I don’t miss")).to_be_hidden()
    assert other.evaluate("localStorage.length") == 0


def test_what_the_browser_refuses_to_keep_stays_in_its_field(days: Page, tmp_path: Path):
    """A store that is full is said, no words are lost, and the saved file has them."""
    refuse(days)
    days.get_by_label("What I don’t miss").fill("the waiting")
    days.get_by_label("Whatever there is").fill("slept badly")
    days.get_by_role("button", name="Put it under today’s date").click()
    expect(days.get_by_role("alert")).to_contain_text("did not keep that")
    expect(days.locator("#entries li")).to_have_count(0)
    expect(days.get_by_label("What I don’t miss")).to_have_value("the waiting")
    expect(days.get_by_label("Whatever there is")).to_have_value("slept badly")
    with days.expect_download() as download:
        days.get_by_role("button", name="Save as a file").first.click()
    download.value.save_as(tmp_path / "saved.txt")

    saved = (tmp_path / "saved.txt").read_text()
    assert "What I don’t miss\nthe waiting" in saved
    assert "slept badly" in saved


def test_what_was_refused_is_kept_once_there_is_room(days: Page):
    """The warning goes, and what waited in its field is kept with the next change."""
    refuse(days)
    days.get_by_label("What I don’t miss").fill("the waiting")
    expect(days.get_by_role("alert")).to_be_visible()
    days.evaluate("() => { Storage.prototype.setItem = window.setItemBefore; }")
    days.get_by_label("Whatever there is").fill("slept well")
    days.get_by_role("button", name="Put it under today’s date").click()
    expect(days.get_by_role("alert")).to_have_count(0)
    kept = days.evaluate("JSON.parse(localStorage.getItem('coach.days'))")

    assert kept["notes"] == {"What I don’t miss": "the waiting"}
    assert [entry["text"] for entry in kept["entries"]] == ["slept well"]


def test_everything_can_be_saved_as_a_file(days: Page, tmp_path: Path):
    """The file has the questions, the answers and the dates, as plain text."""
    days.get_by_label("What I don’t miss").fill("the waiting")
    with days.expect_download() as download:
        days.get_by_role("button", name="Save as a file").first.click()
    download.value.save_as(tmp_path / "saved.txt")

    assert "What I don’t miss\nthe waiting" in (tmp_path / "saved.txt").read_text()


def test_erasing_asks_first_and_then_erases(days: Page):
    """One button; it says that a journal can be evidence; keeping is the first answer, and erasing is whole."""
    days.get_by_label("What led to the breakup").fill("x")
    days.get_by_role("button", name="Erase all of it").click()
    dialog = days.get_by_role("dialog")
    expect(dialog).to_contain_text("can be evidence")
    expect(dialog.get_by_role("button", name="Keep it")).to_be_focused()
    dialog.get_by_role("button", name="Erase", exact=True).click()

    assert days.evaluate("localStorage.length") == 0
    expect(days.get_by_label("What led to the breakup")).to_be_hidden()
    expect(days.get_by_label("Keep my days in this browser")).to_be_focused()
    expect(days.locator("#days-said")).to_contain_text("Erased")


def test_the_count_is_not_read_out_at_every_letter(days: Page):
    """Writing elsewhere leaves the counted days as they stand."""
    days.get_by_label("The day of the last contact").fill("2026-01-01")
    days.evaluate(
        """() => {
            window.nWritten = 0;
            new MutationObserver(() => (window.nWritten += 1)).observe(document.querySelector('#count'), {childList: true});
        }"""
    )
    days.get_by_label("What I don’t miss").press_sequentially("the waiting")

    assert days.evaluate("nWritten") == 0


def test_switching_off_with_something_written_asks_too(days: Page):
    """The switch is not a way to lose a journal by a slip."""
    days.get_by_label("What led to the breakup").fill("x")
    days.get_by_label("Keep my days in this browser").click()

    expect(days.get_by_role("dialog")).to_be_visible()
    assert days.evaluate("localStorage.length") == 1
