"""`disagreements.toml`: where articles contradict each other, side by side, each side with its passages.

    [[disagreement]]
    id = "jealousy"
    says = "One article uses jealousy, three warn against it."

    [[disagreement.side]]
    stance = "Jealousy backfires."
    passages = ["01-ten-steps#step-7/2"]

Read after all articles, since it names their passages.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from corpus.passage import Disagreement, Side
from ingest.errors import BadInput, Problem


class _Side(BaseModel):
    model_config = ConfigDict(extra="forbid")
    stance: str = Field(min_length=1)
    passages: list[str] = Field(min_length=1)


class _Disagreement(BaseModel):
    model_config = ConfigDict(extra="forbid")
    id: str = Field(min_length=1)
    says: str = Field(min_length=1)
    side: list[_Side] = Field(min_length=2)


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")
    disagreement: list[_Disagreement]


def read(path: Path, text: str, known: Collection[str]) -> tuple[Disagreement, ...]:
    """Read the contradictions; BadInput where the form is wrong or a passage is not among the known ids."""
    try:
        found = _File.model_validate(tomllib.loads(text)).disagreement
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"at line (\d+)", str(error))
        line = int(at[1]) if at else len(text.splitlines())  # "at end of document"
        raise BadInput([Problem(path, line, f"is not TOML ({error}); correct the line")]) from error
    except ValidationError as error:
        raise BadInput([_problem(path, text, e["loc"], e["msg"]) for e in error.errors()]) from error
    problems: list[Problem] = []
    seen: set[str] = set()
    for one in found:
        if one.id in seen:
            problems.append(
                Problem(path, _line(text, one.id, last=True), f"`{one.id}` stands twice; rename or join them")
            )
        seen.add(one.id)
        named = [p for side in one.side for p in side.passages]
        problems += [
            Problem(path, _line(text, p), f"`{one.id}` names passage `{p}`, which no article has; correct the id")
            for p in sorted(set(named) - set(known))
        ]
        problems += [
            Problem(path, _line(text, p), f"`{one.id}` names passage `{p}` twice; it can stand on one side only")
            for p in sorted({p for p in named if named.count(p) > 1})
        ]
    if problems:
        raise BadInput(problems)
    return tuple(Disagreement(d.id, d.says, tuple(Side(s.stance, tuple(s.passages)) for s in d.side)) for d in found)


def _problem(path: Path, text: str, where: tuple[Any, ...], says: str) -> Problem:
    """Place a complaint of the schema: at the n-th table of its kind, or at the key that it names."""
    tables = [n for n, line in enumerate(text.split("\n"), start=1) if line.strip() == "[[disagreement]]"]
    index = next((w for w in where if isinstance(w, int)), None)
    line = tables[index] if index is not None and index < len(tables) else 0
    return Problem(
        path, line, f"{'.'.join(str(w) for w in where if not isinstance(w, int))}: {says.lower()}; see corpus/README.md"
    )


def _line(text: str, word: str, last: bool = False) -> int:
    lines = [n for n, line in enumerate(text.split("\n"), start=1) if f'"{word}"' in line]
    return lines[-1 if last else 0] if lines else 0
