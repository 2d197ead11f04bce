"""What is searched for: the message, what it leans on, and the stage it tells of."""

from __future__ import annotations

import pytest

from coach import query
from coach.thread import Facts
from corpus.passage import Stage


@pytest.mark.parametrize(
    "message", ["and if he doesn't answer?", "why?", "what about his birthday", "is that too soon?"]
)
def test_a_follow_up_leans_on_what_was_said(message: str) -> None:
    """Short, or opened by a joining word, or with nothing to point at."""
    made = query.make(message, ("should I text him?",), Facts())

    assert (made.text, made.earlier) == (message, "should I text him?")


@pytest.mark.parametrize("message", ["My friends all tell me to delete his number and block him everywhere right away"])
def test_a_message_that_stands_on_its_own_leans_on_nothing(message: str) -> None:
    """However many turns there were."""
    assert query.make(message, ("should I text him?",), Facts()).earlier == ""


def test_a_follow_up_to_a_follow_up_reaches_back_further() -> None:
    """ "and then?" after "and if he doesn't?" is still about the text."""
    made = query.make("and then?", ("should I text him?", "and if he doesn't answer?"), Facts())

    assert made.earlier == "should I text him? and if he doesn't answer?"


@pytest.mark.parametrize(
    ("message", "stage"),
    [
        ("he left me two days ago", Stage.JUST_HAPPENED),
        ("He left five days ago and I want him back", Stage.JUST_HAPPENED),
        ("he left his keys here yesterday", None),
        ("she left two voicemails yesterday", None),
        ("He left six months ago and he texted me yesterday", Stage.FIRST_CONTACT),
        ("I haven't heard from him in weeks", Stage.SILENCE),
        ("he just texted me", Stage.FIRST_CONTACT),
        ("we are meeting for coffee on Friday", Stage.MEETING),
        ("we've been talking again since March", Stage.TALKING_AGAIN),
        ("we got back together", Stage.BACK_TOGETHER),
        ("how do I let him go", Stage.LETTING_GO),
        ("what is love", None),
    ],
)
def test_a_message_tells_its_stage(message: str, stage: Stage | None) -> None:
    """By what is said in it; the latest in a story wins."""
    assert query.stage_of(message) == stage


def test_a_stage_is_kept_until_another_is_told() -> None:
    """From the thread's facts."""
    facts = Facts(stage=Stage.SILENCE)

    assert query.make("what is love to a man like him, do you think?", (), facts).stage is Stage.SILENCE
    assert query.make("he just texted me", (), facts).stage is Stage.FIRST_CONTACT


@pytest.mark.parametrize(
    ("messages", "pronoun"),
    [
        (("he left",), "he"),
        (("she left and took her cat",), "she"),
        (("my partner left, they were kind",), "they"),
        (("what now",), "he"),
        (("she left", "and my brother says he knows her"), "she"),
    ],
)
def test_pronouns_are_those_she_says_most(messages: tuple[str, ...], pronoun: str) -> None:
    """He, where she says none."""
    assert query.pronoun_of(messages) == pronoun


@pytest.mark.parametrize(
    ("message", "courtesy"),
    [
        ("thanks, that helped", "thanks"),
        ("Thank you so much for listening!", "thanks"),
        ("good night then", "goodbye"),
        ("Thanks. He hit me again last night", ""),
        ("Thank you. I took all my pills", ""),
        ("ok thanks, i think i am done with life", ""),
        ("goodbye everyone", ""),
        ("bye, i can't do this anymore", ""),
    ],
)
def test_a_courtesy_is_nothing_else(message: str, courtesy: str) -> None:
    """Whatever is told in the same breath is heard."""
    assert query.courtesy_of(message) == courtesy
