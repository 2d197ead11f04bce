"""The articles and how this works, in a real browser."""

from __future__ import annotations

import pytest
from looking import Server, Window, ask
from playwright.sync_api import Page, Route, expect
from scripted_answers import ROOM, corpus

pytestmark = [pytest.mark.browser, pytest.mark.server]


@pytest.fixture
def library(page: Page) -> Page:
    page.get_by_role("button", name="The articles").click()
    page.locator("#library details").first.wait_for()
    return page


def test_an_article_is_asked_for_once_while_the_service_is_away(page: Page, window: Window, server: Server):
    """The page says that the articles cannot be reached, and asks again whenever she does, however often it failed."""
    ask(page, "he left")
    page.get_by_role("button", name="[1] Source 1").first.click()
    read = page.locator("#t1-p1").get_by_role("button", name="Read it in the article")
    window.requests.clear()
    server.stop()
    try:
        read.click()
        expect(page.locator("#library")).to_contain_text("can’t be reached")
        page.wait_for_timeout(1500)
        n_asked = sum("queue/join" in request.url for request in window.requests)
        page.locator("#library").evaluate("library => library.replaceChildren()")
        page.get_by_role("button", name="Talk", exact=True).click()
        read.click()
        expect(page.locator("#library")).to_contain_text("can’t be reached")
    finally:
        server.start()
    page.get_by_role("button", name="Talk", exact=True).click()
    read.click()

    assert n_asked == 1
    expect(page.locator(f'[data-passage="{ROOM}"]')).to_be_focused()


def test_all_articles_are_there_section_by_section(library: Page):
    """Five articles, every section and every passage of them."""
    expect(library.locator(".article-whole")).to_have_count(len(corpus().articles))
    expect(library.locator(".article-whole section")).to_have_count(sum(len(a.sections) for a in corpus().articles))
    expect(library.locator("#library [data-passage]")).to_have_count(len(corpus()))


def test_labels_stand_there_in_words_with_their_reason(library: Page):
    """A passage that is not recommended says so and why."""
    manipulative = next(p for p in corpus() if p.label == "manipulative")
    passage = library.locator(f'[data-passage="{manipulative.id}"]')

    assert "Not recommended" in (passage.text_content() or "")
    assert manipulative.because in (passage.text_content() or "")


def test_contradictions_lead_to_their_passages(library: Page):
    """Each disagreement has its sides, and a side leads to where it is said."""
    disagreement = corpus().disagreements[0]
    library.locator(".disagreements").get_by_text(disagreement.says).scroll_into_view_if_needed()
    library.locator(f'.disagreements [data-read="{disagreement.sides[0].passages[0]}"]').first.click()

    expect(library.locator(f'[data-passage="{disagreement.sides[0].passages[0]}"]')).to_be_focused()


def test_search_finds_and_opens(library: Page):
    """A search shows passages with their article, and opens one in its place."""
    library.get_by_label("Search them").fill("jealous")
    library.get_by_role("button", name="Search", exact=True).click()
    result = library.locator(".results button").first
    passage_id = result.get_attribute("data-read")
    result.click()

    expect(library.locator(f'[data-passage="{passage_id}"]')).to_be_in_viewport()


def test_the_same_search_finds_twice(library: Page):
    """After the field was emptied the same words find the same again."""
    for query in ("jealous", "", "jealous"):
        library.get_by_label("Search them").fill(query)
        library.get_by_role("button", name="Search", exact=True).click()
        expect(library.locator(".results")).to_have_count(1 if query else 0)


def test_a_search_without_results_says_so(library: Page):
    """Nothing found is said."""
    library.get_by_label("Search them").fill("zzzz")
    library.get_by_role("button", name="Search", exact=True).click()

    expect(library.locator("#results")).to_have_text("Nothing found for that.")


def test_how_this_works_has_rules_helplines_and_digests(page: Page):
    """What triggers what, who helps in her region, what is kept, the model and its digest."""
    page.get_by_role("button", name="How this works").click()
    told = page.locator("#protocol")

    expect(told).to_contain_text("Danger to life")
    expect(told).to_contain_text("People you can talk to: United States")
    expect(told).to_contain_text("nowhere on disk, for at most 24 hours")
    expect(told).to_contain_text("ab" * 32)


def test_helplines_are_one_press_away(page: Page):
    """From the talk to the helplines of the chosen region."""
    page.get_by_role("button", name="Show them").click()

    expect(page.get_by_role("link", name="Call 988")).to_be_visible()


def test_a_late_answer_does_not_show_another_country_s_helplines(page: Page):
    """Who asked for one country and then for another sees the second, whatever comes when, and the first again if she asks."""
    late: list[Route] = []
    page.route(
        "**/queue/join*",
        lambda r: late.append(r) if '"region":"US"' in (r.request.post_data or "") and not late else r.continue_(),
    )
    for region in ("US", "GB"):
        page.get_by_role("button", name="Talk", exact=True).click()
        page.get_by_label("Helplines for").select_option(region)
        page.get_by_role("button", name="Show them").click()
    expect(page.locator("#helplines h2")).to_contain_text("United Kingdom")
    with page.expect_response("**/queue/join*"):
        late[0].continue_()
    page.wait_for_timeout(500)
    expect(page.locator("#helplines h2")).to_contain_text("United Kingdom")
    page.get_by_role("button", name="Talk", exact=True).click()
    page.get_by_label("Helplines for").select_option("US")
    page.get_by_role("button", name="Show them").click()

    expect(page.locator("#helplines h2")).to_contain_text("United States")


def test_the_talk_is_still_there_after_a_look_around(page: Page):
    """Looking something up loses nothing, what she was writing included."""
    ask(page, "he left")
    page.get_by_label("Your message", exact=True).fill("half a thought")
    page.get_by_role("button", name="The articles").click()
    page.get_by_role("button", name="Talk", exact=True).click()

    expect(page.locator("#t1 .sentence")).to_have_count(5)
    expect(page.get_by_label("Your message", exact=True)).to_have_value("half a thought")
