"""What counts as saying back: only what she told, to "you", with nobody mixed up."""

from __future__ import annotations

import pytest

from coach import hearing


@pytest.mark.parametrize(
    ("sentence", "does"),
    [
        ("You cannot sleep since he left you on Sunday.", True),
        ("He left on Sunday, and you lie awake.", True),
        ("You are wondering how to sleep after he left.", True),
        ("You should sleep since he left you.", False),
        ("You cannot sleep since he left; try to rest.", False),
        ("You lie awake, and it is normal.", False),
        ("He left on Sunday because he loves you deeply still.", False),
        ("I am sorry he left you on Sunday.", False),
        ("Why did he leave you on Sunday?", False),
        ("You cannot sleep.", False),
        ("You cannot sleep since he left you on Sunday", False),
        ("", False),
    ],
)
def test_saying_back_holds_no_advice_and_nothing_new(sentence: str, does: bool) -> None:
    """Only what she told, to "you", in one whole sentence."""
    told = "he left me on sunday and I lie awake, I cannot sleep"

    assert hearing.is_saying_back(sentence, told) is does


@pytest.mark.parametrize(
    ("message", "sentence", "does"),
    [
        ("he looked so relieved at the door, i looked away", "He looked so relieved at the door.", True),
        ("he looked so relieved at the door", "You looked so relieved at the door.", False),
        ("every night before sleep i check who liked his pics", "You check who liked your pics before sleep.", False),
        ("my mum liked his pics, every night i check", "Your mum liked his pics, and you check every night.", True),
        ("congratulate him on the nursing course or not", "You are wondering whether to congratulate her.", False),
        ("we agreed to end it with a hug", "You agreed to end it with a hug.", True),
        ("he asked for space and I took it", "You asked for space, and he took it.", False),
        ("he asked for space and I asked for time", "You asked for time, and he asked for space.", True),
    ],
)
def test_nobody_is_mixed_up(message: str, sentence: str, does: bool) -> None:
    """A small model swaps who did what; the verifier passes it at 0.9."""
    assert hearing.is_saying_back(sentence, message) is does


@pytest.mark.parametrize(
    ("message", "question"),
    [
        ("He left in May. Should I write to him now?", "Should I write to him now?"),
        ("Should I write to him? And how do I say it?", "And how do I say it?"),
        ("how do I sleep", "how do I sleep"),
        ("He left in May and I keep his cup.", ""),
        ("He left in May. Why?", ""),
        ("It was May. When he left I cried.", ""),
        ("he left in may\ni keep his cup\nshould i write to him now?", "should i write to him now?"),
        ("can't stop crying since he left", ""),
        ("what he did was cruel", ""),
        ("do not tell me to move on", ""),
        ("He left. What is wrong with me that I still wait?", ""),
        ("how do i stop being so needy", ""),
        ("is it " + "very " * 40 + "late?", ""),
    ],
)
def test_her_last_question_is_said_back(message: str, question: str) -> None:
    """Alone, without its story, with or without a question mark; of one word there is nothing to say back."""
    assert hearing.question_in(message) == question
