"""What leans on the message or the question before: answers, insisting. By patterns alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from coach.thread import Facts, Outcome, Screening

Say = Callable[..., Screening]
ASKED = Facts(asked=True)


@pytest.mark.parametrize(
    "answer",
    [
        "yes I do think about it sometimes",
        "yes and I don't know what to do anymore",
        "Yes. What should I text him tomorrow when he comes by?",
        "I do sometimes",
        "I have thought about it",
        "it crosses my mind",
        "no, but I have a plan",
        "not often",
        "not always",
        "no, not tonight",
        "sí, a veces lo pienso",
        "no lo sé",
        "j'y pense",
        "je ne sais pas",
        "ich denke oft daran",
        "ja, manchmal schon",
        "penso nisso",
        "ci ho pensato",
        "no, pero a veces",
        "non mais parfois oui",
    ],
)
def test_a_yes_in_a_sentence_is_a_crisis(say: Say, answer: str) -> None:
    """Whoever was asked whether she thinks of killing herself may answer in more than a word."""
    assert say(answer, facts=ASKED).reply == "crisis.suicide"
    assert say(answer).outcome is not Outcome.CRISIS


@pytest.mark.parametrize(
    "answer",
    [
        "yes he said that he will call on Sunday",
        "maybe he will call",
        "Yes I am fine",
        "No. But I don't see the point of anything.",
        "not that he would care",
        "no one would notice",
        "no, not really",
        "never mind",
        "I would rather not say",
    ],
)
def test_half_an_answer_is_asked_about_once_more(say: Say, answer: str) -> None:
    """It is neither a crisis nor thanked for."""
    screening = say(answer, facts=ASKED)

    assert screening.outcome is None
    assert screening.facts.asked and "unsure" in screening.safety


@pytest.mark.parametrize(
    "answer",
    [
        "no but I miss him",
        "no but what do I text him?",
        "I have thought about texting him",
        "si me escribe, ¿qué hago?",
        "what should I text him?",
        "I think about this breakup all the time",
        "no, I have never thought about it",
    ],
)
def test_who_said_no_or_speaks_of_him_is_not_asked_again(say: Say, answer: str) -> None:
    """Her question is answered."""
    screening = say(answer, facts=ASKED)

    assert screening.outcome is None and not screening.facts.asked


@pytest.mark.parametrize(
    ("request_", "insists"),
    [
        ("Quiero darle celos", "sí, escríbelo"),
        ("je veux le rendre jaloux", "oui, écris-le"),
        ("Ich will ihn eifersüchtig machen", "ja, schreib es"),
        ("quero fazer ciúmes nele", "sim, escreve isso"),
        ("voglio farlo ingelosire", "sì, scrivilo"),
    ],
)
def test_insisting_is_heard_in_her_language(say: Say, request_: str, insists: str) -> None:
    """A decline holds in all six."""
    assert say(request_, insists).reply == "declined.jealousy"


def test_a_decline_is_remembered_for_three_turns(say: Say) -> None:
    """A word of thanks between does not open it; much later nobody knows what "it" is."""
    begun, between = "help me make him jealous", ("thanks", "how do I sleep?")

    assert say(begun, "thanks", "ok write it then").reply == "declined.jealousy"
    assert say(begun, *between, "write it").reply == "declined.jealousy"
    assert say(begun, *between, "ok", "write it").outcome is None


def test_a_bare_yes_to_something_else_is_not_insisting(say: Say) -> None:
    """It answers what was said last."""
    assert say("help me make him jealous", "how do I sleep?", "yes please").outcome is None
