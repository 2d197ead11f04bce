"""Runs suites task by task, keeps every result at once, and goes on after an interruption where it stopped.

`results.jsonl` is both the record for readers and the memory of an interrupted run; `run.json` says what the run is of, so
that `--resume` never mixes results of two models, corpora or samples.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tqdm import tqdm

from evals.errors import BadInput
from evals.figures import Drawn, Result, Suite, Task
from evals.options import Sizes
from evals.sampling import stratified
from evals.subject import Subject

RESULTS, RUN = "results.jsonl", "run.json"


@dataclass(frozen=True, slots=True)
class Plan:
    """What is run: suites, how many tasks of each suite or part (None: all), the seed, and where results are kept."""

    suites: tuple[Suite, ...]
    folder: Path
    about: dict[str, Any]
    n_of: Sizes | None = None
    seed: int = 0
    is_resumed: bool = False
    is_quiet: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a plan."""

    results: tuple[Result, ...]
    drawn: dict[str, Drawn]
    duration_s: float


async def run(plan: Plan, subject: Subject) -> Outcome:
    """Judge all tasks that have no result yet, and draw the figures of each suite."""
    started = time.perf_counter()
    plan.folder.mkdir(parents=True, exist_ok=True)
    done = _resume(plan)
    path = plan.folder / RESULTS
    if not done:
        path.write_text("", encoding="utf-8")
    (plan.folder / RUN).write_text(json.dumps(plan.about, indent=1, sort_keys=True), encoding="utf-8")
    drawn, results = {}, []
    with path.open("a", encoding="utf-8") as file:
        for suite in plan.suites:
            own = []
            for task in tqdm(
                _tasks(plan, suite), desc=f"{suite.name:>12}", file=sys.stderr, disable=plan.is_quiet, ncols=90
            ):
                result = done.get(task.key)
                if result is None:
                    result = await _judge(suite, task, subject)
                    file.write(json.dumps(result.as_dict(), ensure_ascii=False) + "\n")
                    file.flush()
                own.append(result)
            drawn[suite.name] = suite.draw([r for r in own if not r.error])
            results += own
    return Outcome(tuple(results), drawn, time.perf_counter() - started)


def read_results(path: Path) -> list[Result]:
    """Read recorded results; a last line cut off by an interruption is left out."""
    try:
        rows = path.read_text(encoding="utf-8").removesuffix("\n").split("\n")  # JSON keeps U+2028 as it is
    except OSError as error:
        raise BadInput(f"{path}: there are no results there") from error
    results = []
    for number, row in enumerate(rows if rows != [""] else [], 1):
        try:
            results.append(Result.from_dict(json.loads(row)))
        except (json.JSONDecodeError, TypeError, KeyError) as error:
            if number == len(rows):
                break
            raise BadInput(f"{path}:{number}: not a recorded result") from error
    return results


def read_about(path: Path) -> dict[str, Any]:
    """Read what a recorded run is of."""
    try:
        about = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadInput(f"{path}: not the record of a run; run without --resume") from error
    if not isinstance(about, dict):
        raise BadInput(f"{path}: not the record of a run; run without --resume")
    return about


def _resume(plan: Plan) -> dict[str, Result]:
    if not plan.is_resumed or not (plan.folder / RUN).is_file():
        return {}
    recorded = read_about(plan.folder / RUN)
    if recorded != json.loads(json.dumps(plan.about)):
        differing = sorted(k for k in {*recorded, *plan.about} if recorded.get(k) != plan.about.get(k))
        raise BadInput(
            f"{plan.folder / RUN}: the interrupted run differs in {', '.join(differing)}; run without --resume"
        )
    results = [r for r in read_results(plan.folder / RESULTS) if not r.error]
    whole = "".join(json.dumps(r.as_dict(), ensure_ascii=False) + "\n" for r in results)
    (plan.folder / RESULTS).write_text(whole, encoding="utf-8")
    return {r.key: r for r in results}


def _tasks(plan: Plan, suite: Suite) -> Sequence[Task]:
    tasks = suite.tasks()
    n = (plan.n_of or {}).get(suite.name)
    if n is None:
        return tasks
    if isinstance(n, int):
        return stratified(tasks, n, plan.seed)
    drawn = [stratified([t for t in tasks if t.part == part], size, plan.seed) for part, size in n.items()]
    wanted = {t.key for own in drawn for t in own}
    return [t for t in tasks if t.key in wanted]


async def _judge(suite: Suite, task: Task, subject: Subject) -> Result:
    try:
        return await suite.judge(task, subject)
    except BadInput:
        raise
    except Exception as error:  # one broken sample must not cost the rest; it is counted in `SUITE.errors`
        sample = task.sample[0] if isinstance(task.sample, tuple) else task.sample
        messages = tuple(getattr(sample, "messages", ()) or ())
        return Result(
            task.suite, task.part, task.id, False, messages=messages, error=f"{type(error).__name__}: {error}"
        )
