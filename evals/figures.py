"""The nouns of a judgement: Task, Result, Figure, Table, and what a Suite is. Everything here is JSON-ready.

A suite lists its tasks, judges one at a time and then draws figures from the results alone. So a run may be interrupted:
what stands in `results.jsonl` is not judged again, and a figure never depends on what is not in that file.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, Protocol

from evals.intervals import Interval
from evals.intervals import share as wilson
from evals.subject import Subject

Better = Literal["higher", "lower"]
Unit = Literal["share", "mean", "ms", "s", "count", "ratio"]


@dataclass(frozen=True, slots=True)
class Task:
    """One sample as a suite judges it. `part` names the measure it belongs to, `stratum` what a sample is spread over."""

    suite: str
    part: str
    id: str
    sample: Any
    stratum: str = ""

    @property
    def key(self) -> str:
        """What a finished task is known by when a run is resumed."""
        return f"{self.suite}/{self.part}/{self.id}"


@dataclass(frozen=True, slots=True)
class Result:
    """What came out for one task. `scores` is all that figures are drawn from; `record` is for a reader's eyes."""

    suite: str
    part: str
    id: str
    passed: bool
    expected: str = ""
    got: str = ""
    why: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    messages: tuple[str, ...] = ()
    reason: str = ""
    scores: dict[str, Any] = field(default_factory=dict)
    record: dict[str, Any] = field(default_factory=dict)
    error: str = ""
    ms: float = 0.0

    @property
    def key(self) -> str:
        """The key of its task."""
        return f"{self.suite}/{self.part}/{self.id}"

    def as_dict(self) -> dict[str, Any]:
        """Return a JSON-ready mapping; `from_dict` reads it back."""
        return asdict(self)

    @classmethod
    def from_dict(cls, row: dict[str, Any]) -> Result:
        """Read what `as_dict` wrote."""
        return cls(**{**row, **{name: tuple(row[name]) for name in ("why", "tags", "messages")}})


@dataclass(frozen=True, slots=True)
class Figure:
    """One number with its n and interval. Floor, target and change are added by `floors.judge`."""

    key: str
    says: str
    value: float
    low: float
    high: float
    n: int
    unit: Unit = "share"
    better: Better = "higher"
    is_volatile: bool = False  # depends on the machine: times

    @property
    def suite(self) -> str:
        """The suite it belongs to."""
        return self.key.partition(".")[0]


def share(key: str, says: str, flags: Sequence[bool], better: Better = "higher") -> Figure:
    """Return the share of true flags with its Wilson interval."""
    return _figure(key, says, wilson(sum(map(bool, flags)), len(flags)), "share", better)


def of(key: str, says: str, interval: Interval, unit: Unit = "mean", better: Better = "higher") -> Figure:
    """Return a figure of an interval."""
    return _figure(key, says, interval, unit, better)


def _figure(key: str, says: str, i: Interval, unit: Unit, better: Better) -> Figure:
    def tidy(x: float) -> float:
        return x if math.isnan(x) else round(x, 4)

    volatile = unit in ("ms", "s")
    return Figure(key, says, tidy(i.value), tidy(i.low), tidy(i.high), i.n, unit, better, volatile)


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a suite draws from its results: figures, and tables for the report's pictures by kind of picture."""

    figures: tuple[Figure, ...]
    tables: dict[str, Any] = field(default_factory=dict)


class Suite(Protocol):
    """A suite: what to judge, how to judge one, and what follows from all."""

    name: str

    def tasks(self) -> list[Task]:
        """Return everything there is to judge, in a fixed order."""
        ...

    async def judge(self, task: Task, subject: Subject) -> Result:
        """Judge one task."""
        ...

    def draw(self, results: Sequence[Result]) -> Drawn:
        """Draw figures from results: a pure function."""
        ...
