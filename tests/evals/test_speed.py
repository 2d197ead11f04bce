"""Times are set beside each other as they were taken."""

from evals.speed import _ratio


def test_the_ratio_is_of_the_questions_that_both_answered():
    """Ours answered two with a sentence of the model, at 2 and 4 seconds; the recipe needed 8 for each, and 100 for a third."""
    figure = _ratio({"a": 2.0, "b": 4.0}, {"a": 8.0, "b": 8.0, "c": 100.0})

    assert (figure.value, figure.n) == (0.375, 2)
    assert (figure.low, figure.high) == (0.25, 0.5)
