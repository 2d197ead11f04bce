"""Plain text and Markdown to paragraphs and headings, with their lines."""

from __future__ import annotations

import pytest

from ingest import blocks


def texts(text: str, is_markdown: bool = False) -> list[str]:
    return [b.text for b in blocks.read(text, is_markdown)]


def test_paragraphs_wrapped_by_hand_are_joined() -> None:
    """A line end inside a wrapped paragraph means nothing."""
    assert texts("You walk\nby the river.\n\nAnd back.") == ["You walk by the river.", "And back."]


def test_a_byline_above_a_long_line_stays_apart() -> None:
    """Where one line is long nobody wrapped the text, so a line end is an end."""
    assert texts("Ann Ode, 3 minutes\n" + "walk " * 30 + "home.")[0] == "Ann Ode, 3 minutes"


def test_list_entries_are_blocks_of_their_own() -> None:
    """Each entry is a thought; its mark is no part of it."""
    assert texts(
        "  • Walk\n  • Rest\n2. Because it helps you to sleep well, and to think of other things at night."
    ) == [
        "Walk",
        "Rest",
        "Because it helps you to sleep well, and to think of other things at night.",
    ]


def test_blocks_know_the_line_where_they_begin() -> None:
    """An outline names lines of the file."""
    assert [b.line for b in blocks.read("One.\n\n\nTwo\nlines.\n\nSix.", is_markdown=False)] == [1, 4, 7]


@pytest.mark.parametrize(
    "line", ["1. Walk by the river", "Step 3: Get some rest", "#2: Stay Away", "Why You Should Walk"]
)
def test_a_short_numbered_or_titled_line_is_a_heading(line: str) -> None:
    """So do people write headings where they have no marks for them."""
    assert blocks.looks_like_heading(line)


@pytest.mark.parametrize(
    "line", ["You need to think bigger.", "Ask yourself:", "Why is this so good?", "walk", "- Walk More Often"]
)
def test_a_sentence_or_a_list_entry_is_no_heading(line: str) -> None:
    """A wrong heading would cut a section in two."""
    assert not blocks.looks_like_heading(line)


def test_markdown_comes_out_as_plain_words() -> None:
    """Marks, addresses and pictures are not read aloud; code is no advice."""
    text = (
        "# Walks\n\n> **Walk** [by the river](http://x.example) *daily*.\n\n![map](m.png)\n\n```\ncode\n```\n- one_two"
    )

    assert texts(text, is_markdown=True) == ["Walks", "Walk by the river daily.", "one_two"]
