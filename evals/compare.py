"""`python -m evals compare A B` (or `--compare A B`): two reports side by side, and the samples that turned.

A figure's change is called one only where the intervals do not overlap.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from evals.errors import BadInput
from evals.report import show
from evals.run import RESULTS, read_results

MAX_NAMED = 12
OF_WHAT = ("split", "fast", "n", "seed", "samples", "posts", "invariants")  # what decides which samples a run is of


def main(argv: list[str]) -> int:
    """Print the comparison as Markdown."""
    parser = argparse.ArgumentParser(prog="python -m evals compare", description="Set two reports side by side.")
    parser.add_argument("a", type=Path)
    parser.add_argument("b", type=Path)
    args = parser.parse_args(argv)
    print(markdown(_report(args.a), _report(args.b), turned(args.a / RESULTS, args.b / RESULTS)))
    return 0


def _report(folder: Path) -> dict[str, Any]:
    try:
        row: dict[str, Any] = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    except (OSError, json.JSONDecodeError) as error:
        raise BadInput(f"{folder / 'report.json'}: there is no report there") from error
    return row


def turned(a: Path, b: Path) -> dict[str, list[str]]:
    """Return the keys of samples that pass in one report only, `better` for those that pass in B."""
    before, after = ({r.key: r.passed for r in read_results(path)} for path in (a, b))
    both = [k for k in before if k in after and before[k] != after[k]]
    return {"better": [k for k in both if after[k]], "worse": [k for k in both if not after[k]]}


def markdown(a: dict[str, Any], b: dict[str, Any], samples: dict[str, list[str]]) -> str:
    """Return figures side by side, those that differ beyond their intervals marked."""
    ours, theirs = ({f["key"]: f for f in r["figures"]} for r in (a, b))
    differing = [k for k in OF_WHAT if a["about"].get(k) != b["about"].get(k)]
    lines = [
        f"A: {_said(a)}  ",
        f"B: {_said(b)}",
        "",
        *([f"**These are not of the same samples: they differ in {', '.join(differing)}.**", ""] if differing else []),
        "| figure | A | B | change | |",
        "|---|---:|---:|---:|---|",
    ]
    for key in [*ours, *(k for k in theirs if k not in ours)]:
        lines.append(_row(key, ours.get(key), theirs.get(key)))
    for name, keys in samples.items():
        more = f" and {len(keys) - MAX_NAMED} more" if len(keys) > MAX_NAMED else ""
        lines += ["", f"**{len(keys)} samples turned {name}** {', '.join(keys[:MAX_NAMED])}{more}"]
    return "\n".join(lines)


def _said(r: dict[str, Any]) -> str:
    return f"model `{r['about']['model']}`, corpus `{r['about']['corpus_digest'][:12]}`, {r['made_on'][:16]}"


def _row(key: str, a: dict[str, Any] | None, b: dict[str, Any] | None) -> str:
    if a is None or b is None or a["value"] is None or b["value"] is None:
        values = [show(f["value"], f["unit"]) if f else "" for f in (a, b)]
        is_in = [f is not None and f["value"] is not None for f in (a, b)]
        said = "in neither" if not any(is_in) else f"only in {'A' if is_in[0] else 'B'}"
        return f"| {key} | {values[0]} | {values[1]} | | {said} |"
    step = b["value"] - a["value"]
    is_apart = b["low"] > a["high"] or b["high"] < a["low"]
    is_better = (step > 0) == (b["better"] == "higher")
    mark = ("**better**" if is_better else "**worse**") if is_apart else ""
    return f"| {key} | {show(a['value'], a['unit'])} | {show(b['value'], b['unit'])} | {step:+.3f} | {mark} |"
