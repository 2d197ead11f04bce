"""What must hold everywhere: nothing leaves the machine, nothing is injected, everyone can use it, and it stays quick."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from looking import PHONE, WIDE, Look, Window, ask
from playwright.sync_api import Page, expect
from scripted_service import Scripted

pytestmark = [pytest.mark.browser, pytest.mark.server]

PAYLOADS = (Path(__file__).parent / "payloads.txt").read_text(encoding="utf-8").splitlines()
FORMS = (
    "he left",
    "how long",
    "my wrists",
    "he told me to stop contacting him",
    "pills",
    "the mornings are the worst",
    "make him jealous",
    "my horoscope",
)
VIEWS = ("talk", "check", "days", "articles", "how")
WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
INJECTED = "#coach :is(script, iframe, img, svg, object, embed, video, audio, style, link, meta, base, math, noscript, form[action], a[href*='evil.example'])"


def open_all(page: Page) -> None:
    """Bring every form and view onto the page once."""
    for message in FORMS:
        ask(page, message)
    ask(page, "die now")
    page.get_by_role("button", name="[1] Source 1").last.click()
    if page.get_by_role("dialog").count():
        page.keyboard.press("Escape")


def test_nothing_leaves_the_machine(window: Window, page: Page):
    """Through every view and form no request goes anywhere but to the page's own server."""
    open_all(page)
    for view in VIEWS:
        page.locator(f"nav [data-view={view}]").click()
    page.locator("#library details").first.wait_for(state="attached")

    assert len(window.requests) > 20
    assert window.foreign == []
    assert window.errors == []


def test_gradio_keeps_and_offers_nothing(page: Page, window: Window):
    """No run history, no monitoring, no page about the programming interface, nothing in the browser's stores."""
    ask(page, "he left")
    stores = page.evaluate(
        "async () => [localStorage.length, sessionStorage.length, (await indexedDB.databases()).length, document.cookie]"
    )

    assert stores == [0, 0, 0, ""]
    for path in ("monitoring", "gradio_api/monitoring", "gradio_api/runs"):
        assert "he left" not in window.context.request.get(f"{window.address}{path}").text()
    assert page.locator("footer:visible").count() == 0


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


@pytest.fixture(scope="module")
def n_payloads() -> int:
    assert len(PAYLOADS) >= 30
    return len(PAYLOADS)


def test_no_text_becomes_markup(window: Window, page: Page, n_payloads: int):
    """Each payload, as her message and in every field that the service sends, is shown as it stands and does nothing."""
    context_pages = window.context.pages
    for payload in PAYLOADS:
        ask(page, f"echo {payload}")
        turn = page.locator(".turn").last

        assert turn.locator(".message").text_content() == f"echo {payload}"
        assert (turn.locator(".sentence").first.text_content() or "").startswith(f"echo {payload}")
        assert payload in (turn.locator(".cards blockquote").first.text_content() or "")
    assert page.locator(INJECTED).count() == 0
    assert page.evaluate("window.hurt") is None
    assert (
        page.locator("#coach a[href]:not([href^='https://'], [href^='tel:'], [href^='sms:'], [href^='#'])").count() == 0
    )
    assert page.locator("#coach #leave").count() == 1
    assert window.foreign == [] and window.context.pages == context_pages


def test_no_checked_message_becomes_markup(window: Window, page: Page, n_payloads: int):
    """The same for a message that is checked, where the reasons repeat it."""
    page.locator("nav [data-view=check]").click()
    for number, payload in enumerate(PAYLOADS):
        page.get_by_label("The message you mean to send").fill(f"{number} {payload}")
        page.get_by_role("button", name="Look at it").click()
        expect(page.locator("#review .message").first).to_contain_text(f"{number} ")
    assert page.locator(INJECTED).count() == 0
    assert page.evaluate("window.hurt") is None
    assert window.foreign == []


def test_nothing_that_the_service_says_of_itself_becomes_markup(window: Window, page: Page, scripted: Scripted):
    """The articles, a search, the rules, the status line and a review: all payloads behind every text of them."""
    scripted.echo = "\n".join(PAYLOADS)
    scripted.ready |= {"is_hosted": True}
    try:
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        expect(page.locator("#status")).to_contain_text(PAYLOADS[0])
        page.locator("nav [data-view=articles]").click()
        expect(page.locator("#library .title").first).to_contain_text(PAYLOADS[0])
        page.get_by_label("Search them").fill("jealous")
        page.get_by_role("button", name="Search", exact=True).click()
        expect(page.locator(".results").first).to_contain_text(PAYLOADS[0])
        page.locator("nav [data-view=how]").click()
        expect(page.locator("#protocol")).to_contain_text(PAYLOADS[0])
        page.locator("nav [data-view=check]").click()
        page.get_by_label("The message you mean to send").fill("I miss you. Please answer.")
        page.get_by_role("button", name="Look at it").click()
        for part in ("#rewrite", ".whys", ".review"):
            expect(page.locator(part).first).to_contain_text(PAYLOADS[0])

        assert page.locator(INJECTED).count() == 0
        assert page.evaluate("window.hurt") is None
        assert window.foreign == []
    finally:
        scripted.echo = ""
        page.reload()
        page.wait_for_selector("html[data-ready]")
        page.locator("nav [data-view=articles]").click()  # the page's server has the real ones again
        page.locator("#library details").first.wait_for()


def test_a_kept_talk_cannot_become_markup(window: Window, page: Page):
    """What another script put into the browser's store is shown as text too."""
    payload = "<img src=x onerror=window.hurt=1>"
    answer = {
        "turn_id": payload,
        "thread_id": "a",
        "outcome": payload,
        "sentences": [{"id": 1, "text": payload, "source": payload}],
    }
    kept = {"thread_id": payload, "turns": [{"key": "t1", "message": payload, "answer": answer}]}
    page.evaluate("(kept) => { localStorage.setItem('coach.talk', JSON.stringify(kept)); coachKeeps = true; }", kept)
    page.reload()
    expect(page.locator("#t1 .sentence")).to_have_text(payload)

    assert page.evaluate("window.hurt") is None
    assert page.locator(INJECTED).count() == 0


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


def test_a_hundred_turns_do_not_slow_the_page(page: Page):
    """Script, style and layout of the last twenty turns cost the browser about what turns five to twenty-five did."""
    meter = page.context.new_cdp_session(page)
    meter.send("Performance.enable")

    def worked_s() -> float:
        figures = {m["name"]: m["value"] for m in meter.send("Performance.getMetrics")["metrics"]}
        return float(figures["ScriptDuration"] + figures["RecalcStyleDuration"] + figures["LayoutDuration"])

    at = []
    for number in range(100):
        at.append(worked_s())
        ask(page, f"he left {number}")
    early, late = at[25] - at[5], worked_s() - at[80]

    expect(page.locator(".turn")).to_have_count(100)
    assert late < 2.5 * early + 0.2, f"turns 5 to 25: {early:.2f} s, 80 to 100: {late:.2f} s"


@pytest.mark.parametrize("header", ["Host", "Origin"])
def test_foreign_pages_are_refused(window: Window, header: str):
    """A website that she has open cannot reach the page's server through her browser."""
    answer = window.context.request.post(f"{window.address}leave", headers={header: "http://evil.example"}, data="x")

    assert answer.status == 403
