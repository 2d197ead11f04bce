"""Checking a message in a real browser: what is marked and why, the calmer version, the reminder, the letter not sent."""

from __future__ import annotations

import pytest
from looking import Window, ask
from playwright.sync_api import Page, expect
from scripted_service import Scripted

pytestmark = [pytest.mark.browser, pytest.mark.server]

BEGGING = "Hey, I miss you.\nPlease, please just answer me.\nThis is your fault."
DAY_MS = 24 * 60 * 60 * 1000


def check(page: Page, text: str) -> None:
    page.get_by_role("button", name="Check a message").click()
    page.get_by_label("The message you mean to send").fill(text)
    page.get_by_role("button", name="Look at it").click()
    page.locator("#review .review, #review .broken").first.wait_for()


def test_each_line_is_marked_with_its_kind_and_why(page: Page, scripted: Scripted):
    """The marked words are exactly hers, the kind stands there in words, and the passage can be opened."""
    check(page, BEGGING)
    review = page.locator("#review")

    assert review.locator(".message mark").all_inner_texts()[0].startswith("Please, please just answer me")
    expect(review.locator(".whys li").first).to_contain_text("begs")
    expect(review.locator(".whys li").first).to_contain_text("moves nobody")
    expect(review.locator(".whys .source").first).to_contain_text("Janet Smith, David Hall")


def test_what_is_good_is_said_and_a_calmer_version_given(page: Page):
    """A message that may rest a day gets both."""
    check(page, BEGGING)

    expect(page.locator("#review")).to_contain_text("You say plainly that you miss him.")
    expect(page.locator("#rewrite")).to_contain_text("No need to answer.")


def test_the_time_of_day_goes_along(page: Page, scripted: Scripted):
    """A message at three in the morning can only be told from her clock."""
    check(page, BEGGING)

    assert len(scripted.asked[-1]["local_time"]) == 5


def test_what_was_told_goes_along_with_a_check_after_a_stopped_turn(page: Page, scripted: Scripted):
    """The service forgets the thread of a turn that she stopped; the check still hears all that she told."""
    ask(page, "the court says I may not write to him")
    scripted.is_held = True
    page.get_by_label("Your message", exact=True).fill("he left")
    page.keyboard.press("Enter")
    page.locator("#t2 .sentence").first.wait_for()
    page.get_by_role("button", name="Stop").click()
    check(page, BEGGING)

    assert "thread_id" not in scripted.asked[-1]
    assert [row["content"] for row in scripted.asked[-1]["history"]] == [
        "the court says I may not write to him",
        "he left",
    ]


def test_a_fine_message_is_called_fine(page: Page):
    """Nothing is marked, nothing rewritten, no day of rest asked for."""
    check(page, "Happy birthday. I hope it is a good one.")

    expect(page.get_by_role("heading", name="Nothing in it stands out")).to_be_visible()
    expect(page.locator("#review mark")).to_have_count(0)
    expect(page.get_by_role("button", name="Remind me in a day")).to_have_count(0)


def test_against_his_no_the_letter_is_offered(page: Page):
    """Where he said no nothing is to be sent; the way to the letter that stays is one press."""
    check(page, "You said to stop contacting you but I can’t.")
    page.get_by_role("button", name="Write the letter that is not sent").click()

    expect(page.get_by_role("heading", name="My days")).to_be_visible()


def test_a_no_that_the_talk_knows_offers_the_letter_too(page: Page):
    """Short practical words under his no may be sent; what is left unsaid has its place, and one switch opens it."""
    ask(page, "he told me to stop contacting him")
    check(page, "When do you bring the keys?")
    page.get_by_role("button", name="Write the letter that is not sent").click()
    expect(page.get_by_text("Switch this on, and the letter opens")).to_be_visible()
    page.get_by_label("Keep my days in this browser").check()

    expect(page.get_by_label("Everything you would say to your ex")).to_be_focused()


@pytest.mark.parametrize(
    ("text", "heading", "who"),
    [
        ("I have the pills here", "Before any message", "Crisis line"),
        ("break a rail", "could not be looked at", "Police"),
    ],
)
def test_what_is_no_review_is_no_verdict(page: Page, text: str, heading: str, who: str):
    """In a crisis, and where something broke on our side, nothing is said against her message, and help is there."""
    check(page, text)
    review = page.locator("#review")

    expect(review.get_by_role("heading", level=2)).to_contain_text(heading)
    expect(review.locator(".referrals")).to_contain_text(who)
    expect(review).not_to_contain_text("Better not to send this")


def test_a_busy_service_is_said_under_the_message(page: Page, scripted: Scripted):
    """The message stays in its field, and the page says what to do."""
    scripted.is_busy = True
    check(page, BEGGING)

    expect(page.locator("#review")).to_contain_text("give it a moment")
    expect(page.get_by_label("The message you mean to send")).to_have_value(BEGGING)


def test_a_reminder_with_her_message_can_be_taken_back(page: Page):
    """While it waits it is to be seen, and one press forgets it with her words."""
    check(page, BEGGING)
    page.get_by_label("and keep the message").check()
    page.get_by_role("button", name="Remind me in a day").click()
    assert "Please" in page.evaluate("JSON.parse(localStorage.getItem('coach.reminder')).text")
    page.reload()
    page.get_by_role("button", name="Check a message").click()
    page.get_by_role("button", name="Don’t remind me").click()

    expect(page.locator("#reminder")).to_be_empty()
    expect(page.get_by_role("heading", name="Check a message")).to_be_focused()
    assert page.evaluate("localStorage.length") == 0


def test_a_reminder_comes_to_a_page_that_stayed_open(page: Page):
    """The day passes while the tab is open: looking at it again is enough, and "Not now" forgets it."""
    page.evaluate("localStorage.setItem('coach.reminder', JSON.stringify({due: Date.now() - 1, text: ''}))")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.get_by_role("button", name="Not now, forget it").click()

    expect(page.locator("#due")).to_be_empty()
    expect(page.get_by_role("heading", name="What’s going on?")).to_be_focused()
    assert page.evaluate("localStorage.length") == 0


def test_a_reminder_lives_in_this_browser_only(page: Page, window: Window):
    """It keeps the day, and her words only where she ticks that; nothing is sent."""
    check(page, BEGGING)
    n_requests = len([r for r in window.requests if r.method == "POST"])
    page.get_by_role("button", name="Remind me in a day").click()
    reminder = page.evaluate("JSON.parse(localStorage.getItem('coach.reminder'))")

    assert reminder["text"] == ""
    assert abs(reminder["due"] - page.evaluate("Date.now()") - DAY_MS) < 60_000
    assert len([r for r in window.requests if r.method == "POST"]) == n_requests


def test_a_reminder_is_there_a_day_later(page: Page, window: Window):
    """When the day has passed the page says so, and brings the message back if she kept it."""
    page.evaluate("localStorage.setItem('coach.reminder', JSON.stringify({due: Date.now() - 1, text: 'Hey you'}))")
    page.reload()
    page.get_by_role("button", name="Look at it again").click()

    expect(page.get_by_label("The message you mean to send")).to_have_value("Hey you")
    assert page.evaluate("localStorage.length") == 0


def test_nothing_pasted_is_said_kindly(page: Page, scripted: Scripted):
    """An empty field asks for the message, and the service is not bothered."""
    check(page, "")

    expect(page.locator("#review")).to_contain_text("Paste the message first.")
    assert scripted.asked == []
