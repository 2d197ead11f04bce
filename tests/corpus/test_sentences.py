"""Sentences with their places, as people type them and as articles print them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.sentences import split


@given(st.text(alphabet='ab .!?…\n\t"”’)e.g。é🙂', max_size=80))
def test_a_sentence_stands_where_it_says(text: str) -> None:
    """To the character, whatever the text is; between sentences there is nothing but white space."""
    spans = split(text)

    assert all(text[s.start : s.end] == s.text and s.text for s in spans)
    rest = text
    for span in reversed(spans):
        rest = rest[: span.start] + rest[span.end :]
    assert not rest.strip()


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("He left. I cried! Why?", ["He left.", "I cried!", "Why?"]),
        ("he left\ni cried", ["he left", "i cried"]),
        ("he left... i cried", ["he left...", "i cried"]),
        ("Bring something, e.g. a book. Then go.", ["Bring something, e.g. a book.", "Then go."]),
        ("Mr. Jones called.", ["Mr. Jones called."]),
        ("She said “go away.” Then she left.", ["She said “go away.”", "Then she left."]),
        ("no end", ["no end"]),
        (" \n ", []),
    ],
)
def test_sentences_end_where_people_end_them(text: str, sentences: list[str]) -> None:
    """Full stops, newlines and dots end a sentence; abbreviations do not."""
    assert [s.text for s in split(text)] == sentences
