"""Intervals for every figure: Wilson for shares, a seeded bootstrap for means. Pure functions, 95 % throughout.

Wilson (1927), because the usual interval claims certainty at 0 of n and n of n, which is where a safety figure should be:
60 of 60 is not "1.0 plus or minus 0" but 0.94 to 1.0.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

Z = 1.959964  # 95 %, two-sided
N_RESAMPLES = 2000
SEED = 20240229


@dataclass(frozen=True, slots=True)
class Interval:
    """A value with where it may truly lie."""

    value: float
    low: float
    high: float
    n: int


def share(k: int, n: int) -> Interval:
    """Return k of n with its Wilson interval; of nothing, the whole range.

    Worked by hand: 8 of 10 gives centre (0.8 + 1.92/10) / (1 + 3.84/10) = 0.7168 and 0.490 to 0.943.
    """
    if n == 0:
        return Interval(math.nan, 0.0, 1.0, 0)
    p, z2 = k / n, Z * Z
    centre = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = Z * math.sqrt(p * (1 - p) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return Interval(p, min(p, max(0.0, centre - half)), max(p, min(1.0, centre + half)), n)


def mean(values: Sequence[float], seed: int = SEED) -> Interval:
    """Return the mean with the 2.5th and 97.5th percentile of the means of 2,000 seeded resamples."""
    if not values:
        return Interval(math.nan, math.nan, math.nan, 0)
    numbers = np.asarray(values, dtype=np.float64)
    picks = np.random.default_rng(seed).integers(0, len(numbers), (N_RESAMPLES, len(numbers)))
    low, high = np.percentile(numbers[picks].mean(axis=1), [2.5, 97.5])
    return Interval(float(numbers.mean()), float(low), float(high), len(numbers))


def percentile(values: Sequence[float], at: float, seed: int = SEED) -> Interval:
    """Return a percentile (0 to 100) with its bootstrap interval."""
    if not values:
        return Interval(math.nan, math.nan, math.nan, 0)
    numbers = np.asarray(values, dtype=np.float64)
    picks = np.random.default_rng(seed).integers(0, len(numbers), (N_RESAMPLES, len(numbers)))
    low, high = np.percentile(np.percentile(numbers[picks], at, axis=1), [2.5, 97.5])
    return Interval(float(np.percentile(numbers, at)), float(low), float(high), len(numbers))


def resampled(
    statistic: Callable[[Sequence[int]], float], n: int, n_resamples: int = 500, seed: int = SEED
) -> tuple[float, float]:
    """Return the 95 % bootstrap range of any statistic of n samples, given as a function of their places."""
    if n == 0:
        return math.nan, math.nan
    picks = np.random.default_rng(seed).integers(0, n, (n_resamples, n))
    values = np.asarray([statistic(row.tolist()) for row in picks])
    values = values[~np.isnan(values)]  # a resample without one of two kinds says nothing
    if not len(values):
        return math.nan, math.nan
    low, high = np.percentile(values, [2.5, 97.5])
    return float(low), float(high)
