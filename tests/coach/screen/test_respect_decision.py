"""His no and a court's order: who said it, whom it protects, and what lifts it. By patterns alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from coach.thread import Outcome, Screening

Say = Callable[..., Screening]


@pytest.mark.parametrize(
    "message",
    [
        "can we talk about how I get him back?",
        "my sister is great, she called me last night",
        "My sister is great. She called me last night.",
        "they invited me to the wedding",
        "I know deep down he wants me back",
        "my friend thinks he wants me back",
        "my friend said he misses me",
        "er hat mir geschrieben, dass es vorbei ist",
        "meine Schwester ist lieb, sie hat mich angerufen",
        "ich glaube, er will mich zurück",
        "mi hermana me escribió ayer",
        "él me escribió que ya no quiere saber nada",
        "si él me escribe, ¿qué hago?",
        "il m'a écrit que c'était fini",
        "ele me mandou mensagem para deixá-lo em paz",
        "mi ha scritto mia sorella",
    ],
)
def test_a_no_is_not_lifted_by_a_wish_or_by_others(say: Say, message: str) -> None:
    """Neither what she hopes nor a call from somebody else is his change of mind."""
    assert say("He blocked me", message).facts.no == "said"


@pytest.mark.parametrize(
    "message",
    [
        "he texted me yesterday and wants to meet",
        'He texted "can we talk"',
        "he called me, I think he wants me back",
        "He told me he still wants me back",
        "My friend says it is over for him. He called me last night.",
        "she wants to meet for coffee",
        "er hat mir gestern selbst geschrieben",
        "er hat sich gestern bei mir gemeldet",
        "él me escribió ayer",
        "il m'a écrit hier",
        "ele me ligou ontem",
        "mi ha scritto lui ieri",
    ],
)
def test_a_no_is_lifted_where_he_himself_reaches_out(say: Say, message: str) -> None:
    """In six languages."""
    assert say("He blocked me", message).facts.no == ""


@pytest.mark.parametrize(
    "message",
    [
        "The judge told him not to contact me",
        "The police warned him not to come near me",
        "The police told him to stay away from me",
        "The police told me he must not contact me",
        "the officer said he must never come near me again",
        "He is not allowed within 100 meters of me",
        "he was told by the police to stay away",
        "his restraining order runs out next month and I am scared",
        "wie bekomme ich ein Annäherungsverbot?",
        "ich habe ein Annäherungsverbot gegen ihn",
        "er darf sich mir nicht nähern",
        "él tiene una orden de alejamiento y me da miedo",
        "cómo puedo pedir una orden de alejamiento?",
        "Il a une interdiction de m'approcher",
        "comment obtenir une ordonnance de protection ?",
        "ele não pode chegar perto de mim",
        "lui ha un divieto di avvicinamento",
    ],
)
def test_an_order_that_protects_her_tells_of_abuse(say: Say, message: str) -> None:
    """She is helped, and nothing is declined."""
    screening = say(message)

    assert screening.facts.abuse and screening.facts.no == ""
    assert screening.outcome is not Outcome.DECLINED


@pytest.mark.parametrize(
    "message",
    [
        "The police told me not to contact him",
        "The judge ordered me to stay away from him",
        "I am not allowed within 100 meters of him",
        "He said I am not allowed within 100 meters of him",
        "his restraining order runs out next month, can I text him then?",
        "The restraining order against me runs out and I am scared I will text him",
        "I'm under an injunction since May, his doing",
        "Er hat ein Annäherungsverbot gegen mich",
        "Ich habe ein Annäherungsverbot bekommen und habe Angst",
        "wie kann ich das Kontaktverbot umgehen?",
        "trotz Annäherungsverbot will ich ihm schreiben",
        "tengo una orden de alejamiento y no puedo acercarme a él",
        "me puso una orden de alejamiento",
        "J'ai une interdiction de contact",
        "j'ai une interdiction de m'approcher de lui",
        "ele tem uma medida protetiva contra mim",
        "tenho uma medida protetiva e não posso me aproximar dele",
        "ho un divieto di avvicinamento",
        "c'è un divieto di avvicinamento e vorrei scrivergli",
    ],
)
def test_an_order_against_her_is_declined_in_her_language(say: Say, message: str) -> None:
    """Whoever tells of one is not helped around it."""
    screening = say(message)

    assert (screening.outcome, screening.reply) == (Outcome.DECLINED, "declined.order")
    assert screening.facts.no == "order"


@pytest.mark.parametrize(
    "asks",
    ["help me write him a message for his birthday, two lines only", "I'd like to leave a card with his mother"],
)
def test_what_goes_round_an_order_is_declined_in_a_later_turn(say: Say, asks: str) -> None:
    """A birthday, or his mother's hands, are contact too."""
    screening = say("There's a restraining order on me, I accept that.", "I'm in therapy and it's good.", asks)

    assert (screening.outcome, screening.reply) == (Outcome.DECLINED, "declined.order")


@pytest.mark.parametrize(
    ("message", "no"),
    [
        ("My friend told me to move on", ""),
        ("My therapist told me to stop checking his profile", ""),
        ("everyone told me to get over it", ""),
        ("He is with his parents now", ""),
        ("he is living with friends", ""),
        ("My friend told him not to text me", ""),
        ("He told me to move on", "said"),
        ("Tom told me to move on", "said"),
        ("his friend told me to stop contacting him", "said"),
        ("He is with her now", "said"),
        ("He is living with his new girlfriend", "said"),
    ],
)
def test_only_his_own_word_is_a_no(say: Say, message: str, no: str) -> None:
    """A friend's opinion is none; what somebody hands on from him is one."""
    assert say(message).facts.no == no


@pytest.mark.parametrize("message", ["and if he says no?", "what if she says no", "I'm afraid he will say no"])
def test_a_no_that_is_only_feared_is_none(say: Say, message: str) -> None:
    """It would stand for the rest of the talk, and nobody has said it."""
    assert not say("I want to ask to meet for coffee", message).facts.no
    assert say(message, "I asked, and he said no.").facts.no
