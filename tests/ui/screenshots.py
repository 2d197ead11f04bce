"""`make screenshots`: a picture of each form into `build/screenshots`, with the scripted service and its real articles.

Looks at 360 and 1280 pixels, by day and by night. Those that stand in `docs/images` are replaced there too.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

sys.path.insert(0, str(Path(__file__).parent))  # beside the tests, whose servers and script it shares, as pytest does

from looking import ELSEWHERE, NAMES, PHONE, QUIET, READY_MS, WIDE, Server, ask, chromium, paged
from scripted_service import Scripted, create_app

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "build" / "screenshots"
SHOWN = ROOT / "docs" / "images"
TURNS = {
    "answer": "He left five days ago and I keep wanting to text him all night.",
    "contested": "How long should I leave him alone?",
    "abuse": "He used to grab my wrists when he was drunk, but I still want him back.",
    "no": "He told me to stop contacting him. What should I text him tonight?",
    "declined": "Write him something that makes him jealous.",
    "crisis": "I have the pills in my hand. He left me.",
    "asked": "The mornings are the worst, I don't see what for.",
    "abstained": "What does my horoscope say about us?",
    "out_of_scope": "Do I need a lawyer for the flat?",
    "minor": "I am sixteen and my boyfriend left.",
    "own_conduct": "I hit him, and now he is gone.",
    "failed": "Break a rail, please.",
    "broken": "Die now, please, in the middle of it.",
}
STATUS: dict[str, dict[str, object]] = {
    "starting": {"status": "not ready"},
    "missing": {"status": "not ready", "missing": ["index"]},
    "degraded": {"status": "degraded", "model_state": "away"},
    "hosted": {"is_hosted": True, "is_traced": True, "model": "openai:big"},
}
CHECKS = {
    "check-fine": "Happy birthday. I hope it is a good one.",
    "check-no": "You said to stop contacting you but I can’t.",
    "check-crisis": "I have the pills here. Goodbye.",
    "check-failed": "break a rail",
}
DRAFT = "Hey, I miss you.\nPlease, please just answer me. This is all your fault.\nI hope the new job is good."


def main() -> int:
    """Take all pictures; 2 where there is no browser."""
    found = chromium()
    if found is None:
        print(f"no Chromium found: install one of {', '.join(NAMES)}, or name it in UI_TEST_BROWSER", file=sys.stderr)
        return 2
    FOLDER.mkdir(parents=True, exist_ok=True)
    script = Scripted()
    server = Server(create_app(script))
    with paged(f"http://127.0.0.1:{server.port}") as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(QUIET))
        for place, size in (("phone", PHONE), ("wide", WIDE)):
            for scheme in ("light", "dark"):
                context = browser.new_context(
                    viewport=size, color_scheme=scheme, locale="en-US", reduced_motion="reduce"
                )
                page = context.new_page()
                page.goto(address)
                page.wait_for_selector("html[data-ready]", timeout=READY_MS)
                _take(page, script, f"{place}-{scheme}", is_wide=size is WIDE)
                context.close()
        browser.close()
    server.stop()
    for picture in SHOWN.glob("*.png"):
        if (FOLDER / picture.name).exists():
            shutil.copy(FOLDER / picture.name, picture)
    print(f"{len(list(FOLDER.glob('*.png')))} pictures in {FOLDER}; leaving fast goes to {ELSEWHERE}")
    return 0


def _take(page: Page, script: Scripted, look: str, is_wide: bool) -> None:
    def shoot(name: str) -> None:
        page.screenshot(path=FOLDER / f"{name}-{look}.png")

    shoot("start")
    usual = dict(script.ready)
    for name, more in STATUS.items():
        script.ready = usual | more
        _look_again(page)
        shoot(f"status-{name}")
    script.ready = usual
    _look_again(page)
    for name, message in TURNS.items():
        ask(page, message)
        if name == "contested" and is_wide:
            page.locator(".turn").last.locator(".said .marker").first.click()
        shoot(name)
        if name == "contested" and not is_wide:
            page.locator(".turn").last.locator(".said .marker").first.click()
            shoot("source")
            page.keyboard.press("Escape")
    _stopped(page, script)
    shoot("stopped")
    page.locator("nav [data-view=check]").click()
    for name, text in ({"check": DRAFT} | CHECKS).items():
        page.locator("#review").evaluate("review => review.replaceChildren()")
        page.locator("#draft").fill(text)
        page.locator("#check button[type=submit]").click()
        page.locator("#review .review").wait_for()
        page.locator("#review").scroll_into_view_if_needed()
        page.evaluate("scrollBy(0, document.querySelector('#review').getBoundingClientRect().top - 110)")
        shoot(name)
    page.locator("nav [data-view=days]").click()
    page.locator("#days-on").check()
    page.locator("#has-no").uncheck()
    page.locator("#last-contact").fill(page.evaluate("new Date(Date.now() - 12 * 864e5).toLocaleDateString('sv')"))
    shoot("days")
    page.locator("#days-erase").click()
    shoot("erase")
    page.locator("#erase-no").click()
    page.evaluate("localStorage.setItem('coach.reminder', JSON.stringify({due: Date.now() - 1, text: ''}))")
    _look_again(page)
    page.evaluate("scrollTo(0, 0)")
    shoot("reminder")
    page.locator("#due .quiet").click()
    page.locator("nav [data-view=articles]").click()
    page.locator("#library summary").first.click()
    shoot("articles")
    page.locator("nav [data-view=how]").click()
    page.locator("#helplines").wait_for()
    shoot("how")


def _look_again(page: Page) -> None:
    with page.expect_response("**/status"):
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.wait_for_timeout(100)


def _stopped(page: Page, script: Scripted) -> None:
    script.is_held = True
    page.get_by_label("Your message", exact=True).fill(TURNS["answer"])
    page.keyboard.press("Enter")
    page.locator(".turn").last.locator(".sentence").first.wait_for()
    page.locator("#stop").click()
    script.is_held = False


if __name__ == "__main__":
    sys.exit(main())
