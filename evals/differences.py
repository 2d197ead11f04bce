"""Where two records part: the paths at which values differ, volatile fields aside. Pure functions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

TOLERANCE = 1e-3  # a score that differs by less is the same: sums of floats depend on the processor


def between(before: Any, after: Any, path: str = "") -> Iterator[str]:
    """Yield one line for each place where two JSON values differ."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in [*before, *(k for k in after if k not in before)]:
            place = f"{path}.{key}" if path else key
            if key not in before or key not in after:
                yield f"{place}: {'only now' if key not in before else 'only in the record'}"
            else:
                yield from between(before[key], after[key], place)
    elif isinstance(before, list) and isinstance(after, list):
        if len(before) != len(after):
            yield f"{path}: {len(before)} in the record, {len(after)} now"
        for place, (a, b) in enumerate(zip(before, after, strict=False)):
            yield from between(a, b, f"{path}[{place}]")
    elif isinstance(before, float) and isinstance(after, int | float):
        if abs(before - after) > TOLERANCE:
            yield f"{path}: {before:g} in the record, {after:g} now"
    elif before != after:
        yield f"{path}: {before!r} in the record, {after!r} now"
