"""What can be wrong with what people give us: `Problem` names file, line and remedy; `BadInput` carries all of them.

Readers collect problems and raise once, so that somebody who corrects a file sees everything at a time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, where, and what to do. `line` is 1-based; 0 where the whole file is meant."""

    path: Path
    line: int
    says: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.says}" if self.line else f"{self.path}: {self.says}"


class BadInput(Exception):
    """The input cannot be used; nothing was changed."""

    def __init__(self, problems: Sequence[Problem]):
        super().__init__("\n".join(str(p) for p in problems))
        self.problems = tuple(problems)


class Busy(Exception):
    """Another ingest is writing to the same store."""
