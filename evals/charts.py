"""The pictures of the report as HTML and SVG: tiles, bars with intervals, matrix, heat map, curve, distribution.

Colours are classes and variables of `templates/report.css`, so one picture serves light and dark. Every picture also says
its numbers as text, for those who do not see it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from typing import Any

OUTCOMES = ("answered", "abstained", "declined", "crisis", "out_of_scope", "failed")
MEASURES = ("hit@1", "hit@3", "hit@5", "mrr", "ndcg@10")


def number(value: float | None, unit: str = "share") -> str:
    """Return a number as the page shows it."""
    if value is None or math.isnan(value):
        return "–"
    if unit == "share":
        return f"{100 * value:.1f}<small>%</small>"
    if unit == "ms":
        return f"{value:,.0f}<small> ms</small>"
    return f"{value:.2f}" if unit in ("mean", "ratio") else f"{value:,.0f}"


def card(title: str, note: str, body: str, extra: str = "") -> str:
    """Return a titled box."""
    said = f'<p class="note">{escape(note)}</p>' if note else ""
    return f'<section class="card {extra}"><h2>{escape(title)}</h2>{said}{body}</section>'


def tile(f: dict[str, Any], name: str) -> str:
    """Return a headline figure with its interval, floor, target and change."""
    status = f["status"]
    marks = _track(f) if f["unit"] in ("share", "mean", "ratio") and _at(f["high"]) <= 100 else ""
    change = ""
    if f["before"] is not None and f["value"] is not None and abs(f["value"] - f["before"]) > 5e-5:
        up = f["value"] > f["before"]
        is_good = up == (f["better"] == "higher")
        step = abs(f["value"] - f["before"])
        said = f"{100 * step:.1f}" if f["unit"] == "share" else f"{step:.2f}"
        change = f'<span class="change {"good" if is_good else "bad"}">{"▲" if up else "▼"} {said}</span>'
    wanted = f"wanted {number(f['target'], f['unit'])}" if f["target"] is not None else ""
    return (
        f'<div class="tile {status}" title="{escape(f["says"])}"><h3>{escape(name)}</h3>'
        f'<p class="big">{number(f["value"], f["unit"])} {change}</p>{marks}<p class="small"><span>n {f["n"]:,}</span><span>{wanted}</span></p></div>'
    )


def _at(value: float | None) -> float:
    return 0.0 if value is None or math.isnan(value) else max(0.0, min(101.0, 100 * value))


def _track(f: dict[str, Any], tone: str = "") -> str:
    low, high = _at(f["low"]), _at(f["high"])
    ticks = "".join(
        f'<i class="{kind}" style="left:{_at(f[kind]):.1f}%"></i>'
        for kind in ("floor", "target")
        if f.get(kind) is not None
    )
    return (
        f'<div class="track {tone}"><i class="span" style="left:{low:.1f}%;width:{max(high - low, 0.6):.1f}%"></i>{ticks}'
        f'<i class="dot" style="left:{_at(f["value"]):.1f}%"></i></div>'
    )


def policies(bars: Sequence[dict[str, Any]]) -> str:
    """Return recall and false alarms of every policy as dots on tracks."""
    names = list(dict.fromkeys(b["policy"] for b in bars))
    rows = [
        '<div class="policy head"><span></span><span>caught</span><span></span><span>false alarms</span><span></span></div>'
    ]
    for name in names:
        own = {b["measure"]: b for b in bars if b["policy"] == name}
        rows.append(
            f'<div class="policy"><span>{escape(name.replace("_", " "))}</span>{_bar(own.get("recall"), "up")}{_bar(own.get("false_alarms"), "down")}</div>'
        )
    return "".join(rows)


def _bar(row: dict[str, Any] | None, tone: str) -> str:
    if row is None:
        return "<span></span><span></span>"
    return f'{_track(row, tone)}<span class="num">{number(row["value"])}<em>n {row["n"]}</em></span>'


def confusion(matrix: dict[str, dict[str, int]]) -> str:
    """Return the matrix of expected and actual outcomes, shaded within each row."""
    seen = {*matrix, *(got for row in matrix.values() for got in row)}
    names = [o for o in OUTCOMES if o in seen]
    head = "".join(f"<th>{escape(n.replace('_', ' '))}</th>" for n in names)
    rows = []
    for expected in names:
        row = matrix.get(expected, {})
        total = sum(row.values())
        cells = "".join(_cell(row.get(got, 0), total, got == expected) for got in names)
        rows.append(f"<tr><th>{escape(expected.replace('_', ' '))}</th>{cells}</tr>")
    return f'<div class="scroll"><table class="matrix"><tr><td></td>{head}</tr>{"".join(rows)}</table></div>'


def _cell(count: int, total: int, is_right: bool) -> str:
    shade = count / total if total else 0
    kind = "right" if is_right else "wrong"
    return f'<td class="{kind if count else "none"}" style="--shade:{shade:.2f}">{count or ""}</td>'


def ways(rows: Sequence[dict[str, Any]]) -> str:
    """Return a table of each way of searching, the best of each measure marked."""
    best = {m: max((r[m] for r in rows if m in r), default=0.0) for m in MEASURES}
    head = "".join(f"<th>{m}</th>" for m in MEASURES)
    body = "".join(
        f'<tr class="{"serves" if r["way"] == "fused" else ""}"><th>{escape(r["way"])}</th>'
        + "".join(f'<td class="{"best" if r.get(m) == best[m] else ""}">{r.get(m, 0):.3f}</td>' for m in MEASURES)
        + "</tr>"
        for r in rows
    )
    return f'<div class="scroll"><table class="plain"><tr><td></td>{head}</tr>{body}</table></div>'


def heat(cells: Sequence[dict[str, Any]]) -> str:
    """Return the sections of each article as cells shaded by hit@5."""
    articles: dict[str, list[dict[str, Any]]] = {}
    for cell in cells:
        articles.setdefault(cell["section"].split("#")[0], []).append(cell)
    rows = []
    for article, own in sorted(articles.items()):
        boxes = "".join(
            f'<span class="{"cell" if c["n"] else "cell empty"}" style="--hit:{c["hit@5"]:.2f}" '
            f'title="{escape(c["section"])}: {100 * c["hit@5"]:.0f} % of {c["n"]}"><b>{100 * c["hit@5"]:.0f}</b><em>{escape(_short(c["section"]))}</em></span>'
            for c in sorted(own, key=lambda c: _order(c["section"]))
        )
        rows.append(f'<div class="heat"><span class="name">{escape(article)}</span><div>{boxes}</div></div>')
    return "".join(rows)


def _short(section: str) -> str:
    name = section.partition("#")[2] or section
    for long, short in (
        ("step-", ""),
        ("way-", ""),
        ("reason-", "r"),
        ("faq-", ""),
        ("conclusion", "end"),
        ("stay-together", "stay"),
    ):
        name = name.replace(long, short)
    return name


def _order(section: str) -> tuple[int, int, str]:
    name = section.partition("#")[2] or section
    kind, _, digits = name.partition("-")
    rank = {
        "intro": 0,
        "know": 1,
        "how": 2,
        "reason": 3,
        "step": 4,
        "way": 4,
        "stay": 5,
        "note": 5,
        "faq": 6,
        "conclusion": 7,
    }
    return rank.get(kind, 5), int(digits) if digits.isdigit() else 0, name


def calibration(bins: Sequence[dict[str, Any]], threshold: float) -> str:
    """Return the calibration curve: how sure against how often right, with the threshold."""
    size, pad = 260, 34
    side = size - 2 * pad

    def x(v: float) -> float:
        return pad + v * side

    def y(v: float) -> float:
        return size - pad - v * side

    top = max(b["n"] for b in bins)
    points = " ".join(f"{x(b['score']):.1f},{y(b['supported']):.1f}" for b in bins)
    dots = "".join(
        f'<circle cx="{x(b["score"]):.1f}" cy="{y(b["supported"]):.1f}" r="{3 + 6 * math.sqrt(b["n"] / top):.1f}"><title>score {b["score"]:.2f}: '
        f"{100 * b['supported']:.0f} % supported of {b['n']}</title></circle>"
        for b in bins
    )
    grid = "".join(
        f'<line class="grid" x1="{x(v)}" y1="{y(0)}" x2="{x(v)}" y2="{y(1)}"/><line class="grid" x1="{x(0)}" y1="{y(v)}" x2="{x(1)}" y2="{y(v)}"/>'
        f'<text x="{x(v)}" y="{size - pad + 14}" text-anchor="middle">{v:g}</text><text x="{pad - 6}" y="{y(v) + 3}" text-anchor="end">{v:g}</text>'
        for v in (0, 0.5, 1)
    )
    return (
        f'<svg class="curve" viewBox="0 0 {size} {size}" role="img" aria-label="calibration curve">{grid}'
        f'<line class="ideal" x1="{x(0)}" y1="{y(0)}" x2="{x(1)}" y2="{y(1)}"/>'
        f'<line class="threshold" x1="{x(threshold)}" y1="{y(0)}" x2="{x(threshold)}" y2="{y(1)}"/>'
        f'<polyline points="{points}"/>{dots}<text x="{size / 2}" y="{size - 4}" text-anchor="middle">the verifier’s score (threshold {threshold:g})</text>'
        f'<text transform="rotate(-90 9 {size / 2})" x="9" y="{size / 2}" text-anchor="middle">truly supported</text></svg>'
    )


def latency(series: dict[str, list[float]]) -> str:
    """Return a strip for each series on one scale."""
    named = {name: values for name, values in series.items() if values}
    top = max(max(values) for values in named.values()) * 1.05
    rows = []
    for name, values in named.items():
        middle = sorted(values)[len(values) // 2]
        ticks = "".join(f'<i style="left:{100 * v / top:.2f}%" title="{v:,.0f} ms"></i>' for v in values)
        rows.append(
            f'<div class="strip"><span>{escape(name)}</span><div>{ticks}<b style="left:{100 * middle / top:.2f}%"></b></div>'
            f'<span class="num">{number(middle, "ms")}</span></div>'
        )
    scale = f'<div class="strip scale"><span></span><div><em>0</em><em>{top / 2000:.1f} s</em><em>{top / 1000:.1f} s</em></div><span></span></div>'
    return "".join(rows) + scale


def table(suite: str, figures: Sequence[dict[str, Any]]) -> str:
    """Return all figures of a suite, folded away."""
    rows = "".join(
        f'<tr class="{f["status"]}"><td><code>{escape(f["key"].split(".", 1)[1])}</code><em>{escape(f["says"])}</em></td>'
        f"<td>{number(f['value'], f['unit'])}</td>"
        f"<td>{number(f['low'], f['unit'])} – {number(f['high'], f['unit'])}</td><td>{f['n']:,}</td><td>{number(f['floor'], f['unit'])}</td>"
        f"<td>{number(f['target'], f['unit'])}</td><td>{_change(f)}</td></tr>"
        for f in figures
    )
    head = "<tr><th>figure</th><th>value</th><th>95 %</th><th>n</th><th>floor</th><th>target</th><th>change</th></tr>"
    return (
        f'<details class="card wide"><summary><h2>{escape(suite)}</h2><span>{len(figures)} figures</span></summary>'
        f'<div class="scroll"><table class="figures">{head}{rows}</table></div></details>'
    )


def _change(f: dict[str, Any]) -> str:
    if f["before"] is None or f["value"] is None:
        return "–"
    step = f["value"] - f["before"]
    return f"{100 * step:+.1f}" if f["unit"] == "share" else f"{step:+.2f}"
