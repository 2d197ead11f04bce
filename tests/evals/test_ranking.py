"""Rankings are judged by their sections."""

import pytest

from evals import ranking


def test_sections_keep_the_place_of_their_best_passage():
    """Passages are folded: each section once, where it first appears."""
    assert ranking.sections_of(["a", "b", "a", "c", "b"]) == ["a", "b", "c"]


def test_first_rank_counts_from_one_and_is_zero_without_a_hit():
    """The second section is the first right one; none is rank 0."""
    assert ranking.first_rank(["x", "a", "b"], {"a", "b"}) == 2
    assert ranking.first_rank(["x"], {"a"}) == 0


def test_hit_at_k_needs_a_rank_within_k():
    """Rank 3 is a hit at 3 and 5, not at 1; rank 0 never is."""
    assert [ranking.is_hit(3, k) for k in (1, 3, 5)] == [False, True, True]
    assert not ranking.is_hit(0, 5)


def test_reciprocal_of_rank_four_is_a_quarter():
    """And nothing found is 0."""
    assert (ranking.reciprocal(4), ranking.reciprocal(0)) == (0.25, 0.0)


def test_ndcg_of_two_right_sections_behind_a_wrong_one_is_worked_by_hand():
    """(1/log2(3) + 1/log2(4)) / (1/log2(2) + 1/log2(3)) = 0.693."""
    assert ranking.ndcg(["x", "a", "b"], {"a", "b"}) == pytest.approx(0.6934, abs=1e-4)


def test_ndcg_of_a_perfect_ranking_is_one():
    """All right sections first."""
    assert ranking.ndcg(["a", "b", "x"], {"a", "b"}) == 1.0


def test_refusal_f1_is_worked_by_hand():
    """Four answerable, one refused; two unanswerable, one refused: 0.5 and 0.75."""
    r = ranking.refusals([True] * 4 + [False] * 2, [True, False, False, False, True, False])

    assert (r.f1_refuse, r.f1_answer, r.f1) == (0.5, 0.75, 0.625)


def test_refusing_everything_is_not_rewarded():
    """Silence on every question reaches half at most."""
    assert ranking.refusals([True, False], [True, True]).f1 < 0.5
