"""The question about suicide: what counts as yes, as no, and as half an answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from coach import replies
from coach.screen.guardrails import Guardrails
from coach.screen.hear import Heard
from coach.thread import Outcome, Screening, Thread
from tests.coach.screen.conftest import HashEmbedder, Silent

Say = Callable[..., Screening]


class Near(Silent):
    """A second tier that is always unsure of a crisis."""

    def is_near(self, name: str, heard: Heard) -> bool:
        return name == "crisis"


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ("yes", Outcome.CRISIS),
        ("sometimes, at night", Outcome.CRISIS),
        ("i think so", Outcome.CRISIS),
        ("not tonight", Outcome.CRISIS),
        ("not sure", Outcome.CRISIS),
        ("no idea", Outcome.CRISIS),
        ("no more than usual", Outcome.CRISIS),
        ("yes he said that he will call on Sunday", None),
    ],
)
def test_yes_to_that_question_is_a_crisis(answer: str, outcome: Outcome | None) -> None:
    """And only to that question."""
    rails = Guardrails(HashEmbedder(), second_tier=Near())
    asked = rails.message("the mornings are the worst of it now", Thread("t"))

    assert asked.outcome is None and asked.facts.asked and "unsure" in asked.safety
    assert rails.message(answer, Thread("t", facts=asked.facts)).outcome is outcome
    assert rails.message(answer, Thread("t")).outcome is None


@pytest.mark.parametrize("language", ["en", "es", "fr", "de", "pt", "it"])
def test_each_answer_to_tap_is_heard(language: str) -> None:
    """Yes and maybe are a crisis, no is thanked for, in every language that the question is asked in."""
    rails = Guardrails(HashEmbedder(), second_tier=Near())
    asked = rails.message("the mornings are the worst of it now", Thread("t"))
    thread = Thread("t", facts=asked.facts.having(language=language))

    yes, no, maybe = replies.load().choices(replace(asked, language=language))

    said = [rails.message(word, thread) for word in (yes, maybe, no)]
    assert [screening.outcome for screening in said[:2]] == [Outcome.CRISIS, Outcome.CRISIS]
    assert said[2].reply == "courtesy.not_that"
    assert {screening.language for screening in said} == {language}


@pytest.mark.parametrize("answer", ["no one would notice", "no point", "not that he would care", "never mind"])
def test_what_only_begins_like_a_no_is_not_thanked_for(answer: str) -> None:
    """A question about dying is not closed by half an answer."""
    rails = Guardrails(HashEmbedder(), second_tier=Near())
    asked = rails.message("the mornings are the worst of it now", Thread("t")).facts

    assert rails.message(answer, Thread("t", facts=asked)).reply != "courtesy.not_that"


def test_no_to_that_question_is_thanked_for_and_not_asked_again() -> None:
    """A bare "no" is an answer, not a question that the articles are silent on."""
    rails = Guardrails(HashEmbedder(), second_tier=Near())
    asked = rails.message("the mornings are the worst of it now", Thread("t")).facts

    answered = rails.message("no, never", Thread("t", facts=asked))
    goes_on = rails.message("the evenings are long too", Thread("t", facts=asked))

    assert (answered.outcome, answered.reply) == (Outcome.ANSWERED, "courtesy.not_that")
    assert goes_on.outcome is None and not goes_on.facts.asked
