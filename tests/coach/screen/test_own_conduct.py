"""What she did: told it is helped, planned or going on it is declined, in defence it is abuse by him. By exact patterns."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from coach.thread import CaveatKind, Outcome, Screening

Say = Callable[..., Screening]


@pytest.mark.parametrize(
    "message",
    [
        "I slapped him last night, what do I do right now?",
        "I hit him once and I think about it every day",
        "I punched him and I am crying right now",
        "I hit him because he cheated",
        "I hit him when he told me it was over",
        "I slapped him and tomorrow I see my therapist",
        "It has been a day now since I slapped him",
    ],
)
def test_what_is_told_as_past_is_not_declined(say: Say, message: str) -> None:
    """A word for the present beside it says nothing of what goes on."""
    screening = say(message)

    assert screening.outcome is None
    assert screening.facts.caveats == (CaveatKind.OWN_CONDUCT,)


@pytest.mark.parametrize(
    "message",
    [
        "I check his phone every night",
        "I still read his messages every morning",
        "I drive past his house every night to see if his car is there",
        "I show up at his work every week",
        "I hit him every week",
        "I hit him when he lies",
        "I slap him when he talks back",
        "I am sitting outside his house right now",
        "I read his emails every day",
        "I waited outside his house and tomorrow I will go back",
    ],
)
def test_what_goes_on_is_declined(say: Say, message: str) -> None:
    """It is still to be stopped."""
    assert say(message).outcome is Outcome.DECLINED


@pytest.mark.parametrize(
    ("told", "then"),
    [
        ("I hit him in the face", "it was self-defence, he was strangling me"),
        ("I hit him in the face", "It was only self defense"),
        ("I hit him in the face", "I did it to protect my kids"),
        ("I hit him in the face", "I had to defend myself"),
        ("I hit him in the face", "fue en defensa propia"),
        ("I hit him in the face", "c'était de la légitime défense"),
        ("I hit him in the face", "es war Notwehr"),
        ("I hit him in the face", "foi em legítima defesa"),
        ("I hit him in the face", "è stata legittima difesa"),
        ("he left", "I bit him because he would not let me go"),
        ("he left", "I scratched him when he was choking me"),
        ("he left", "I kicked him so he would let go"),
        ("he left", "I hit him in the face to get away"),
    ],
)
def test_self_defence_is_abuse_by_him(say: Say, told: str, then: str) -> None:
    """The coach asks her to say so; said, it is heard."""
    screening = say(told, then)

    assert screening.outcome is None
    assert screening.facts.caveats == (CaveatKind.ABUSE,)


@pytest.mark.parametrize(
    ("told", "then"),
    [
        ("I hit him in the face", "it was not self-defence"),
        ("I hit him in the face", "can I say it was self-defence?"),
        ("I hit him in the face", "I blocked him to protect myself"),
        ("I hit him in the face", "how do I protect myself from being hurt again?"),
        ("I hit him in the face", "he started it"),
    ],
)
def test_what_is_no_self_defence_lifts_nothing(say: Say, told: str, then: str) -> None:
    """Nor does it make him one who abuses."""
    assert say(told, then).facts.caveats == (CaveatKind.OWN_CONDUCT,)


def test_self_defence_leaves_what_is_planned_declined(say: Say) -> None:
    """Violence that is still to come defends nobody."""
    assert say("It was self-defence. I'm going to key his car tonight").outcome is Outcome.DECLINED


def test_self_defence_without_a_blow_tells_of_nothing(say: Say) -> None:
    """A course is no fight."""
    assert say("I had to defend myself at judo").facts.caveats == ()


@pytest.mark.parametrize(
    ("message", "is_told"),
    [
        ("I keep checking his instagram every night", False),
        ("i check her facebook all the time and I hate it", False),
        ("I read his messages while he slept", True),
        ("I hacked his instagram", True),
        ("i went through her phone", True),
    ],
)
def test_looking_at_what_anybody_may_see_is_not_watching(say: Say, message: str, is_told: bool) -> None:
    """Whoever wants to stop looking at a page needs no word on frightening people."""
    assert say(message).facts.own_conduct is is_told
