"""What a run leaves behind: `report.json`, `junit.xml`, `report.md`, `report.html`, beside `results.jsonl`.

`report.json` names its volatile fields (times, ids, dates): two runs with the same seed and no model are equal without them.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

from evals import figures
from evals.figures import Figure
from evals.floors import Judged
from evals.page import page
from evals.run import RESULTS, Outcome

VOLATILE = ("made_on", "duration_s", "ms", "turn_id", "thread_id", "timings_ms", "latency")
TABLES_OF = {"retrieval": "heat", "safety": "bars"}


@dataclass(frozen=True, slots=True)
class Report:
    """All of a run that the files show."""

    about: dict[str, Any]
    judged: tuple[Judged, ...]
    missing: tuple[str, ...]
    outcome: Outcome
    made_on: str

    @property
    def fallen(self) -> list[Judged]:
        """Figures under their floor."""
        return [j for j in self.judged if j.status == "fallen"]

    @property
    def exit_code(self) -> int:
        """0 where every floor holds, 3 where one fell or was not measured."""
        return 3 if self.fallen or self.missing else 0

    def as_dict(self) -> dict[str, Any]:
        """Return `report.json`."""
        counts = Counter((r.suite, r.part) for r in self.outcome.results)
        failed = Counter((r.suite, r.part) for r in self.outcome.results if not r.passed)
        return {
            "volatile": list(VOLATILE),
            "made_on": self.made_on,
            "duration_s": round(self.outcome.duration_s, 1),
            "about": self.about,
            "exit_code": self.exit_code,
            "fallen": [j.figure.key for j in self.fallen],
            "not_measured": list(self.missing),
            "counts": [{"suite": s, "part": p, "n": n, "failed": failed[s, p]} for (s, p), n in counts.items()],
            "figures": [j.as_dict() for j in self.judged],
            "tables": {name: drawn.tables for name, drawn in self.outcome.drawn.items()},
        }


def errors(outcome: Outcome) -> list[Figure]:
    """Return, per suite, the share of samples that broke instead of being judged."""
    suites = list(outcome.drawn)
    return [
        figures.share(
            f"{s}.errors", f"{s}: samples that broke", [bool(r.error) for r in outcome.results if r.suite == s], "lower"
        )
        for s in suites
    ]


def write(report: Report, folder: Path) -> None:
    """Write every file of the report."""
    rows = report.as_dict()
    _write(folder / "report.json", json.dumps(rows, indent=1, ensure_ascii=False) + "\n")
    _write(folder / "report.md", markdown(rows))
    _write(folder / "junit.xml", junit(report))
    _write(folder / "report.html", page(rows, report.outcome.results, folder / RESULTS))


def stable(value: Any) -> Any:
    """Return a report or record without its volatile fields and volatile figures, to compare two runs."""
    if isinstance(value, dict):
        return {k: stable(v) for k, v in value.items() if k not in VOLATILE}
    if isinstance(value, list):
        return [stable(v) for v in value if not (isinstance(v, dict) and v.get("is_volatile"))]
    return value


def junit(report: Report) -> str:
    """Return one test case a floor, and one a sample that failed, so that CI shows both."""
    root = Xml.Element("testsuites")
    floors = Xml.SubElement(root, "testsuite", name="floors")
    for judged in report.judged:
        if judged.floor is None:
            continue
        case = Xml.SubElement(floors, "testcase", classname=judged.figure.suite, name=judged.figure.key)
        if judged.status == "fallen":
            Xml.SubElement(case, "failure", message=judged.why)
    for key in report.missing:
        case = Xml.SubElement(floors, "testcase", classname=key.partition(".")[0], name=key)
        Xml.SubElement(case, "failure", message="not measured")
    floors.set("tests", str(len(floors)))
    floors.set("failures", str(len(floors.findall("./testcase/failure"))))
    samples = Xml.SubElement(root, "testsuite", name="samples")
    for result in report.outcome.results:
        case = Xml.SubElement(samples, "testcase", classname=f"{result.suite}.{result.part}", name=result.id)
        if result.error:
            Xml.SubElement(case, "error", message=result.error)
        elif not result.passed:  # a sample is evidence, not a gate: only floors fail a run
            Xml.SubElement(case, "skipped", message=f"expected {result.expected}; got {result.got}")
    samples.set("tests", str(len(report.outcome.results)))
    Xml.indent(root)
    return Xml.tostring(root, encoding="unicode") + "\n"


def markdown(rows: dict[str, Any]) -> str:
    """Return the figures as Markdown tables, one a suite."""
    about = rows["about"]
    lines = [
        "# Evaluation",
        "",
        f"Model `{about['model']}`, corpus `{about['corpus_digest'][:12]}`, {about['split']} samples, "
        f"{'a sample' if about['fast'] or about['n'] else 'whole'}. " + _verdict(rows),
    ]
    suites = list(dict.fromkeys(f["suite"] for f in rows["figures"]))
    for suite in suites:
        lines += [
            "",
            f"## {suite}",
            "",
            "| figure | value | 95 % | n | floor | target | change | |",
            "|---|---:|---|---:|---:|---:|---:|---|",
        ]
        lines += [_row(f) for f in rows["figures"] if f["suite"] == suite]
    below = [f for f in rows["figures"] if f["status"] == "below_target"]
    if below:
        lines += ["", "## Below target", ""]
        lines += [f"- {f['says']}: {show(f['value'], f['unit'])}, target {show(f['target'], f['unit'])}" for f in below]
    return "\n".join(lines) + "\n"


def _verdict(rows: dict[str, Any]) -> str:
    if rows["exit_code"]:
        return f"**Fallen: {', '.join(rows['fallen'] + rows['not_measured'])}.**"
    is_floored = any(f["floor"] is not None for f in rows["figures"])
    return "**Every floor holds.**" if is_floored else "No floor applies to this run."


def show(value: float | None, unit: str) -> str:
    """Return a number as people read it."""
    if value is None or math.isnan(value):
        return ""
    if unit in ("ms", "s"):
        return f"{value:,.0f} {unit}" if unit == "ms" else f"{value:.1f} s"
    return f"{value:.3f}" if unit in ("share", "mean", "ratio") else f"{value:g}"


def _row(f: dict[str, Any]) -> str:
    unit = f["unit"]
    change = "" if f["before"] is None or f["value"] is None else f"{f['value'] - f['before']:+.3f}"
    mark = {"fallen": "**fallen**", "below_target": "below target", "ok": "ok", "unjudged": ""}[f["status"]]
    interval = f"{show(f['low'], unit)} to {show(f['high'], unit)}"
    cells = [
        f["key"].split(".", 1)[1],
        show(f["value"], unit),
        interval,
        str(f["n"]),
        show(f["floor"], unit),
        show(f["target"], unit),
        change,
        mark,
    ]
    return "| " + " | ".join(cells) + " |"


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


def by_status(judged: Sequence[Judged]) -> dict[str, int]:
    """Return how many figures hold, miss their target, fell."""
    return dict(Counter(j.status for j in judged))
