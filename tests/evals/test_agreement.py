"""Verdicts are compared with labels."""

import math

import pytest

from evals import agreement


def test_kappa_of_eight_agreements_in_ten_is_worked_by_hand():
    """Both yes 4, both no 4, one each way: agreement 0.8, chance 0.5, kappa 0.6."""
    a = [True] * 4 + [False] * 4 + [True, False]
    b = [True] * 4 + [False] * 4 + [False, True]

    assert agreement.kappa(a, b) == pytest.approx(0.6)


def test_kappa_of_two_who_always_say_yes_is_one():
    """There is nothing to disagree on."""
    assert agreement.kappa([True, True], [True, True]) == 1.0


def test_auc_counts_ties_half():
    """0.9 beats both; 0.5 beats 0.1 and ties with 0.5: 3.5 of 4."""
    assert agreement.auc([0.9, 0.5, 0.5, 0.1], [True, True, False, False]) == 3.5 / 4


def test_balanced_accuracy_is_the_mean_of_both_sides():
    """All supported pass, half of the unsupported stop."""
    assert agreement.balanced_accuracy([True, True, True, False], [True, True, False, False]) == 0.75


def test_calibration_puts_scores_into_tenths():
    """Two scores in the top tenth, one of them supported; empty tenths are left out."""
    bins = agreement.calibration([0.95, 1.0, 0.05], [True, False, False])

    assert [(b.supported, b.n) for b in bins] == [(0.0, 1), (0.5, 2)]


def test_a_share_is_corrected_by_the_judges_errors():
    """(0.83 + 0.8 - 1) / (0.9 + 0.8 - 1) = 0.9."""
    errors = agreement.JudgeErrors(0.9, 0.8, 100, 100)

    assert agreement.corrected(0.83, errors) == pytest.approx(0.9)


def test_a_judge_no_better_than_chance_corrects_nothing():
    """Its answer says nothing about the truth."""
    assert math.isnan(agreement.corrected(0.8, agreement.JudgeErrors(0.5, 0.5, 10, 10)))


def test_judge_errors_need_both_kinds_of_pairs():
    """Without unsupported pairs a judge that always says yes would look perfect."""
    assert agreement.judge_errors([True, True], [True, True]) is None


def test_judge_errors_are_counted_on_each_kind():
    """One of two supported passes, the one unsupported stops."""
    errors = agreement.judge_errors([True, False, False], [True, True, False])

    assert errors == agreement.JudgeErrors(0.5, 1.0, 2, 1)


def test_a_corrected_interval_is_wider_for_what_the_judge_itself_was_measured_on():
    """A deviation of 0.0416 from its errors on 96 pairs of each kind, none from the share: 0.9, 0.818 to 0.982."""
    value, low, high = agreement.corrected_interval(0.83, 0.83, 0.83, agreement.JudgeErrors(0.9, 0.8, 96, 96))

    assert (value, low, high) == pytest.approx((0.9, 0.818, 0.982), abs=1e-3)
