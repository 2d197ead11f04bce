"""The voice is measured by rule."""

import pytest

from evals import voice


@pytest.mark.parametrize(
    "text",
    ["He will come back to you.", "You'll get back together.", "This is guaranteed.", "You will surely win him back."],
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
