"""Of whom she speaks, and the same words as of a man."""

from __future__ import annotations

import pytest

from coach.screen import who
from coach.screen.hear import hear


@pytest.mark.parametrize(
    ("messages", "pronoun"),
    [
        (("he left",), "he"),
        (("she left and took her cat",), "she"),
        (("my partner left, they were kind",), "they"),
        (("what now",), "he"),
        (("do guys come back after they break up with you",), "he"),
        (("she left", "and my brother says he knows her"), "she"),
        (("My boyfriend left me for a girl at work. She is 25, she posts everything",), "he"),
        (("My friends say they'd move on, they don't get it. I miss him",), "he"),
        (("My friends say they'd move on, they don't get it. They never liked that she smokes",), "she"),
        (("She dumped me. My brother says he saw it coming, he always does",), "she"),
        (("My girlfriend left me for him. He is rich, he has a boat",), "she"),
        (("My partner left me, they were kind. My brother says he is sorry",), "they"),
        (("My partner left me and he was cruel",), "he"),
        (("The kids are fine, I love them. They miss their dad, he was a good one",), "he"),
    ],
)
def test_pronouns_are_those_of_her_ex(messages: tuple[str, ...], pronoun: str) -> None:
    """Of the one who left or is missed, else those she says most; he, where she says none."""
    assert who.pronoun_of(messages) == pronoun


@pytest.mark.parametrize(
    ("told", "as_of_a_man"),
    [
        (
            "She hit me and I miss her. Her phone is with her mum.",
            "He hit me and I miss him. His phone is with his mum.",
        ),
        (
            "My wife's brother says he won't speak to her again",
            "My husband's brother says she won't speak to him again",
        ),
        ("I told her I'd leave my girlfriend; she’s angry", "I told him I'd leave my boyfriend; he’s angry"),
        ("He asked himself if it was hers", "She asked herself if it was his"),
        ("they left", "they left"),
    ],
)
def test_the_same_is_told_of_a_man(told: str, as_of_a_man: str) -> None:
    """She and he change places, so that nobody is mixed up with anybody."""
    assert who.as_of_a_man(told) == as_of_a_man


def test_the_second_tier_hears_the_same_of_a_woman() -> None:
    """Pieces and windows are alike; what patterns search is as typed."""
    of_her, of_him = hear("She slapped me. I miss her."), hear("He slapped me. I miss him.")

    assert [p.text for p in of_her.single] == [p.text for p in of_him.single]
    assert of_her.windows == of_him.windows
    assert of_her.flat == " | she slapped me | i miss her | "
