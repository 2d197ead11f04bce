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

from coach.settings import CoachSettings, load
from corpus.weights import QWEN
from evals import choose
from evals.differences import between
from evals.errors import BadInput
from evals.figures import Result
from evals.inside import InProcess
from evals.judge import EMBEDDED
from evals.options import REPORTS, SUITES, Options
from evals.report import stable
from evals.run import RUN, read_about, read_results
from evals.samples import Split
from evals.subject import Subject


def main(argv: list[str]) -> int:
    """Replay one record."""
    parser = argparse.ArgumentParser(prog="python -m evals replay", description="Run a recorded turn again.")
    parser.add_argument("file", type=Path, help="a turn, a result, or results.jsonl")
    parser.add_argument("--key", default="", help="SUITE/PART/ID of a result in results.jsonl")
    args = parser.parse_args(argv)
    path = args.file if args.file.exists() else REPORTS / args.file.name
    about = read_about(path.with_name(RUN)) if path.suffix == ".jsonl" and path.with_name(RUN).is_file() else {}
    return asyncio.run(_replay(read(path, args.key), about))


def read(path: Path, key: str) -> dict[str, Any]:
    """Return the record: a result, or turns with their answers."""
    if path.suffix == ".jsonl":
        found = [r.as_dict() for r in read_results(path) if r.key == key]
        if not found:
            raise BadInput(f"{path}: there is no result with the key {key!r}; give one as --key SUITE/PART/ID")
        return json.loads(json.dumps(found[0]))  # type: ignore[no-any-return]
    try:
        row = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadInput(f"{path}: not a recorded turn ({type(error).__name__})") from error
    if isinstance(row, dict) and {"message", "answer"} <= set(row):
        row = {"turns": [row]}
    if isinstance(row, dict) and "record" not in row:
        row = {"record": row}
    found_row: dict[str, Any] = row if isinstance(row, dict) else {}
    record = found_row.get("record")
    if isinstance(record, dict) and (_are_turns(record.get("turns")) or {"suite", "part", "id"} <= set(found_row)):
        return found_row
    raise BadInput(f"{path}: not a recorded turn: it needs `message` and `answer`, `turns` of these, or a result")


def _are_turns(turns: object) -> bool:
    return (
        isinstance(turns, list)
        and bool(turns)
        and all(isinstance(t, dict) and {"message", "answer"} <= set(t) for t in turns)
    )


async def _replay(row: dict[str, Any], about: dict[str, Any]) -> int:
    subject = InProcess(settings_of(row, about))
    try:
        parts = await again(row, about, subject)
    finally:
        await subject.close()
    for line in parts:
        print(line)
    print("It parts from the record." if parts else "All as recorded.")
    return 3 if parts else 0


def settings_of(row: dict[str, Any], about: dict[str, Any]) -> CoachSettings:
    """Return the settings of the environment, with the model of the record: another would part from it everywhere."""
    turns = row["record"].get("turns") or [{}]
    told = turns[0].get("answer", {}).get("decision", {}).get("model", "")
    model = about.get("model", "") if not about.get("against") else EMBEDDED if told == QWEN.name else told
    model = model or (EMBEDDED if told == QWEN.name else told)
    settings = load()
    return settings.model_copy(update={"model": model}) if model else settings


async def again(row: dict[str, Any], about: dict[str, Any], subject: InProcess) -> list[str]:
    """Say or judge it again and return where it parts."""
    if turns := row["record"].get("turns"):
        return await talked_again(turns, subject, row["record"].get("region", ""))
    return await judged_again(row, subject, about)


async def talked_again(turns: list[dict[str, Any]], subject: Subject, region: str = "") -> list[str]:
    """Say the messages again, from where they were said, and return where the answers part."""
    exchanges = await subject.talk([t["message"] for t in turns], region)
    lines = []
    for place, (turn, exchange) in enumerate(zip(turns, exchanges, strict=True), 1):
        lines += [f"turn {place}: {d}" for d in between(stable(turn["answer"]), stable(exchange.answer))]
    return lines


async def judged_again(row: dict[str, Any], subject: InProcess, about: dict[str, Any]) -> list[str]:
    """Judge the sample again, one's own from their file, and return where the results part."""
    recorded = Result.from_dict(row)
    samples, posts = (Path(about[name]) if about.get(name) else None for name in ("samples", "posts"))
    splits: tuple[Split, ...] = ("untouched",) if samples or posts else ("untouched", "tuning")
    for split in splits:
        options = Options(SUITES, split=split, judge=about.get("judge", ""), samples=samples, posts=posts)
        suite = next((s for s in choose.suites(options, subject.settings.model) if s.name == recorded.suite), None)
        task = next((t for t in suite.tasks() if t.key == recorded.key), None) if suite else None
        if suite and task:
            now = await suite.judge(task, subject)
            return list(between(stable(row), stable(json.loads(json.dumps(now.as_dict())))))
    raise BadInput(f"there is no sample {recorded.key} in the data any more")
