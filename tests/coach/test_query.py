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
    ("said", "earlier"),
    [
        (
            ("should I text him?", "and if he doesn't answer?", "how long?"),
            "should I text him? and if he doesn't answer? how long?",
        ),
        (("should I text him?", "thank you 🙏"), "should I text him?"),
        (("he left me in May", "should I text him?", "why?"), "should I text him? why?"),
    ],
)
def test_a_follow_up_reaches_back_to_what_stands_on_its_own(said: tuple[str, ...], earlier: str) -> None:
    """Over other follow-ups and thanks, and no further."""
    assert query.make("and then?", said, Facts()).earlier == earlier


@pytest.mark.parametrize(
    ("message", "does"),
    [
        ("how long do I boil an egg?", True),
        ("what about the weather tomorrow?", True),
        ("and if he doesn't answer?", False),
        ("and tomorrow night?", False),
        ("how long?", False),
        ("what about his birthday party", False),
        ("why is that better than waiting", False),
    ],
)
def test_a_follow_up_may_name_things_of_its_own(message: str, does: bool) -> None:
    """Two of them, and nobody who was spoken of."""
    assert query.make(message, ("should I text him?",), Facts()).names_a_thing is does


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
        ("How do I get back together with him?", None),
        ("is it too soon to ask him to get back together", None),
        ("how to react when she rejects getting back together", None),
        ("can we just get back together without talking about the old stuff", None),
        ("third time we want to get back together, twice it fell apart", None),
        ("I dreamed we were back together at his parents'", None),
        ("if we are back together by June I win the bet", None),
        ("he got back together with his ex", None),
        ("he moved back in with his parents", None),
        ("my ex wants us back together", None),
        ("do we need rules after getting back together", Stage.BACK_TOGETHER),
        ("my gf and i got back together after four months apart", Stage.BACK_TOGETHER),
        ("We've been back together for five months", Stage.BACK_TOGETHER),
        ("we've just moved back together", Stage.BACK_TOGETHER),
        ("Got back together, something feels off already", Stage.BACK_TOGETHER),
        ("we go to the same pub since we got back together", Stage.BACK_TOGETHER),
        ("My neighbour invited me for dinner", None),
        ("I drink a bit too much wine", None),
        ("cant sleep, living on coffee and toast", None),
        ("He ended it over dinner", None),
        ("I met him at a party", None),
        ("I want to meet someone new", None),
        ("he ended it face to face", None),
        ("we're finally having coffee on sunday after 3 months", Stage.MEETING),
        ("We might have coffee next month", Stage.MEETING),
        ("We've had coffee twice and i acted totally chill", Stage.MEETING),
        ("do i wear it to our coffee on sunday", Stage.MEETING),
        ("he wants to meet for dinner", Stage.MEETING),
        ("she asked me out for a drink", Stage.MEETING),
        ("evening drinks or daytime for seeing her again", Stage.MEETING),
        ("dinner at mine or coffee for first time seeing ex?", Stage.MEETING),
        ("what do I do when I run into him", Stage.MEETING),
        ("should I tell him in person", Stage.MEETING),
        ("he's been texting another girl", None),
        ("he has been talking to his ex again", None),
        ("will we ever start talking again", None),
        ("we are not talking", None),
        ("we're talking again since last week", Stage.TALKING_AGAIN),
        ("We started talking properly again on Monday", Stage.TALKING_AGAIN),
        ("We talk every couple of days now", Stage.TALKING_AGAIN),
        ("he started texting me again", Stage.TALKING_AGAIN),
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
    ("message", "courtesy"),
    [
        ("thanks, that helped", "thanks"),
        ("Thank you so much for listening!", "thanks"),
        ("good night then", "goodbye"),
        ("thank you 🙏", "thanks"),
        ("tysm!!", "thanks"),
        ("hello", "hello"),
        ("hi, how are you?", "hello"),
        ("Hi, can you help me?", "hello"),
        ("hey... is anyone there?", "hello"),
        ("ok thanks bye", "goodbye"),
        ("ok", "ok"),
        ("Makes sense.", "ok"),
        ("ok, got it 👍", "ok"),
        ("haha ok thanks", "thanks"),
        ("yeah. thanks for listening", "thanks"),
        ("thank you. you're kind", "thanks"),
        ("yeah thanks for nothing, i'm done", ""),
        ("are you a real person?", "who"),
        ("am I talking to a bot or a human", "who"),
        ("who are you", "who"),
        ("what can you help me with?", "who"),
        ("are you a therapist or can you stop me", ""),
        ("yes", ""),
        ("sure", ""),
        ("ok and then?", ""),
        ("hi, can you help me get him back?", ""),
        ("good night 💊", ""),
        ("bye 🔪", ""),
        ("thank you for everything, goodbye", ""),
        ("ok bye everyone", ""),
        ("makes sense to end it all", ""),
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
