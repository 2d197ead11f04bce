"""The nouns: what a digest covers, what survives being written down, how passages are tied."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from fakes import RESTS, TIE, WALKS, tiny_corpus

from corpus.passage import Label, Passage, Stage

ONE = WALKS[0]


@pytest.mark.parametrize(
    "change",
    [
        {"text": "Other."},
        {"line": "Other."},
        {"label": Label.CONTESTED},
        {"because": "It may be so."},
        {"stages": (Stage.MEETING,)},
        {"safe_with": ()},
        {"asked": ("why?",)},
        {"line_support": 0.5},
    ],
)
def test_a_digest_changes_with_everything_that_is_stored(change: dict[str, object]) -> None:
    """Ingest skips by digest, so nothing may change behind it."""
    assert replace(ONE, **change).digest != ONE.digest  # type: ignore[arg-type]


def test_a_passage_survives_json() -> None:
    """What the store writes down reads back as the same value."""
    for passage in (*WALKS, *RESTS):
        assert Passage.from_dict(json.loads(json.dumps(passage.as_dict()))) == passage


def test_a_line_key_names_this_line_of_this_text() -> None:
    """A stored support is lost when the line or the text is edited, and survives every other edit."""
    assert replace(ONE, line="Other.").line_key != ONE.line_key
    assert replace(ONE, text="Other.").line_key != ONE.line_key
    assert replace(ONE, asked=()).line_key == ONE.line_key


def test_the_digest_of_a_corpus_changes_with_its_contradictions() -> None:
    """Equal digests give equal answers, so a tie counts as much as a text."""
    assert tiny_corpus().digest == tiny_corpus().digest
    assert tiny_corpus(ties=()).digest != tiny_corpus().digest


def test_a_tie_names_the_passages_of_the_other_sides() -> None:
    """And nothing for a passage that stands on no side."""
    corpus = tiny_corpus()

    assert corpus.ties("walks#write/1") == ((TIE, ("rests#write/1",)),)
    assert corpus.ties("walks#sleep/1") == ()


def test_an_unknown_article_is_a_key_error() -> None:
    """The caller decides what that means."""
    with pytest.raises(KeyError, match="runs"):
        tiny_corpus().article("runs")
