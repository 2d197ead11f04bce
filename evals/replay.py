"""`python -m evals replay FILE [--key KEY]`: runs a recorded turn or sample again and shows where it parts from the record.

FILE is one turn (`{"message", "answer"}`), one result, or a `results.jsonl` with the key of a result in it. Exit 0 where all
is as recorded, 3 where it parts.
"""

from __future__ import annotations

import argparse
import asyncio
import json
from pathlib import Path
from typing import Any

from coach.settings import load
from evals import choose
from evals.differences import between
from evals.errors import BadInput
from evals.figures import Result
from evals.inside import InProcess
from evals.options import REPORTS, SUITES, Options
from evals.report import stable
from evals.run import read_results


def main(argv: list[str]) -> int:
    """Replay one record."""
    parser = argparse.ArgumentParser(prog="python -m evals replay", description="Run a recorded turn again.")
    parser.add_argument("file", type=Path, help="a turn, a result, or results.jsonl")
    parser.add_argument("--key", default="", help="SUITE/PART/ID of a result in results.jsonl")
    args = parser.parse_args(argv)
    path = args.file if args.file.exists() else REPORTS / args.file.name
    return asyncio.run(_replay(read(path, args.key)))


def read(path: Path, key: str) -> dict[str, Any]:
    """Return the record: a result, or turns with their answers."""
    if path.suffix == ".jsonl":
        found = [r.as_dict() for r in read_results(path) if r.key == key]
        if not found:
            raise BadInput(f"{path}: there is no result with the key {key!r}; give one as --key SUITE/PART/ID")
        return json.loads(json.dumps(found[0]))  # type: ignore[no-any-return]
    try:
        row = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, json.JSONDecodeError) as error:
        raise BadInput(f"{path}: not a recorded turn ({type(error).__name__})") from error
    if isinstance(row, dict) and {"message", "answer"} <= set(row):
        return {"record": {"turns": [row]}}
    if isinstance(row, dict) and ("record" in row or "turns" in row):
        return row if "record" in row else {"record": row}
    raise BadInput(f"{path}: not a recorded turn: it needs `message` and `answer`, `turns`, or a result")


async def _replay(row: dict[str, Any]) -> int:
    subject = InProcess(load())
    try:
        if turns := row["record"].get("turns"):
            parts = await talked_again(turns, subject)
        else:
            parts = await judged_again(row, subject)
    finally:
        await subject.close()
    for line in parts:
        print(line)
    print("It parts from the record." if parts else "All as recorded.")
    return 3 if parts else 0


async def talked_again(turns: list[dict[str, Any]], subject: InProcess) -> list[str]:
    """Say the messages again and return where the answers part."""
    exchanges = await subject.talk([t["message"] for t in turns])
    lines = []
    for place, (turn, exchange) in enumerate(zip(turns, exchanges, strict=True), 1):
        lines += [f"turn {place}: {d}" for d in between(stable(turn["answer"]), stable(exchange.answer))]
    return lines


async def judged_again(row: dict[str, Any], subject: InProcess) -> list[str]:
    """Judge the sample again and return where the results part."""
    recorded = Result.from_dict(row)
    for split in ("untouched", "tuning"):
        options = Options(SUITES, split=split)
        suite = next(s for s in choose.suites(options, subject.settings.model) if s.name == recorded.suite)
        task = next((t for t in suite.tasks() if t.key == recorded.key), None)
        if task is not None:
            now = await suite.judge(task, subject)
            return list(between(stable(row), stable(json.loads(json.dumps(now.as_dict())))))
    raise BadInput(f"there is no sample {recorded.key} in the data any more")
