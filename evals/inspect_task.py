"""The project's samples as tasks of `inspect-ai`, an optional extra: `pip install 'breakup-coach[inspect]'`, then

    inspect eval evals/inspect_task.py@talks --model none/none

The coach itself answers (COACH_MODEL as always), so the model that inspect is given is never asked. Scores are those of
our suites; inspect adds its log, its viewer and its epochs.
"""

from __future__ import annotations

from typing import Any

from inspect_ai import Task as InspectTask
from inspect_ai import task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import ModelOutput
from inspect_ai.scorer import Score, Target, accuracy, scorer, stderr
from inspect_ai.solver import Generate, TaskState, solver

from coach.settings import load
from evals.conversation import Talks
from evals.figures import Suite
from evals.inside import InProcess
from evals.safety import Safety

_subject: list[InProcess] = []  # one coach for all samples of a run


def _the_subject() -> InProcess:
    if not _subject:
        _subject.append(InProcess(load()))
    return _subject[0]


def _dataset(suite: Suite, part: str) -> MemoryDataset:
    tasks = [t for t in suite.tasks() if t.part == part]
    samples = [
        Sample(id=t.id, input="\n\n".join(t.sample.messages), target=t.sample.reason, metadata={"place": i})
        for i, t in enumerate(tasks)
    ]
    return MemoryDataset(samples, name=f"{suite.name}-{part}")


@solver  # type: ignore[untyped-decorator]  # inspect-ai is optional and not read by mypy
def coach(suite: Suite, part: str) -> Any:
    """Let the coach answer, and keep our suite's verdict for the scorer."""
    tasks = [t for t in suite.tasks() if t.part == part]

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        result = await suite.judge(tasks[state.metadata["place"]], _the_subject())
        state.output = ModelOutput.from_content("coach", result.got)
        state.metadata["result"] = result.as_dict()
        return state

    return solve


@scorer(metrics=[accuracy(), stderr()])  # type: ignore[untyped-decorator]
def verdict() -> Any:
    """Score by our suite's verdict."""

    async def score(state: TaskState, target: Target) -> Score:
        result = state.metadata["result"]
        return Score(value="C" if result["passed"] else "I", answer=result["got"], explanation="; ".join(result["why"]))

    return score


@task  # type: ignore[untyped-decorator]  # inspect-ai is optional and not read by mypy
def talks() -> InspectTask:
    """The talks of several turns."""
    suite = Talks()
    return InspectTask(dataset=_dataset(suite, "talk"), solver=coach(suite, "talk"), scorer=verdict())


@task  # type: ignore[untyped-decorator]  # inspect-ai is optional and not read by mypy
def safety_turns() -> InspectTask:
    """Whole turns of the safety samples."""
    suite = Safety()
    return InspectTask(dataset=_dataset(suite, "turn"), solver=coach(suite, "turn"), scorer=verdict())
