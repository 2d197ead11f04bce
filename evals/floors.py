"""Floors, targets and the baseline: what must hold, what is wanted, what was. `floors.toml`, `baseline.json`.

A floor may only rise: `tests/evals/test_floors.py` compares it with the committed history. On a whole run a figure must
reach its floor; on a sample (`--fast`) a floor has fallen only where even the good end of the interval misses it, except
for invariants (floor = target at 0 or 1), which hold on any sample. Fewer samples than `n` count as fallen: figures do not
rise by dropping hard samples.
"""

from __future__ import annotations

import json
import math
import re
import tomllib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from evals.errors import BadInput
from evals.figures import Figure

FLOORS = Path(__file__).with_name("floors.toml")
BASELINE = Path(__file__).with_name("baseline.json")
Status = Literal["ok", "below_target", "fallen", "unjudged"]
ROUNDING = 5e-5  # figures are kept to four digits


class Floor(BaseModel):
    """One entry: `floor` is what must hold, `target` what the issue asks, `n` the least number of samples."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    floor: float | None = None
    target: float | None = None
    n: int = 0
    better: Literal["higher", "lower"] = "higher"
    needs_model: bool = False
    why: str = ""


@dataclass(frozen=True, slots=True)
class Judged:
    """A figure beside its floor, target and former value."""

    figure: Figure
    floor: float | None
    target: float | None
    before: float | None
    status: Status
    why: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return a JSON-ready mapping; nan becomes null."""
        row = asdict(self.figure) | {"floor": self.floor, "target": self.target, "before": self.before}
        row |= {"status": self.status, "why": self.why, "suite": self.figure.suite}
        return {k: None if isinstance(v, float) and math.isnan(v) else v for k, v in row.items()}


def load(path: Path = FLOORS) -> dict[str, Floor]:
    """Read the floors by figure key; BadInput names the entry."""
    try:
        return parse(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, tomllib.TOMLDecodeError, BadInput) as error:
        raise BadInput(f"{path}: {error}") from error


def parse(suites: dict[str, dict[str, Any]]) -> dict[str, Floor]:
    """Return the floors of a parsed file by `suite.figure`; BadInput names the entry."""
    known = {}
    for suite, rows in suites.items():
        for name, row in rows.items() if isinstance(rows, dict) else ((suite, rows),):
            try:
                known[f"{suite}.{name}"] = Floor.model_validate(row)
            except ValidationError as error:
                first = error.errors(include_input=False, include_url=False)[0]
                raise BadInput(f"[{suite}.{name}] {'.'.join(map(str, first['loc']))}: {first['msg']}") from None
    return known


def baseline(path: Path = BASELINE) -> dict[str, float]:
    """Return the former values by key; none where there is no baseline yet."""
    if not path.is_file():
        return {}
    try:
        values = json.loads(path.read_text(encoding="utf-8"))["figures"]
        return {key: float(value) for key, value in values.items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadInput(f"{path}: not a baseline; write it anew with --baseline") from error


def judge(
    figures: Sequence[Figure],
    floors: dict[str, Floor],
    before: dict[str, float],
    *,
    is_whole: bool,
    is_floored: bool = True,
    invariants_only: bool = False,
) -> list[Judged]:
    """Set every figure beside its floor. `is_floored` is False for own samples and the tuning half: floors are not of those.

    With `invariants_only` the floors of other figures fail nothing; their targets still stand beside them.
    """
    known = floors if is_floored else {}
    if invariants_only:
        known = {k: f if is_invariant(f) else f.model_copy(update={"floor": None, "n": 0}) for k, f in known.items()}
    return [_judge(f, known.get(f.key), before.get(f.key), is_whole) for f in figures]


def missing(figures: Sequence[Figure], floors: dict[str, Floor], suites: Sequence[str], has_model: bool) -> list[str]:
    """Return the keys with a floor that a whole run of these suites should have measured and did not."""
    measured = {f.key for f in figures if f.n}
    return [
        key
        for key, floor in floors.items()
        if key.partition(".")[0] in suites
        and key not in measured
        and floor.floor is not None
        and (has_model or not floor.needs_model)
    ]


def _judge(figure: Figure, floor: Floor | None, before: float | None, is_whole: bool) -> Judged:
    if floor is None or figure.n == 0:
        return Judged(figure, None, None, before, "unjudged")
    status, why = _status(figure, floor, is_whole)
    return Judged(figure, floor.floor, floor.target, before, status, why)


def _status(figure: Figure, floor: Floor, is_whole: bool) -> tuple[Status, str]:
    sign = 1 if floor.better == "higher" else -1
    good_end = figure.high if floor.better == "higher" else figure.low
    judged = figure.value if is_whole or is_invariant(floor) else good_end
    if floor.floor is not None and sign * (judged - floor.floor) < -ROUNDING:
        return "fallen", f"{judged:.4g} misses the floor {floor.floor:.4g}"
    if is_whole and figure.n < floor.n:
        return "fallen", f"{figure.n} samples where {floor.n} are needed"
    if floor.target is not None and sign * (figure.value - floor.target) < -ROUNDING:
        return "below_target", f"target {floor.target:.4g}"
    return "ok", ""


def is_invariant(floor: Floor) -> bool:
    """Return whether a floor is its target, at all or nothing: it holds on any sample."""
    return floor.floor is not None and floor.floor == floor.target and floor.floor in (0.0, 1.0)


def write_baseline(figures: Sequence[Figure], model: str, path: Path = BASELINE) -> None:
    """Keep the figures of this run that do not depend on the machine; others of a former run stay."""
    values = baseline(path) | {f.key: f.value for f in figures if f.n and not f.is_volatile}
    row = {"model": model, "figures": dict(sorted(values.items()))}
    path.write_text(json.dumps(row, indent=1) + "\n", encoding="utf-8")


def raised(text: str, figures: Sequence[Figure]) -> str:
    """Return the floors file with the floors of these figures raised to what was measured; none is ever lowered.

    Only entries that stand there are raised: which figures have a floor is for people to decide. Comments stay.
    """
    known = parse(tomllib.loads(text))
    for figure in figures:
        floor = known.get(figure.key)
        if floor is None or figure.n < max(floor.n, 1) or figure.is_volatile:
            continue
        sign = 1 if floor.better == "higher" else -1
        if floor.floor is not None and sign * (figure.value - floor.floor) <= 0:
            continue
        suite, _, name = figure.key.partition(".")
        head = re.compile(
            rf"^\[{suite}\.(?:{re.escape(name)}|\"{re.escape(name)}\")\]\n(?:floor = .*\n)?", re.MULTILINE
        )
        line = f"floor = {figure.value:g}\n"
        text = head.sub(lambda m, line=line: m.group().split("\n")[0] + "\n" + line, text)  # type: ignore[misc]
    return text
