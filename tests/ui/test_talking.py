"""The talk in a real browser: what is there when, what opens what, and that nothing somebody reads moves."""

from __future__ import annotations

import re

import pytest
from looking import PHONE, Look, Server, Window, ask, expect_soon, paged
from playwright.sync_api import Error, Page, Route, expect
from scripted_service import ABUSE_LINE, CRISIS_LINE, ROOM, Scripted, corpus

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
