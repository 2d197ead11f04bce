"""Quotes: exact to the character, short, and taken from the right place."""

from __future__ import annotations

from fakes import WordEmbedder
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus import quote

WORDS = st.sampled_from(
    ["walk", "and", "sleep,", "because", "he", "naïve", "“left”", "home.", "Why?", "now;", "–", "\n"]
)


@given(st.lists(WORDS, min_size=1, max_size=90).map(" ".join).filter(str.strip))
def test_a_quote_is_exact_and_short(text: str) -> None:
    """Whatever may be quoted stands in the text as it is said to, in at most 30 words."""
    options = quote.options(text)

    assert options.spans
    assert all(text[s.start : s.end] == s.text for s in options.spans)
    assert all(len(s.text.split()) <= quote.MAX_QUOTE_WORDS for s in options.spans)


@settings(max_examples=20)
@given(st.lists(WORDS, min_size=5, max_size=60).map(" ".join).filter(str.strip))
def test_a_found_quote_is_one_that_may_be_quoted(text: str) -> None:
    """The span that is found is one of those."""
    start, end = quote.find("walk home", text, WordEmbedder())

    assert text[start:end] in quote.options(text).texts


def test_the_quote_is_the_sentence_that_says_it(words: WordEmbedder) -> None:
    """Not its neighbours, and not both where one is enough."""
    text = "Bread needs salt. A walk in the evening brings sleep. Rain is wet."
    start, end = quote.find("an evening walk brings sleep", text, words)

    assert text[start:end] == "A walk in the evening brings sleep."


def test_a_long_sentence_is_quoted_by_its_clause(words: WordEmbedder) -> None:
    """The clause that says it, without the forty words around it."""
    text = (
        f"{'Bread and salt are good ' * 5}, because a walk in the evening brings sleep, {'and rain is very wet ' * 4}."
    )
    start, end = quote.find("a walk in the evening brings sleep", text, words)

    assert text[start:end] == "because a walk in the evening brings sleep"
