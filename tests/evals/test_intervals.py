"""Intervals say how far a figure may be off."""

import math

import pytest

from evals import intervals


def test_share_of_eight_in_ten_has_the_wilson_interval_worked_by_hand():
    """8 of 10: 0.490 to 0.943, not the symmetric 0.55 to 1.05 of the usual interval."""
    i = intervals.share(8, 10)

    assert i.value == 0.8
    assert (round(i.low, 3), round(i.high, 3)) == (0.490, 0.943)


def test_share_of_all_is_never_certain():
    """60 of 60 may still be 0.94."""
    i = intervals.share(60, 60)

    assert i.value == 1.0
    assert 0.93 < i.low < 0.95
    assert i.high == 1.0


def test_share_of_nothing_says_nothing():
    """Without samples the value is not a number and the interval is everything."""
    i = intervals.share(0, 0)

    assert math.isnan(i.value)
    assert (i.low, i.high) == (0.0, 1.0)


def test_mean_is_the_same_for_the_same_seed():
    """The bootstrap is seeded: two reports of the same results are equal."""
    assert intervals.mean([1.0, 2.0, 3.0, 10.0]) == intervals.mean([1.0, 2.0, 3.0, 10.0])


def test_mean_of_equal_values_has_no_width():
    """Where nothing varies, resampling changes nothing."""
    i = intervals.mean([2.0] * 5)

    assert (i.low, i.value, i.high) == (2.0, 2.0, 2.0)


def test_resampled_interval_holds_the_statistic_of_all():
    """A bootstrap range of the share of evens holds one half."""
    low, high = intervals.resampled(lambda picks: sum(p % 2 == 0 for p in picks) / len(picks), 100)

    assert low < 0.5 < high


def test_percentile_of_one_to_nine_is_their_middle():
    """The median of 1 to 9 is 5."""
    assert intervals.percentile([float(i) for i in range(1, 10)], 50).value == pytest.approx(5)
