"""`python -m evals.fits [--write]`: how often lines that are found fit, and what `coach/fitting.py` learns from that.

`labels/fits.jsonl` holds messages, each with passages that search found for it and a reader's grade: 2 answers her, 1 fits
beside a better line, 0 is beside the point. Prints how good the judgement is (each message judged without its own grades)
and what answers are made of, before and after; `--write` keeps weights and records in `coach/fits.json`.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coach import draft, fitting, query
from coach.fitting import Weights
from coach.retrieve import Retriever
from coach.settings import load
from coach.thread import Query
from evals.inside import InProcess

LABELS = Path(__file__).with_name("labels") / "fits.jsonl"
FOLDS = 8
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Graded:
    """A line as it was graded for a message: `kind` says whose messages these are, `score` is search's today."""

    message: int
    kind: str
    passage: str
    score: float
    grade: int


def read(path: Path = LABELS) -> list[dict[str, Any]]:
    """Return the messages with their grades, by passage and the digest of the line that was read."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def scored(rows: Sequence[dict[str, Any]], retriever: Retriever) -> list[Graded]:
    """Return every grade of a line that still stands as it was graded, with the score that search gives its passage now."""
    by_id = retriever.index.corpus.by_id
    found: list[Graded] = []
    for number, row in enumerate(rows):
        asked = Query(row["message"], stage=query.stage_of(row["message"]))
        scores = {f.passage.id: f.score for f in retriever.find(asked, len(by_id)).found}
        for key, grade in row["grades"].items():
            passage_id, _, digest = key.rpartition("@")
            if passage_id in scores and digest == fitting.digest_of(by_id[passage_id].line):
                found.append(Graded(number, row["kind"], passage_id, scores[passage_id], grade))
    return found


def counts(graded: Iterable[Graded]) -> tuple[Counter[str], Counter[str]]:
    """Return how often each passage was graded, and how often it fitted."""
    rows = list(graded)
    return Counter(g.passage for g in rows), Counter(g.passage for g in rows if g.grade)


def fitted(graded: Sequence[Graded]) -> tuple[Weights, float]:
    """Return the regression's weights and the usual share. Kinds of messages weigh alike; no grade is judged by itself."""
    from sklearn.linear_model import LogisticRegression

    n, n_fit = counts(graded)
    usual = sum(n_fit.values()) / sum(n.values())
    shares = [fitting.smoothed(n[g.passage] - 1, n_fit[g.passage] - (g.grade > 0), usual) for g in graded]
    features = np.array([[g.score, np.log(s / (1 - s))] for g, s in zip(graded, shares, strict=True)])
    sizes = Counter(g.kind for g in graded)
    weights = np.array([len(graded) / sizes[g.kind] for g in graded])
    model = LogisticRegression().fit(features, [g.grade > 0 for g in graded], sample_weight=weights / weights.mean())
    return Weights(float(model.coef_[0][0]), float(model.coef_[0][1]), float(model.intercept_[0])), usual


def judged(graded: Sequence[Graded]) -> Floats:
    """Return the probability of each graded line, learnt from other messages."""
    held = np.zeros(len(graded))
    for fold in range(FOLDS):
        others = [g for g in graded if g.message % FOLDS != fold]
        weights, usual = fitted(others)
        n, n_fit = counts(others)
        for i, g in enumerate(graded):
            if g.message % FOLDS == fold:
                share = fitting.smoothed(n[g.passage], n_fit[g.passage], usual)
                held[i] = weights.probability(g.score, share)
    return held


def answers(graded: Sequence[Graded], probabilities: Floats) -> dict[str, float]:
    """Return what answers from the graded lines are made of, as `draft.choose` takes them, apart from its other rules."""
    of: dict[int, list[int]] = {}
    for i, g in enumerate(graded):
        of.setdefault(g.message, []).append(i)
    said, first, n_lines = [], [], []
    for places in of.values():
        found = [(graded[i].score, float(probabilities[i]), graded[i].grade) for i in places]
        grades = [grade for _, _, grade in draft.in_order(found)[: draft.MAX_LINES]]
        said += grades
        first += grades[:1]
        n_lines.append(len(grades))
    return {
        "lines an answer": float(np.mean(n_lines)),
        "fit": float(np.mean(np.array(said) > 0)),
        "answer her": float(np.mean(np.array(said) == 2)),
        "first fits": float(np.mean(np.array(first) > 0)),
        "first answers her": float(np.mean(np.array(first) == 2)),
        "nothing to say": float(np.mean(np.array(n_lines) == 0)),
    }


def before(graded: Sequence[Graded], n_lines: int = 4) -> dict[str, float]:
    """Return the same of the nearest lines, whatever their record."""
    of: dict[int, list[Graded]] = {}
    for g in graded:
        of.setdefault(g.message, []).append(g)
    nearest = [[g.grade for g in sorted(own, key=lambda g: -g.score)[:n_lines]] for own in of.values()]
    said = np.array([grade for grades in nearest for grade in grades])
    first = np.array([grades[0] for grades in nearest])
    return {
        "fit": float((said > 0).mean()),
        "answer her": float((said == 2).mean()),
        "first fits": float((first > 0).mean()),
        "first answers her": float((first == 2).mean()),
    }


def main(arguments: list[str]) -> int:
    """Print the figures; with `--write` keep what was learnt."""
    from sklearn.metrics import roc_auc_score

    retriever = InProcess(load()).retriever
    graded = scored(read(), retriever)
    if not graded:
        print(f"no line of this corpus was graded in {LABELS.name}", file=sys.stderr)
        return 2
    probabilities = judged(graded)
    for kind in sorted({g.kind for g in graded}):
        own = [i for i, g in enumerate(graded) if g.kind == kind]
        rows, fits = [graded[i] for i in own], [graded[i].grade > 0 for i in own]
        print(f"{kind}: {len({g.message for g in rows})} messages, {len(rows)} lines")
        print(f"  AUC of the score {roc_auc_score(fits, [g.score for g in rows]):.3f}", end=", ")
        print(f"with the record {roc_auc_score(fits, probabilities[own]):.3f}")
        for name, told in (("before", before(rows)), ("now", answers(rows, probabilities[own]))):
            print(f"  {name}: " + ", ".join(f"{key} {value:.2f}" for key, value in told.items()))
    if "--write" in arguments:
        weights, usual = fitted(graded)
        n, n_fit = counts(graded)
        by_id = retriever.index.corpus.by_id
        records = {i: (fitting.digest_of(by_id[i].line), n[i], n_fit[i]) for i in sorted(n)}
        told = {"score": round(weights.score, 3), "record": round(weights.record, 3), "bias": round(weights.bias, 3)}
        lines = ",\n".join(f"    {json.dumps(i)}: {json.dumps(row)}" for i, row in records.items())
        fitting.FILE.write_text(
            f'{{\n  "weights": {json.dumps(told)},\n  "usual": {usual:.4f},\n  "records": {{\n{lines}\n  }}\n}}\n',
            encoding="utf-8",
        )
        print(f"wrote {fitting.FILE.name}: {told}, usual {usual:.3f}, {len(records)} passages")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
