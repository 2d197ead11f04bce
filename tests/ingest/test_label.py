"""Foreign passages get the gravest label of their sentences, and their own best sentence for a line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from corpus.passage import Aim, Label, Passage, Stage
from corpus.tactics import Judge, Tactics
from ingest import foreign
from ingest.label import Labeller, clean


@pytest.fixture
def label(embedder: Any, tactics: Tactics) -> Labeller:
    return Labeller(embedder, lambda: Judge(embedder, tactics), known={})


def passages(label: Labeller, text: str) -> tuple[Passage, ...]:
    return label.passages(foreign.read(Path("walks.txt"), text))


def test_a_passage_with_a_tactic_is_manipulative_and_its_line_reports_it(label: Labeller) -> None:
    """A tactic is kept because the article says it, and told as the article's."""
    (passage,) = passages(label, "Sleep well tonight. You should make him jealous with a photo. Eat something warm.")

    assert passage.label is Label.MANIPULATIVE
    assert passage.because == "It works by making him jealous."
    assert passage.line == "The article says: “You should make him jealous with a photo.”"


def test_a_quote_is_the_sentence_that_the_line_was_made_of(label: Labeller) -> None:
    """`text[start:end]` is exact, so the support of such a line is 1."""
    (passage,) = passages(label, "Rain fell. However, you make him jealous (again)!")

    assert passage.text[slice(*passage.quote)] == "However, you make him jealous (again)!"
    assert (passage.line, passage.line_support) == ("The article says: “You make him jealous.”", 1.0)


def test_what_nobody_judged_is_held_back_under_every_caveat(label: Labeller) -> None:
    """An allow-list that nobody wrote is empty; advice nobody placed is taken as aimed at him and for any stage."""
    (passage,) = passages(label, "You make him jealous.")

    assert (passage.safe_with, passage.aim, passage.stages, passage.asked) == ((), Aim.HIM, tuple(Stage), ())


def test_text_that_was_labelled_before_is_not_judged_again(embedder: Any) -> None:
    """The second ingest needs neither the model nor the judge."""
    known = Passage("old#s/1", "old", "s", "T", "You walk by the river.", "Walk.", label=Label.CONTESTED, because="x")
    label = Labeller(embedder, judge=lambda: pytest.fail("asked for"), known={known.text: known})
    (passage,) = passages(label, known.text)

    assert (passage.id, passage.line, passage.label) == ("walks#intro/1", "Walk.", Label.CONTESTED)
    assert embedder.asked == []


@pytest.mark.parametrize(
    ("sentence", "line"),
    [
        ("However, you should rest!", "You should rest."),
        ("And so, remember: sleep (if you can) well", "Sleep well."),
        ("“Walk every day, she said.", "Walk every day, she said."),
        ("Why not walk?", "Why not walk?"),
        ("Ask yourself:", "Ask yourself."),
    ],
)
def test_a_line_stands_alone(sentence: str, line: str) -> None:
    """Lead-ins, brackets and open quotation marks belong to the text around a sentence."""
    assert clean(sentence) == line
