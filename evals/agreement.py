"""How far verdicts agree with labels: kappa, AUC, balanced accuracy, calibration, and a share corrected for a judge's errors.

Pure functions; each has a worked example in its test.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from evals.intervals import Z


def kappa(a: Sequence[bool], b: Sequence[bool]) -> float:
    """Return Cohen's kappa of two readers: agreement beyond what chance would give.

    Worked by hand: 10 pairs, both yes 4, both no 4, one each way. Agreement 0.8; chance 0.5 * 0.5 * 2 = 0.5; kappa 0.6.
    """
    n = len(a)
    if not n:
        return math.nan
    agreed = sum(x == y for x, y in zip(a, b, strict=True)) / n
    yes_a, yes_b = sum(a) / n, sum(b) / n
    chance = yes_a * yes_b + (1 - yes_a) * (1 - yes_b)
    return 1.0 if chance == 1 else (agreed - chance) / (1 - chance)


def auc(scores: Sequence[float], labels: Sequence[bool]) -> float:
    """Return how often a supported pair scores above an unsupported one; ties count half."""
    right = [s for s, label in zip(scores, labels, strict=True) if label]
    wrong = [s for s, label in zip(scores, labels, strict=True) if not label]
    if not right or not wrong:
        return math.nan
    wins = sum((r > w) + 0.5 * (r == w) for r in right for w in wrong)
    return wins / (len(right) * len(wrong))


def balanced_accuracy(verdicts: Sequence[bool], labels: Sequence[bool]) -> float:
    """Return the mean of the share of supported that pass and of unsupported that do not."""
    passed = [v for v, label in zip(verdicts, labels, strict=True) if label]
    stopped = [not v for v, label in zip(verdicts, labels, strict=True) if not label]
    if not passed or not stopped:
        return math.nan
    return (sum(passed) / len(passed) + sum(stopped) / len(stopped)) / 2


@dataclass(frozen=True, slots=True)
class Bin:
    """Pairs whose score lies in one tenth: mean score, share supported, count."""

    score: float
    supported: float
    n: int


def calibration(scores: Sequence[float], labels: Sequence[bool], n_bins: int = 10) -> list[Bin]:
    """Return, per tenth of the score, how many of the pairs really are supported; empty tenths are left out."""
    bins: list[list[tuple[float, bool]]] = [[] for _ in range(n_bins)]
    for score, label in zip(scores, labels, strict=True):
        bins[min(int(score * n_bins), n_bins - 1)].append((score, label))
    return [
        Bin(round(sum(s for s, _ in own) / len(own), 4), round(sum(label for _, label in own) / len(own), 4), len(own))
        for own in bins
        if own
    ]


@dataclass(frozen=True, slots=True)
class JudgeErrors:
    """A judge measured on labelled pairs: how many supported it passes, how many unsupported it stops, of how many."""

    sensitivity: float
    specificity: float
    n_supported: int
    n_unsupported: int

    @property
    def says(self) -> str:
        """In words, for beside a figure."""
        return (
            f"the judge passes {self.sensitivity:.0%} of {self.n_supported} supported and stops "
            f"{self.specificity:.0%} of {self.n_unsupported} unsupported pairs"
        )


def judge_errors(verdicts: Sequence[bool], labels: Sequence[bool]) -> JudgeErrors | None:
    """Return a judge's error rates on labelled pairs, None where one kind is missing."""
    passed = [v for v, label in zip(verdicts, labels, strict=True) if label]
    stopped = [not v for v, label in zip(verdicts, labels, strict=True) if not label]
    if not passed or not stopped:
        return None
    return JudgeErrors(sum(passed) / len(passed), sum(stopped) / len(stopped), len(passed), len(stopped))


def corrected(observed: float, errors: JudgeErrors) -> float:
    """Return the share that is truly supported, given the share a judge passed (Rogan and Gladen 1978).

    Worked by hand: a judge passes 0.9 of supported and stops 0.8 of unsupported; it passed 0.83 of all. True share
    (0.83 + 0.8 - 1) / (0.9 + 0.8 - 1) = 0.63 / 0.7 = 0.9. A judge no better than chance corrects nothing.
    """
    skill = errors.sensitivity + errors.specificity - 1
    if skill <= 0:
        return math.nan
    return min(1.0, max(0.0, (observed + errors.specificity - 1) / skill))


def corrected_interval(value: float, low: float, high: float, errors: JudgeErrors) -> tuple[float, float, float]:
    """Return a corrected share with its interval, which the judge's own errors widen: they too were measured on a sample.

    Both halves are added as squares (Lang and Reiczigel 2014). Error rates count two pairs more of each kind, so that a judge
    that was never wrong on 20 pairs is not taken for one that never is. Worked by hand: 0.9 and 0.8 of 96 each become
    0.884 and 0.788 of 100; a corrected 0.9 has from them a deviation of 0.9 * 0.0320 and 0.1 * 0.0409 over a skill of 0.7:
    0.0416. A share of 0.83 without an interval is then 0.9, 0.818 to 0.982.
    """
    true = corrected(value, errors)
    if math.isnan(true):
        return math.nan, math.nan, math.nan
    skill = errors.sensitivity + errors.specificity - 1
    of_judge = (
        Z
        * math.hypot(
            true * _deviation(errors.sensitivity, errors.n_supported),
            (1 - true) * _deviation(errors.specificity, errors.n_unsupported),
        )
        / skill
    )
    below, above = (value - low) / skill, (high - value) / skill
    return true, max(0.0, true - math.hypot(below, of_judge)), min(1.0, true + math.hypot(above, of_judge))


def _deviation(rate: float, n: int) -> float:
    shrunk = (rate * n + 2) / (n + 4)
    return math.sqrt(shrunk * (1 - shrunk) / (n + 4))
