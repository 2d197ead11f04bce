"""The report as one self-contained HTML page: what people look at. No request leaves it, it reads light and dark.

Pictures are drawn here (`charts.py`), so the page says everything without its script; the script filters the failures.
"""

from __future__ import annotations

import json
import shlex
from collections import Counter
from collections.abc import Sequence
from html import escape
from pathlib import Path
from string import Template
from typing import Any

from evals import charts
from evals.figures import Result

TEMPLATES = Path(__file__).parent / "templates"
MAX_FAILURES = 800  # embedded in the page; all stand in results.jsonl
HEADLINES = (
    ("safety.must_catch", "Plain crisis caught"),
    ("safety.recall.crisis", "Crisis caught"),
    ("safety.recall.abuse", "Abuse noticed"),
    ("safety.complied", "Unsafe requests answered"),
    ("safety.twins_refused", "Harmless twins refused"),
    ("grounding.exact_quotes", "Exact quotes"),
    ("grounding.citation_f1", "Citation F1"),
    ("grounding.verifier.balanced", "Verifier"),
    ("grounding.model_share", "Model heard"),
    ("retrieval.hit@5", "Search hit@5"),
    ("retrieval.mrr", "Search MRR"),
    ("retrieval.refusal_f1", "Refusal F1"),
    ("conversation.talks_right", "Talks right"),
    ("speed.whole_ms", "Whole answer"),
    ("speed.ratio", "Time against recipe"),
)


def page(rows: dict[str, Any], results: Sequence[Result], recorded: Path) -> str:
    """Return the page of a report; `recorded` is its results.jsonl, which the replay command names."""
    figures = {f["key"]: f for f in rows["figures"]}
    tiles = [charts.tile(figures[key], name) for key, name in HEADLINES if key in figures]
    tables: dict[str, Any] = {}
    for own in rows["tables"].values():
        tables |= own
    template = Template((TEMPLATES / "report.html").read_text(encoding="utf-8"))
    return template.substitute(
        css=(TEMPLATES / "report.css").read_text(encoding="utf-8"),
        js=(TEMPLATES / "report.js").read_text(encoding="utf-8"),
        verdict=_verdict(rows),
        about=_about(rows),
        tiles="".join(tiles),
        pictures="".join(_pictures(tables, figures)),
        below=_below(rows),
        tables="".join(_suites(rows)),
        n_failed=str(sum(not r.passed for r in results)),
        n_results=str(len(results)),
        failures=_embedded(_failures(results, recorded)),
        n_shown=_shown(results),
    )


def _verdict(rows: dict[str, Any]) -> str:
    down = [*rows["fallen"], *rows["not_measured"]]
    if down:
        return f'<p class="verdict bad">{len(down)} floor{"s" * (len(down) > 1)} fell: {escape(", ".join(down))}</p>'
    floored = [f for f in rows["figures"] if f["floor"] is not None]
    n_below = sum(f["status"] == "below_target" for f in rows["figures"])
    more = f", {n_below} still below target" if n_below else ""
    words = f"Every floor holds ({len(floored)} judged{more})" if floored else "No floor applies to this run"
    return f'<p class="verdict {"good" if floored else "none"}">{words}</p>'


def _about(rows: dict[str, Any]) -> str:
    about = rows["about"]
    parts = {
        "model": about["model"],
        "corpus": about["corpus_digest"][:12],
        "samples": f"{about['split']}, {'a sample' if about['fast'] or about['n'] else 'whole'}",
        "judged": f"{sum(c['n'] for c in rows['counts'])} tasks in {rows['duration_s']:.0f} s",
        "made": rows["made_on"].replace("T", " ")[:16],
    }
    if about["against"]:
        parts["against"] = about["against"]
    return "".join(f"<span><b>{k}</b> {escape(str(v))}</span>" for k, v in parts.items())


def _pictures(tables: dict[str, Any], figures: dict[str, dict[str, Any]]) -> list[str]:
    drawn = []
    if tables.get("bars"):
        note = "The dot is what was measured, the line its 95 % interval. Left: caught where it must be. Right: raised where it must not be."
        drawn.append(charts.card("Every policy", note, charts.policies(tables["bars"]), "wide"))
    if tables.get("confusion"):
        drawn.append(
            charts.card(
                "How turns ended",
                "Rows: expected. Columns: what happened. Where several would do, the one that came.",
                charts.confusion(tables["confusion"]),
            )
        )
    if tables.get("ways"):
        drawn.append(charts.card("Each way of searching alone", "Fused is what serves.", charts.ways(tables["ways"])))
    if tables.get("heat"):
        drawn.append(
            charts.card(
                "Search by section",
                "hit@5 of the questions that a section answers; a hollow cell has none.",
                charts.heat(tables["heat"]),
                "wide",
            )
        )
    if tables.get("calibration"):
        drawn.append(
            charts.card(
                "Is the verifier as sure as it should be?",
                "Labelled pairs by score; on the line it is calibrated.",
                charts.calibration(tables["calibration"], tables["threshold"]),
            )
        )
    if tables.get("latency", {}).get("ours"):
        drawn.append(
            charts.card(
                "How long people wait",
                "Each line is one answer, the tall one the median.",
                charts.latency(tables["latency"]),
            )
        )
    if tables.get("judge"):
        drawn.append(charts.card("The judge", "", f"<p>{escape(tables['judge'])}.</p>"))
    return drawn


def _below(rows: dict[str, Any]) -> str:
    below = [f for f in rows["figures"] if f["status"] in ("below_target", "fallen")]
    if not below:
        return ""
    items = "".join(
        f"<li><b>{escape(f['says'])}</b> {charts.number(f['value'], f['unit'])}: {escape(f['why'])}</li>" for f in below
    )
    return charts.card("Fallen, or below target", "", f"<ul>{items}</ul>", "wide")


def _suites(rows: dict[str, Any]) -> list[str]:
    suites = list(dict.fromkeys(f["suite"] for f in rows["figures"]))
    return [charts.table(suite, [f for f in rows["figures"] if f["suite"] == suite]) for suite in suites]


def _failures(results: Sequence[Result], recorded: Path) -> list[dict[str, Any]]:
    keep = ("suite", "part", "id", "expected", "got", "why", "tags", "messages", "reason", "record", "error")
    return [
        {k: v for k, v in r.as_dict().items() if k in keep} | {"key": r.key, "command": replay_command(recorded, r.key)}
        for r in _embeddable(results)
    ]


def _embeddable(results: Sequence[Result]) -> list[Result]:
    """Return what failed, at most MAX_FAILURES: as many of each suite as there is room for, in their order."""
    failed = [r for r in results if not r.passed]
    if len(failed) <= MAX_FAILURES:
        return failed
    place = {id(r): n for r, n in zip(failed, _places([r.suite for r in failed]), strict=True)}
    kept = {id(r) for r in sorted(failed, key=lambda r: place[id(r)])[:MAX_FAILURES]}
    return [r for r in failed if id(r) in kept]


def _places(names: Sequence[str]) -> list[int]:
    counts: Counter[str] = Counter()
    places = []
    for name in names:
        places.append(counts[name])
        counts[name] += 1
    return places


def _shown(results: Sequence[Result]) -> str:
    n_failed = sum(not r.passed for r in results)
    return "" if n_failed <= MAX_FAILURES else f" {MAX_FAILURES} of them are shown, the first of each suite."


def replay_command(recorded: Path, key: str) -> str:
    """Return the command that runs a result again, wherever it is typed."""
    return f"python -m evals replay {shlex.quote(str(recorded.resolve()))} --key {shlex.quote(key)}"


def _embedded(value: Any) -> str:
    # `</script>` in a message must not end the script element.
    return (
        json.dumps(value, ensure_ascii=False)
        .replace("<", "\\u003c")
        .replace("\u2028", "\\u2028")
        .replace("\u2029", "\\u2029")
    )
