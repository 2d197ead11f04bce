"""The voice is measured by rule."""

import pytest

from evals import voice


@pytest.mark.parametrize(
    "text",
    [
        "He will come back to you.",
        "You'll get back together.",
        "This is guaranteed.",
        "You will surely win him back.",
        "If you wait 30 days, he will come back.",
        "If you stop writing he'll come back.",
        "Don't worry, he will come back to you.",
        "He is sure to come back.",
        "You will get your ex back.",
        "He’ll want you back.",
        "He's coming back to you.",
        "Your ex will soon return to you.",
        "Without pressure, she will come running back.",
        "Silence will bring him back.",
        "This will make him want you.",
        "There is no doubt that he will come back.",
        "Nobody knows your heart. He will come back.",
        "The two of you will get back together.",
        "No contact will bring him back.",
        "No contact means that he will come back.",
        "Not writing first works every time.",
    ],
)
def test_promises_are_found(text):
    """Nobody can know that."""
    assert voice.promises(text)


@pytest.mark.parametrize(
    "text",
    [
        "Nobody can promise that he will come back.",
        "Ask yourself whether he will come back.",
        "Come back to this tomorrow.",
        "No one can say if he will come back.",
        "That doesn't mean that he will come back.",
        "Do not expect that he'll want you back.",
        "There is no guarantee.",
        "You need not be 100 % sure.",
        "Begging will not win him back.",
        "You are wondering how you will get him back.",
        "You hope that he will come back.",
        "He will come back or he will not, and you will be well.",
        "Do it for yourself, not because he will come back.",
        "He will return your things.",
        "You will get your strength back.",
        "Nobody can hand you a method that is certain to bring him back.",
        "No method is certain to bring him back.",
        "Admit no feelings until you are sure he will take you back.",
        "Whether or not the two of you will get back together, you will be well.",
    ],
)
def test_what_denies_or_doubts_is_no_promise(text):
    """A promise that is denied is honest."""
    assert not voice.promises(text)


def test_lectures_are_found():
    """The voice forbids these words."""
    assert voice.lectures("It's important to give him space.")
    assert not voice.lectures("For now, give him room.")


def test_an_exclamation_mark_shouts():
    """As does an emoji."""
    assert voice.shouts("You can do it!")
    assert voice.shouts("You can do it 💪")
    assert not voice.shouts("You can do it.")


def test_reading_ease_is_worked_by_hand():
    """5 words, 2 sentences, 5 syllables: 206.835 - 2.5375 - 84.6 = 119.7."""
    assert voice.reading_ease("The cat sat. It slept.") == pytest.approx(119.7, abs=0.05)


@pytest.mark.parametrize(
    ("word", "n"), [("cat", 1), ("slept", 1), ("journal", 2), ("little", 2), ("time", 1), ("tomorrow", 3)]
)
def test_syllables_are_groups_of_vowels(word, n):
    """A silent e at the end does not count."""
    assert voice.n_syllables(word) == n
