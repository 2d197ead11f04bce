"""Her age, and who is a danger to her: in any order and in six languages. By patterns alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from coach.thread import Screening

Say = Callable[..., Screening]


@pytest.mark.parametrize(
    "messages",
    [
        ("My boyfriend is 27", "I am 15"),
        ("he raped me", "what do I do now?", "I am 15 years old"),
        ("I am 15 and he is 43",),
        ("I am 16", "he is 71 and very kind"),
        ("tengo 15 años y él me violó",),
        ("tengo 16 años y estoy embarazada",),
        ("j'ai 15 ans et mon copain a 24 ans",),
        ("ich bin 15 und mein freund ist 32",),
        ("tenho 16 anos e ele tem 30 anos",),
        ("ho 15 anni e lui ne ha 28",),
    ],
)
def test_a_minor_in_danger_is_urgent_in_whatever_order_it_is_told(say: Say, messages: tuple[str, ...]) -> None:
    """What was told before her age counts as much as what comes after."""
    assert say(*messages).facts.minor_urgent


@pytest.mark.parametrize(
    "messages",
    [
        ("My boyfriend is 27",),
        ("I am 15 and he is 16",),
        ("he is 27 minutes late", "I am 15"),
        ("il y a 20 ans", "j'ai 15 ans"),
    ],
)
def test_without_age_or_danger_nothing_is_urgent(say: Say, messages: tuple[str, ...]) -> None:
    """A grown-up with a grown-up, and two of an age, are none."""
    assert not say(*messages).facts.minor_urgent


@pytest.mark.parametrize("message", ["I am 15 years old", "At 15 I am already heartbroken", "i am a 15 year old girl"])
def test_her_age_is_heard_as_people_say_it(say: Say, message: str) -> None:
    """With "years old" and without."""
    assert say(message).facts.minor


@pytest.mark.parametrize(
    "message",
    [
        "I am 15 years into this marriage",
        "I am 16 years older than him",
        "After 15 years he left me",
        "our house is 15 years old",
        "my 14 year old son cries",
        "At 15 I was happy",
    ],
)
def test_other_years_are_no_age(say: Say, message: str) -> None:
    """Of a marriage, a house, a son, a memory."""
    assert not say(message).facts.minor
