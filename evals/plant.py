"""`python -m evals plant`: plants every fault of `faults.py` in turn; each must turn its suite red.

A suite is red where a figure is under its floor in `floors.toml`, so that a whole run would exit with 3. First the same tasks
are judged without the fault: what is no worse with it is not its doing. No model is needed; the verifier's pairs are scored
by a stand-in of known skill. Exit 0 where every fault was noticed, 3 where one was not.
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from coach.prompt import ChatMessage
from coach.settings import CoachSettings
from coach.verify import Verifier
from evals import floors
from evals.conversation import Talks
from evals.faults import FAULTS, Fault, healthy
from evals.figures import Figure, Suite
from evals.grounding import Grounding
from evals.inside import InProcess
from evals.retrieval import Retrieval
from evals.safety import Safety
from evals.samples import DATA, VerifyPair, read
from evals.sampling import stratified


@dataclass(frozen=True, slots=True)
class Noticed:
    """A fault and the figures that fell under it."""

    fault: Fault
    n: int
    fallen: tuple[str, ...]


class StandIn:
    """A verifier's model of known skill: sure of what is supported, unsure of what is not; knows the labels of the pairs."""

    name = "stand-in"
    is_large = False
    is_up = True

    def __init__(self, pairs: Sequence[VerifyPair]):
        self._supported = {" ".join(p.sentence.split()) for p in pairs if p.supported}

    async def write(self, messages: Sequence[ChatMessage], max_tokens: int) -> str:
        """Write nothing: the lines stand."""
        return ""

    async def p_yes(self, messages: Sequence[ChatMessage]) -> float:
        """Return 0.95 for supported, 0.5 for unsupported pairs."""
        return 0.95 if any(s in messages[-1].text for s in self._supported) else 0.5

    async def close(self) -> None:
        """Hold nothing."""


class Planted(InProcess):
    """The coach of this checkout without a model, and a stand-in where a verifier is asked for."""

    async def use_stand_in(self, pairs: Sequence[VerifyPair]) -> None:
        """Give the coach a verifier of known skill."""
        (await self.coach()).verifier = Verifier(StandIn(pairs))


def main(argv: list[str]) -> int:
    """Plant all faults, or those whose name holds a word."""
    parser = argparse.ArgumentParser(
        prog="python -m evals plant", description="Plant faults; each must turn a suite red."
    )
    parser.add_argument("only", nargs="?", default="", help="a word in the names of the faults to plant")
    parser.add_argument("--out", type=Path, help="also write the table there")
    args = parser.parse_args(argv)
    noticed = asyncio.run(plant([f for f in FAULTS if args.only in f.name]))
    table = markdown(noticed)
    print(table)
    if args.out:
        args.out.write_text(table + "\n", encoding="utf-8")
    return 0 if noticed and all(n.fallen for n in noticed) else 3


async def plant(faults: Sequence[Fault]) -> list[Noticed]:
    """Judge each fault's tasks without and with it."""
    subject = Planted(CoachSettings(model="none"))
    await subject.use_stand_in(read(DATA / "verify" / "tuning.jsonl", VerifyPair))
    await subject.coach()  # the rails of whole turns and of the suite are then the same object
    known = floors.load()
    noticed, healthy_figures = [], dict[object, tuple[Figure, ...]]()
    for fault in faults:
        same = (
            fault.suite,
            fault.parts,
            fault.n,
            fault.policies,
        )  # faults of the same tasks share what is judged without one
        if same not in healthy_figures:
            healthy_figures[same] = await _figures(fault, subject, is_planted=False)
        before = healthy_figures[same]
        after = await _figures(fault, subject, is_planted=True)
        noticed.append(Noticed(fault, max((f.n for f in before), default=0), fell(before, after, known)))
        print(f"{'red  ' if noticed[-1].fallen else 'GREEN'} {fault.name}", flush=True)
    return noticed


def fell(before: Sequence[Figure], after: Sequence[Figure], known: dict[str, floors.Floor]) -> tuple[str, ...]:
    """Return the figures under their floor with the fault, and worse than without it: those that make a whole run exit with 3.

    A figure that only the fault brings about counts, and one that is no longer measured. `n` is of the whole half and not asked
    of a sample.
    """
    floored = {k: f.model_copy(update={"n": 0}) for k, f in known.items() if f.floor is not None}
    was = {f.key: f for f in before if f.n}
    now = {f.key for f in after if f.n}
    judged = floors.judge(after, floored, {}, is_whole=True)
    fallen = [j.figure.key for j in judged if j.status == "fallen" and _is_worse(j.figure, was.get(j.figure.key))]
    return (*fallen, *(key for key in was if key in floored and key not in now))


def _is_worse(now: Figure, was: Figure | None) -> bool:
    sign = 1 if now.better == "higher" else -1
    return was is None or sign * (now.value - was.value) < -floors.ROUNDING


def markdown(noticed: Sequence[Noticed]) -> str:
    """Return the table that stands in `docs/evals.md`."""
    lines = [
        "| fault | what is broken | samples | suite that turns red | figures that fall |",
        "|---|---|---:|---|---|",
    ]
    for n in noticed:
        keys = [k.partition(".")[2] for k in n.fallen[:3]]
        more = f" and {len(n.fallen) - 3} more" if len(n.fallen) > 3 else ""
        lines.append(
            f"| {n.fault.name} | {n.fault.says} | {n.n} | {n.fault.suite if n.fallen else '**none**'} | {', '.join(keys)}{more} |"
        )
    return "\n".join(lines)


async def _figures(fault: Fault, subject: InProcess, *, is_planted: bool) -> tuple[Figure, ...]:
    suite = _suite(fault.suite)
    tasks = stratified([t for t in suite.tasks() if fault.takes(t)], fault.n)
    with fault.plant(subject) if is_planted else healthy(subject):
        results = [await suite.judge(task, subject) for task in tasks]
        return suite.draw(results).figures


def _suite(name: str) -> Suite:
    made: dict[str, Suite] = {
        "retrieval": Retrieval("tuning", ways=False),
        "safety": Safety("tuning"),
        "grounding": Grounding("tuning", has_model=True, is_judged=False),
        "conversation": Talks(),
    }
    return made[name]
