"""Other people's articles: sections, ids, titles and authors from whatever shape they come in."""

from __future__ import annotations

from pathlib import Path

from ingest import foreign
from ingest.outline import Mark

TEXT = "Walks after rain\n\nRain is good.\n\n1. Go out\n\nYou go out.\n\n2. Come back\n\nYou come back."
PAGE = """<html><head><title>Walks after rain</title><meta name="author" content="Ann Ode"></head><body>
<nav><a href="/">Home</a><a href="/shop">Shop our boots today</a></nav><article><h1>Walks after rain</h1>
<p>{long}</p><h2>Go out early</h2><p>{long}</p></article><footer>All rights reserved by the shop</footer></body></html>"""


def test_headings_open_sections() -> None:
    """A section's id is made of its heading's words; what stands before is the intro."""
    found = foreign.read(Path("Walks in Spring.txt"), TEXT)

    assert found.article.id == "walks-in-spring"
    assert [(s.id, s.title) for s in found.article.sections] == [
        ("intro", "Walks after rain"),
        ("1-go-out", "1. Go out"),
        ("2-come-back", "2. Come back"),
    ]
    assert found.paragraphs["1-go-out"] == ("You go out.",)


def test_an_outline_gives_the_sections() -> None:
    """Its ids are the contract's; a heading on the first line becomes the title, otherwise the topic is."""
    marks = [Mark("start", 1, "rain", 2), Mark("step-1", 5, "going out", 3), Mark("step-2", 11, "coming back", 4)]
    found = foreign.read(Path("walks.txt"), TEXT, marks)

    assert [(s.id, s.title) for s in found.article.sections] == [
        ("start", "Walks after rain"),
        ("step-1", "1. Go out"),
        ("step-2", "coming back"),
    ]
    assert found.paragraphs["step-2"] == ("You come back.",)


def test_equal_headings_get_different_ids() -> None:
    """Two sections called the same are still two."""
    found = foreign.read(Path("walks.md"), "# Walks\n\n## Rest\n\nSit.\n\n## Rest\n\nLie down.")

    assert [s.id for s in found.article.sections] == ["rest", "rest-2"]


def test_a_blog_s_own_front_matter_is_read() -> None:
    """Title, authors and date are facts about an article; the block is no text of it."""
    found = foreign.read(
        Path("post.md"), "---\ntitle: Walks\nauthor: Ann Ode and Bo Tree\ndate: 2024-05-01\n---\nYou walk."
    )

    assert (found.article.title, found.article.authors, found.article.date) == (
        "Walks",
        ("Ann Ode", "Bo Tree"),
        "2024-05-01",
    )
    assert found.paragraphs == {"intro": ("You walk.",)}


def test_a_page_is_read_without_what_surrounds_the_article() -> None:
    """Navigation and footer are not advice."""
    walk = "You take your {} and go down to the river in the early morning, and you look at the water for a while."
    long = " ".join(walk.format(what) for what in ("coat", "hat", "dog", "time"))
    found = foreign.read(Path("page.html"), PAGE.format(long=long))

    assert found.article.authors == ("Ann Ode",)
    assert [s.title for s in found.article.sections] == ["Walks after rain", "Go out early"]
    assert "boots" not in str(found.paragraphs)
