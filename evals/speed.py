"""How quick it is: ours and the plain recipe in turn over the same 20 questions, the rails on 300 words, memory.

Ours counts only where a verified model sentence reached the user. Times depend on the machine and on who else works on it:
ratios hold, so only they have a floor; every time is marked volatile. `make bench` prints this suite.
"""

from __future__ import annotations

import math
import resource
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from coach.graph import Coach
from coach.prompt import ChatMessage
from evals import figures, intervals
from evals.figures import Drawn, Figure, Result, Task, Unit
from evals.inside import InProcess
from evals.recipe import MAX_TOKENS, SYSTEM, Recipe
from evals.samples import DATA, Question, Sample, read
from evals.subject import Subject

N_QUESTIONS = 20
N_RAILS = 20
RAILS_WORDS = 300
PER_WARM_UP = 1
DECLINED = "Make him jealous for me: write the text that makes him think I am seeing someone."


class Speed:
    """The suite. Without a model only ours and the rails are timed."""

    name = "speed"

    def __init__(self, has_model: bool = False, is_local: bool = True):
        self._has_model, self._is_local = has_model, is_local
        self._recipe: Recipe | None = None
        self._meter: Meter | None = None

    def tasks(self) -> list[Task]:
        """Return ours and the recipe in turn, then the rails, a decline, the bare engine and memory."""
        asked = read(DATA / "retrieval" / "tuning" / "questions.jsonl", Question)[:: 130 // N_QUESTIONS][:N_QUESTIONS]
        parts = ["ours", "recipe"] if self._has_model and self._is_local else ["ours"]
        tasks = [Task(self.name, part, q.id, q, part) for q in asked for part in parts]
        last = ["declined"] + (["rails"] if self._is_local else []) + (["bare"] if "recipe" in parts else [])
        last += ["memory"] if self._is_local else []
        return [*tasks, *(Task(self.name, part, part, Sample(id=part), part) for part in last)]

    async def judge(self, task: Task, subject: Subject) -> Result:
        """Time one task."""
        if task.part == "ours":
            return await self._ours(task, subject)
        if task.part == "declined":
            exchange = (await subject.talk([DECLINED]))[-1]
            ms = exchange.events[-1].ms
            return _timed(task, {"ms": ms, "outcome": exchange.answer["outcome"]}, f"{ms:.0f} ms")
        assert isinstance(subject, InProcess)
        if task.part == "rails":
            times = _rails(subject)
            return _timed(task, {"ms": times}, f"median {float(np.median(times)):.0f} ms")
        if task.part == "memory":
            mb = peak_mb(None if subject.settings.model != "embedded" else (await subject.engine_pid()))
            return _timed(task, {"mb": mb}, f"{mb:.0f} MB")
        coach = await subject.coach()
        if task.part == "bare":
            return await self._bare(task, subject, coach)
        return await self._plain(task, subject, coach)

    def draw(self, results: Sequence[Result]) -> Drawn:
        """Draw medians, the ratio, tokens and memory."""
        ours = [r.scores for r in results if r.part == "ours"]
        told = [r for r in results if r.part == "ours" and r.scores["model_ms"] is not None] if self._has_model else []
        full = {r.id: r.scores["whole_ms"] for r in told}
        recipes = {r.id: r.scores["whole_ms"] for r in results if r.part == "recipe"}
        plain = list(recipes.values())
        drawn = [
            _median("speed.first_passages_ms", "time to the passages, median", [s["passages_ms"] for s in ours]),
            _median("speed.first_sentence_ms", "time to the first sentence, median", [s["sentence_ms"] for s in ours]),
            _median(
                "speed.first_model_sentence_ms",
                "time to the first sentence of the model, median",
                [s["model_ms"] for s in ours],
            ),
            _median("speed.whole_ms", "time to the whole answer, median", [s["whole_ms"] for s in ours]),
            _median("speed.recipe_ms", "time to the plain recipe's answer, median", plain),
            _median(
                "speed.declined_ms",
                "time to a declined turn",
                [r.scores["ms"] for r in results if r.part == "declined"],
            ),
        ]
        if full.keys() & recipes.keys():
            drawn.append(_ratio(full, recipes))
        rails = [ms for r in results if r.part == "rails" for ms in r.scores["ms"]]
        drawn.append(_median("speed.rails_ms", f"rails on a message of {RAILS_WORDS} words, median", rails))
        drawn += self._of_tokens(results)
        if memory := [r.scores["mb"] for r in results if r.part == "memory"]:
            drawn.append(
                _volatile("speed.peak_mb", "peak memory of coach and engine, MB", intervals.mean(memory), "count")
            )
        latency = [round(s["whole_ms"], 1) for s in ours]
        return Drawn(
            tuple(f for f in drawn if f.n), {"latency": {"ours": latency, "recipe": [round(p, 1) for p in plain]}}
        )

    def _of_tokens(self, results: Sequence[Result]) -> list[Figure]:
        drawn = []
        for part, says in (("ours", "ours"), ("recipe", "the plain recipe")):
            counts = [r.scores["n_tokens"] for r in results if r.part == part and r.scores.get("n_tokens") is not None]
            drawn.append(
                _volatile(
                    f"speed.tokens.{part}", f"tokens written in an answer, {says}", intervals.mean(counts), "count"
                )
            )
        rates = [r.scores["tokens_per_s"] for r in results if r.part == "bare"]
        drawn.append(
            _volatile(
                "speed.bare_tokens_per_s",
                "tokens a second of the bare engine",
                intervals.mean(rates),
                "count",
                "higher",
            )
        )
        recipes = [r.scores["n_tokens"] / (r.scores["whole_ms"] / 1000) for r in results if r.part == "recipe"]
        drawn.append(
            _volatile(
                "speed.recipe_tokens_per_s",
                "tokens a second of the plain recipe, prompt included",
                intervals.mean(recipes),
                "count",
                "higher",
            )
        )
        return drawn

    async def _ours(self, task: Task, subject: Subject) -> Result:
        question: Question = task.sample
        meter = await self._metered(subject)
        before = meter.n_written if meter else 0
        exchange = (await subject.talk([question.question]))[-1]
        scores = {
            "passages_ms": exchange.first_ms("passages"),
            "sentence_ms": exchange.first_ms("sentence"),
            "model_ms": exchange.first_ms("sentence", "model"),
            "whole_ms": exchange.events[-1].ms,
            "n_tokens": meter.n_written - before if meter else None,
        }
        return _timed(task, scores, f"{scores['whole_ms']:.0f} ms", (question.question,))

    async def _plain(self, task: Task, subject: InProcess, coach: Coach) -> Result:
        question: Question = task.sample
        meter = await self._metered(subject)
        assert coach.model is not None and meter is not None
        if self._recipe is None:
            self._recipe = Recipe(subject.corpus, subject.embedder, coach.model)
        before, started = meter.n_written, time.perf_counter()
        text = await self._recipe.answer(question.question)
        ms = (time.perf_counter() - started) * 1000
        return _timed(task, {"whole_ms": ms, "n_tokens": meter.n_written - before}, text, (question.question,))

    async def _bare(self, task: Task, subject: InProcess, coach: Coach) -> Result:
        meter = await self._metered(subject)  # a run that was resumed here has none yet
        assert coach.model is not None and meter is not None
        before, started = meter.n_written, time.perf_counter()
        await coach.model.write(
            (ChatMessage("system", SYSTEM), ChatMessage("user", "Write a long letter about spring.")), MAX_TOKENS
        )
        rate = (meter.n_written - before) / (time.perf_counter() - started)
        return _timed(task, {"tokens_per_s": rate}, f"{rate:.1f} tokens/s")

    async def _metered(self, subject: Subject) -> Meter | None:
        if self._meter is None and self._has_model and isinstance(subject, InProcess):
            self._meter = Meter((await subject.coach()).model)
        return self._meter


class Meter:
    """Counts the tokens that a model wrote, from the server's own counts, which nothing else of the coach reads."""

    def __init__(self, model: Any):
        self.n_written = 0
        invoke = model._invoke

        async def counting(*args: Any, **options: Any) -> Any:
            reply = await invoke(*args, **options)
            self.n_written += int((getattr(reply, "usage_metadata", None) or {}).get("output_tokens", 0))
            return reply

        model._invoke = counting


def peak_mb(engine_pid: int | None) -> float:
    """Return the most memory this process and its engine ever held, in MB."""
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform != "darwin" else 1024 * 1024)
    status = Path(f"/proc/{engine_pid}/status")
    if engine_pid is None or not status.is_file():
        return own
    peak = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return own + int(peak.split()[1]) / 1024


def _rails(subject: InProcess) -> list[float]:
    asked = read(DATA / "retrieval" / "tuning" / "questions.jsonl", Question)
    words = " ".join(q.question for q in asked).split()
    times = [subject.screen([" ".join(words[i * 50 : i * 50 + RAILS_WORDS])])[1] for i in range(N_RAILS + PER_WARM_UP)]
    return [round(t, 1) for t in times[PER_WARM_UP:]]


def _timed(task: Task, scores: dict[str, Any], got: str, messages: tuple[str, ...] = ()) -> Result:
    return Result(
        task.suite,
        task.part,
        task.id,
        True,
        got=got,
        messages=messages,
        scores=scores,
        ms=float(scores.get("whole_ms", 0.0)),
    )


def _median(key: str, says: str, values: Sequence[float | None]) -> Figure:
    return figures.of(key, says, intervals.percentile([v for v in values if v is not None], 50), "ms", "lower")


def _ratio(ours: dict[str, float], plain: dict[str, float]) -> Figure:
    """Return the ratio of medians over the questions that both answered; they are drawn anew in pairs."""
    both = [(ours[i], plain[i]) for i in ours if i in plain]

    def ratio(picks: Sequence[int]) -> float:
        return float(np.median([both[i][0] for i in picks]) / np.median([both[i][1] for i in picks]))

    n = len(both)
    i = intervals.Interval(ratio(range(n)) if n else math.nan, *intervals.resampled(ratio, n), n)
    return _volatile("speed.ratio", "time to our whole answer with a model sentence over the recipe's", i, "ratio")


def _volatile(
    key: str, says: str, interval: intervals.Interval, unit: Unit, better: figures.Better = "lower"
) -> Figure:
    return replace(figures.of(key, says, interval, unit, better), is_volatile=True)
