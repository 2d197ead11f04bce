"""What may leave: sentences that a model wrote, and lines."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from coach.screen.guardrails import Guardrails
from coach.screen.hear import Heard
from coach.screen.policy import Hit
from coach.thread import Facts, Screening, Verdict
from corpus.passage import Corpus, Label
from tests.coach.screen.conftest import HashEmbedder, Silent

Say = Callable[..., Screening]


@pytest.mark.parametrize(
    ("sentence", "facts", "policy_name"),
    [
        ("He will come back to you.", Facts(), "promise"),
        ("You are wondering how to say it, and he still loves you.", Facts(), "promise"),
        ("Your ex is a narcissist.", Facts(), "diagnosis"),
        ("Send him a short message tonight.", Facts(no="said"), "contact"),
        ("Get him back by being kind.", Facts(abuse=True), "contact"),
        ("Apologise for your part in it.", Facts(abuse=True), "faults"),
        ("Wear something sexy and get a new haircut.", Facts(minor=True), "looks"),
        ("Post a photo with another guy to make him jealous.", Facts(), "manipulation"),
        ("Call 555 123 4567 for advice.", Facts(), "invented"),
        ("Studies show that it works.", Facts(), "invented"),
        ("In time he comes back.", Facts(), "promise"),
        ("You are right that he watched it for a reason.", Facts(), "premise"),
        ("Yes, he is thinking of you.", Facts(), "premise"),
        ("He surely still has feelings for you.", Facts(), "promise"),
        ("Send him a short text tonight, no pressure.", Facts(no="said"), "contact"),
        ("Do not wait another day and text him.", Facts(no="said"), "contact"),
        ("Try couples therapy, it is never too late.", Facts(abuse=True), "faults"),
        ("It is never too late to try couples therapy.", Facts(abuse=True), "faults"),
        (
            "Post a photo with another guy to make him jealous, there is nothing wrong with that.",
            Facts(),
            "manipulation",
        ),
    ],
)
def test_a_sentence_that_may_not_leave_is_named(
    guardrails: Guardrails, sentence: str, facts: Facts, policy_name: str
) -> None:
    """The record says what it may not say."""
    records = guardrails.sentence(sentence, facts)

    assert policy_name in {r.policy for r in records if r.verdict is Verdict.FAIL}


@pytest.mark.parametrize(
    ("sentence", "facts"),
    [
        ("Send him a short message that asks nothing.", Facts()),
        ("You are wondering whether he still loves you.", Facts()),
        ("Do not try to make him jealous.", Facts()),
        ("Making him jealous with a photo backfires.", Facts()),
        ("A photo with another man to make him jealous never works.", Facts()),
        ("Do not ask whom he saw while you were apart or watch his likes.", Facts()),
        ("You are wondering whether he still has feelings for you.", Facts()),
        ("Never under any circumstances text him.", Facts(no="said")),
        ("Let off steam when you need to, and do not use it to wound him.", Facts(no="said")),
        ("Write the letter and do not send it.", Facts(no="said")),
        ("Take at least thirty days for yourself.", Facts(no="said")),
        ("Listen when friends warn you about an abusive relationship.", Facts(abuse=True)),
        ("Meet a friend and go for a walk.", Facts(minor=True)),
    ],
)
def test_a_kind_sentence_leaves(guardrails: Guardrails, sentence: str, facts: Facts) -> None:
    """The output rail is no mute."""
    assert [r.verdict for r in guardrails.sentence(sentence, facts)] == [Verdict.PASS]


class Doubting(Silent):
    """A second tier that doubts every pattern."""

    def doubts(self, name: str, heard: Heard, hit: Hit) -> bool:
        return True


def test_what_the_coach_says_is_held_to_the_patterns() -> None:
    """The second tier learnt from what people say to a coach; of a sentence that leaves it has no say."""
    rails = Guardrails(HashEmbedder(), second_tier=Doubting())

    records = rails.sentence("Post a photo with another man to make him jealous.", Facts())

    assert any(record.verdict is Verdict.FAIL for record in records)


@pytest.mark.weights
def test_no_line_is_held_back_where_nothing_was_told(real_corpus: Corpus) -> None:
    """A line that a rail holds back leaves its source beside no sentence: advice against a tactic names it, and is said."""
    rails = Guardrails(HashEmbedder(), second_tier=Silent())
    held = {
        p.id: [
            (r.policy, r.evidence)
            for r in rails.sentence(p.line, Facts(), exact_only=True)
            if r.verdict is Verdict.FAIL
        ]
        for p in real_corpus
        if p.label is not Label.MANIPULATIVE
    }

    assert {passage: found for passage, found in held.items() if found} == {}
