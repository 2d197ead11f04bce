"""A line for whoever left is not said to whoever was left."""

from __future__ import annotations

import pytest

from coach import doings

IF_HE_CHEATED = "If he was the one who cheated, what comes next is up to him."
IF_YOU_CHEATED = "If you cheated, reach out, apologize and own it."
IF_YOU_LEFT = "If you were the one who left, give him time."
IF_HE_LEFT = "If he is the one who ended it, respect that."


@pytest.mark.parametrize(
    ("told", "line", "is_against"),
    [
        ("i cheated on him and he left", IF_HE_CHEATED, True),
        ("i cheated on him and he left", IF_YOU_CHEATED, False),
        ("i cheated on him and he left me", IF_YOU_LEFT, True),
        ("she cheated on me", IF_YOU_CHEATED, True),
        ("we both cheated. I cheated first, then he cheated on me", IF_HE_CHEATED, False),
        ("i was awful to him and he left.", IF_YOU_LEFT, True),
        ("he left his stuff here", IF_YOU_LEFT, False),
        ("my bf dumped me", IF_YOU_LEFT, True),
        ("my boyfriend broke up with me", IF_HE_LEFT, False),
        ("I broke up with him and regret it", IF_HE_LEFT, True),
        ("I left him", IF_HE_LEFT, True),
        ("I left him a voicemail", IF_HE_LEFT, False),
        ("what if I cheated?", IF_HE_CHEATED, False),
        ("I think he cheated", IF_YOU_CHEATED, False),
        ("how long should I wait", IF_YOU_LEFT, False),
        ("i cheated on him", "Take a step back and ask why it ended.", False),
    ],
)
def test_what_was_told_of_one_is_not_supposed_of_the_other(told: str, line: str, is_against: bool) -> None:
    assert doings.goes_against(line, doings.told([told])) is is_against


def test_it_is_remembered_over_the_talk() -> None:
    assert doings.goes_against(IF_HE_CHEATED, doings.told(["i cheated on him", "what can i do?"]))
