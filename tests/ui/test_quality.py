"""What must hold everywhere: nothing leaves the machine, nothing is injected, and it stays quick."""

from __future__ import annotations

from pathlib import Path

import pytest
from looking import VIEWS, Window, ask, open_all
from playwright.sync_api import Page, expect
from scripted_service import Scripted

pytestmark = [pytest.mark.browser, pytest.mark.server]

PAYLOADS = (Path(__file__).parent / "payloads.txt").read_text(encoding="utf-8").splitlines()
INJECTED = "#coach :is(script, iframe, img, svg, object, embed, video, audio, style, link, meta, base, math, noscript, form[action], a[href*='evil.example'])"


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
