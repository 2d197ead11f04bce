"""The talk in a real browser: what is there when, what opens what, and that nothing somebody reads moves."""

from __future__ import annotations

import pytest
from looking import PHONE, Look, Window, ask, expect_soon
from playwright.sync_api import Page, expect
from scripted_answers import ABUSE_LINE, CRISIS_LINE, ROOM, corpus
from scripted_service import Scripted

pytestmark = [pytest.mark.browser, pytest.mark.server]


def test_sources_stand_there_while_the_first_sentence_is_the_only_one(page: Page, scripted: Scripted):
    """The passages are to be seen before the second sentence, with a quiet line that says what goes on."""
    scripted.is_held = True
    page.get_by_label("Your message", exact=True).fill("he left")
    page.keyboard.press("Enter")

    expect(page.locator(".sentence")).to_have_count(1)
    expect(page.locator(".cards .source")).to_have_count(3)
    expect(page.locator(".turn .progress")).to_have_text("Checking each sentence…")


def test_nothing_that_is_read_moves_while_more_arrives(page: Page, scripted: Scripted):
    """The first sentence stays at its place on the screen until the turn has ended."""
    scripted.is_held = True
    page.get_by_label("Your message", exact=True).fill("he left")
    page.keyboard.press("Enter")
    first = page.locator(".sentence").first
    first.wait_for()
    before = first.bounding_box()
    scripted.is_held = False
    expect(page.locator(".sentence")).to_have_count(5)

    assert first.bounding_box() == before


def test_a_marker_opens_its_source_with_the_quote_marked(page: Page):
    """Pressing [1] shows article, authors, step and the passage, the cited words marked; focus goes there."""
    ask(page, "he left")
    page.get_by_role("button", name="[1] Source 1").first.click()
    card = page.locator("#t1-p1")

    expect(card.locator(".authors")).to_have_text("Janet Smith, David Hall")
    expect(card.locator("summary")).to_be_focused()
    assert card.locator("blockquote").inner_text() == corpus().by_id[ROOM].text
    expect(card.locator("mark")).to_have_count(1)


@pytest.mark.parametrize("look", [(PHONE, "light")])
def test_a_marker_opens_a_sheet_on_a_phone(page: Page, look: Look):
    """On a phone the source comes from below, Escape closes it, and focus is back at the marker."""
    ask(page, "he left")
    marker = page.get_by_role("button", name="[1] Source 1").first
    marker.click()
    expect(page.get_by_role("dialog", name="Source 1")).to_be_visible()
    page.keyboard.press("Escape")

    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(marker).to_be_focused()


@pytest.mark.parametrize("look", [(PHONE, "light")])
def test_a_sheet_opened_early_gets_its_quote_marked(page: Page, scripted: Scripted, look: Look):
    """The sources are there before the sentences; the words are marked as soon as they are cited."""
    scripted.is_held = True
    page.get_by_label("Your message", exact=True).fill("he left")
    page.keyboard.press("Enter")
    page.locator(".chip").nth(1).click()
    sheet = page.get_by_role("dialog", name="Source 2")
    expect(sheet).to_be_visible()
    expect(sheet.locator("mark")).to_have_count(0)
    scripted.is_held = False

    expect(sheet.locator("mark")).to_have_count(1)


@pytest.mark.parametrize("look", [(PHONE, "light"), (PHONE, "dark")])
def test_a_phone_never_scrolls_sideways(page: Page, look: Look):
    """At 360 pixels no view is wider than the screen, with every form in the talk."""
    for message in ("how long", "my wrists", "pills", "jealous", "x" * 300):
        ask(page, message)
    for view in ("talk", "check", "days", "articles", "how"):
        page.locator(f"nav [data-view={view}]").click()

        assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_a_contested_answer_shows_the_other_side(page: Page):
    """The label says that articles disagree, and the source names what the others hold."""
    ask(page, "how long")
    page.get_by_role("button", name="[1] Source 1").first.click()

    expect(page.get_by_role("heading", name="The articles disagree on this")).to_be_visible()
    expect(page.locator("#t1-p1 .label")).to_have_text("Contested")
    expect(page.locator("#t1-p1 .other-side")).to_contain_text("Leave him be for a week or two")


@pytest.mark.parametrize(
    ("message", "form"),
    [
        ("my wrists", "First, about your safety"),
        ("he told me to stop contacting him", "The answer was no"),
        ("make him jealous", "won’t help with that"),
        ("pills", "you first"),
        ("a lawyer", "outside what it knows"),
        ("my horoscope", "the articles say nothing about this"),
        ("break a rail", "could not answer"),
        ("I am sixteen", "If you are under eighteen"),
        ("I hit him", "First, so that nobody gets hurt"),
    ],
)
def test_each_form_says_what_it_is(page: Page, message: str, form: str):
    """Caveats and endings are told in words, not by colour."""
    ask(page, message)

    expect(page.locator(".turn").get_by_text(form).first).to_be_visible()


@pytest.mark.parametrize("look", [(PHONE, "light")])
def test_help_can_be_tapped(page: Page, look: Look):
    """In a crisis a checked number calls at one tap; an unchecked one stands behind its link and says so."""
    ask(page, "pills")
    call = page.get_by_role("link", name=f"Call {CRISIS_LINE['phone']}")
    ask(page, "my wrists")
    ways = page.locator("#t2 .referrals li").first.get_by_role("link")

    assert call.get_attribute("href") == "tel:988"
    expect(page.locator("#t1 .referrals")).to_contain_text("24/7")
    expect(page.get_by_role("link", name="Text 988")).to_have_attribute("href", "sms:988")
    assert [way.get_attribute("href") for way in ways.all()][:2] == [ABUSE_LINE["url"], "tel:18005550100"]
    expect(page.locator("#t2 .checked").first).to_contain_text("could not check")


def test_the_question_about_suicide_is_answered_with_a_tap(page: Page, scripted: Scripted):
    """Its answers stand below, are sent as she would type them, and go with the next turn, since they answer no other."""
    ask(page, "the mornings are the worst")
    answers = page.get_by_role("group", name="Are you thinking of killing yourself?")
    expect(answers.get_by_role("button")).to_have_text(["Yes", "No", "Maybe"])
    page.get_by_label("Your message", exact=True).fill("I don't know how to say")
    answers.get_by_role("button", name="Maybe").click()
    page.locator("#t2 .sentence").first.wait_for()

    assert scripted.asked[-1]["message"] == "Maybe"
    expect(page.get_by_label("Your message", exact=True)).to_have_value("I don't know how to say")
    expect(answers).to_be_hidden()
    expect(page.locator("#t2")).to_be_focused()


def test_stop_ends_the_turn_here_and_there(page: Page, scripted: Scripted):
    """Stop leaves what stands, hangs up on the service, and the next turn works."""
    scripted.is_held = True
    page.get_by_label("Your message", exact=True).fill("he left")
    page.keyboard.press("Enter")
    page.locator(".sentence").first.wait_for()
    with page.expect_request("**/leave"):  # also where the answer was already whole on the service
        page.get_by_role("button", name="Stop").click()
    expect(page.locator("#t1 .progress")).to_contain_text("Stopped")
    expect_soon(page, lambda: scripted.hung_up == [scripted.thread(1)])
    scripted.is_held = False
    ask(page, "how long")

    expect(page.locator("#t1 .sentence")).to_have_count(1)
    expect(page.locator("#t2 .sentence")).to_have_count(3)
    assert scripted.asked[-1]["history"][0]["content"] == "he left"


def test_an_edited_turn_is_asked_anew_in_the_same_thread(page: Page, scripted: Scripted):
    """What was told before stays told; the earlier turn stays to be read."""
    ask(page, "he left")
    page.get_by_role("button", name="Edit and ask again").click()
    expect(page.get_by_label("Your message", exact=True)).to_have_value("he left")
    ask(page, "he left, how long")

    assert scripted.asked[-1]["thread_id"] == scripted.thread(1)
    expect(page.locator("#t1 .note-edited")).to_be_visible()
    expect(page.locator("#t1 .sentence")).to_have_count(5)


def test_the_region_goes_along(page: Page, scripted: Scripted):
    """The default is the browser's region; a chosen one is sent with the next message."""
    ask(page, "he left")
    page.get_by_label("Helplines for").select_option("GB")
    ask(page, "and now")

    assert [asked["region"] for asked in scripted.asked] == ["US", "GB"]


def test_a_rating_goes_with_its_reason_and_without_the_talk(page: Page, scripted: Scripted):
    """Not helpful asks for a reason, sends that alone, and says what became of it."""
    ask(page, "he left")
    page.get_by_role("button", name="Not helpful").click()
    expect(page.get_by_role("button", name="Not helpful")).not_to_have_attribute("aria-pressed", "true")
    page.get_by_label("What was wrong with it?").fill("too vague")
    page.get_by_role("button", name="Send").click()

    expect(page.locator("#t1 .progress")).to_contain_text("nothing was stored")
    expect(page.get_by_role("button", name="Not helpful")).to_have_attribute("aria-pressed", "true")
    assert scripted.ratings == [{"turn_id": "turn-1", "rating": "down", "reason": "too vague"}]


def test_copying_takes_the_answer_with_its_sources(page: Page, window: Window):
    """The clipboard has the sentences and the numbered sources."""
    window.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ask(page, "he left")
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")

    assert corpus().by_id[ROOM].line in copied
    ask(page, "pills")
    page.locator("#t2").get_by_role("button", name="Copy").click()
    expect(page.locator("#t2").get_by_role("button", name="Copied")).to_be_visible()
    assert "Crisis line (example): Call 988, Text 988, crisis.example" in page.evaluate(
        "navigator.clipboard.readText()"
    )
    assert "[1] How to get your ex-boyfriend back: 12 steps that actually work, Step 1: Give him room" in copied


def test_a_starter_is_there_to_be_changed(page: Page, scripted: Scripted):
    """A starter fills the field and sends nothing."""
    page.get_by_role("button", name="Do I even want my ex back?").click()

    expect(page.get_by_label("Your message", exact=True)).to_have_value("Do I even want my ex back?")
    assert scripted.asked == []


def test_copying_that_is_not_allowed_is_said(page: Page):
    """Where the browser does not let a page copy, the button says what to do instead."""
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('no')); }")
    ask(page, "he left")
    page.get_by_role("button", name="Copy").click()

    expect(page.get_by_role("button", name="Can’t copy here")).to_be_visible()


def test_what_she_was_writing_comes_back(page: Page, scripted: Scripted):
    """A starter or an earlier message takes the place of a half-written one only until it is sent."""
    field = page.get_by_label("Your message", exact=True)
    field.fill("half a thought")
    page.get_by_role("button", name="Do I even want my ex back?").click()
    page.get_by_role("button", name="I’m afraid of my ex.").click()
    field.press("Enter")
    page.locator("#t1 .actions").wait_for()

    assert scripted.asked[-1]["message"] == "I’m afraid of my ex."
    expect(field).to_have_value("half a thought")


def test_an_edit_that_was_given_up_marks_nothing(page: Page):
    """Who empties the field and asks something else has not asked the earlier turn again."""
    ask(page, "he left")
    page.get_by_role("button", name="Edit and ask again").click()
    page.get_by_label("Your message", exact=True).fill("")
    ask(page, "how long")

    expect(page.locator("#t1 .note-edited")).to_be_hidden()


def test_editing_does_not_scroll_away_from_what_is_read(page: Page):
    """The field is always in view, so nothing has to move."""
    for message in ("he left", "how long"):
        ask(page, message)
    before = page.evaluate("scrollY")
    page.locator("#t2").get_by_role("button", name="Edit and ask again").click()

    assert page.evaluate("scrollY") == before > 0


def test_a_source_is_read_in_its_article(page: Page):
    """From a source one gets to its passage in the article."""
    ask(page, "he left")
    page.get_by_role("button", name="[1] Source 1").first.click()
    page.locator("#t1-p1").get_by_role("button", name="Read it in the article").click()
    passage = page.locator(f'[data-passage="{ROOM}"]')

    expect(passage).to_be_focused()
    expect(passage).to_be_in_viewport()


def test_the_way_back_from_an_article_ends_where_she_was(page: Page):
    """Back in the talk she is at the sentence that she left, not at the top."""
    for message in ("how long", "he left"):
        ask(page, message)
    before = page.evaluate("scrollY")
    page.locator("#t2 .marker").first.click()
    page.locator("#t2-p1").get_by_role("button", name="Read it in the article").click()
    expect(page.locator(f'[data-passage="{ROOM}"]')).to_be_focused()
    page.get_by_role("button", name="Talk", exact=True).click()

    assert abs(page.evaluate("scrollY") - before) < 5
