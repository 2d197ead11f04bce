"""`python -m evals.fits [--write]`: how often lines that are found fit, and what `coach/fitting.py` learns from that.

`labels/fits.jsonl` holds messages, each with passages that search found for it and a reader's grade: 2 answers her, 1 fits
beside a better line, 0 is beside the point. Prints how good the judgement is (each message judged without its own grades)
and what answers are made of, before and after, and names the lines that fit hardly anybody; `--write` keeps what was learnt in
`coach/fits.npz`. Messages of the kind `untouched` are only judged.
"""

from __future__ import annotations

import json
import math
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coach import draft, fitting, query
from coach.fitting import Learnt
from coach.retrieve import Retriever
from coach.rows import Floats, Rows, key_of
from coach.settings import load
from coach.thread import Query
from evals.inside import InProcess

LABELS = Path(__file__).with_name("labels") / "fits.jsonl"
FOLDS = 8
C = 0.2  # the inverse of the penalty; 0.1 to 0.4 were close
VECTOR = 2.8  # times the unit vectors, whose weights are so held down less than a line's bias; 1.4 to 2.8 were close
UNTOUCHED = "untouched"
N_POOR, N_GRADES = 10, 15  # lines to name, of those graded so often


@dataclass(frozen=True, slots=True)
class Graded:
    """A line, as `rows.key_of` names it, with its grade for a message: `kind` says whose messages these are, `score` is search's today."""

    message: int
    kind: str
    key: str
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
            passage_id = key.rpartition("@")[0]
            if passage_id in scores and key == key_of(passage_id, by_id[passage_id].line):
                found.append(Graded(number, row["kind"], key, scores[passage_id], grade))
    return found


def learnt(graded: Sequence[Graded], vectors: Floats, embedder: str = "") -> Learnt:
    """Return a logistic regression of whether a line fits: each line has a bias and a row of weights of its own.

    `vectors` [messages, dimension]. All weights are held down by the same penalty, so a line that was graded seldom is judged much as
    the others are. Kinds of messages weigh alike.
    """
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    keys = tuple(sorted({g.key for g in graded}))
    row_of = {key: row for row, key in enumerate(keys)}
    lines = np.array([row_of[g.key] for g in graded])
    scores = np.array([g.score for g in graded])
    mean, spread = float(scores.mean()), float(scores.std()) or 1.0
    wide = vectors.shape[1] + 1  # columns of a line: its bias, then its weights
    values = np.column_stack(
        [np.ones(len(graded)), VECTOR * vectors[[g.message for g in graded]], (scores - mean) / spread]
    )
    of_line = lines[:, None] * wide + np.arange(wide)
    columns = np.column_stack(
        [of_line, np.full(len(graded), len(keys) * wide)]
    )  # the last is the score's, for all lines
    places = (np.repeat(np.arange(len(graded)), wide + 1), columns.ravel())
    features = csr_matrix((values.ravel(), places), shape=(len(graded), len(keys) * wide + 1))
    fits, weights = [g.grade > 0 for g in graded], _weights(graded)
    fitted = LogisticRegression(C=C, max_iter=500).fit(features, fits, sample_weight=weights)
    alone = LogisticRegression().fit(scores[:, None], fits, sample_weight=weights)
    own = fitted.coef_[0, :-1].reshape(len(keys), wide)
    score = float(fitted.coef_[0, -1]) / spread
    usual = float(np.average(fits, weights=weights))
    bias = own[:, 0] + fitted.intercept_[0] - score * mean
    rows = Rows(keys, (VECTOR * own[:, 1:]).astype(np.float32), bias.astype(np.float32), embedder)
    as_if_half_fitted = float(alone.intercept_[0]) - math.log(usual / (1 - usual))
    return Learnt(rows, score, (float(alone.coef_[0, 0]), as_if_half_fitted))


def _weights(graded: Sequence[Graded]) -> NDArray[np.float64]:
    sizes = Counter(g.kind for g in graded)
    return np.array([len(graded) / (len(sizes) * sizes[g.kind]) for g in graded])


def judged(graded: Sequence[Graded], vectors: Floats) -> Floats:
    """Return the probability of each graded line, learnt from other messages."""
    held = np.zeros(len(graded), dtype=np.float32)
    for fold in range(FOLDS):
        known = learnt([g for g in graded if g.message % FOLDS != fold], vectors)
        for i, g in enumerate(graded):
            if g.message % FOLDS == fold:
                held[i] = known.probability(g.key, g.score, vectors[g.message])
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

    inside = InProcess(load())
    rows = read()
    graded = scored(rows, inside.retriever)
    if not graded:
        print(f"no line of this corpus was graded in {LABELS.name}", file=sys.stderr)
        return 2
    vectors = inside.embedder.encode([row["message"] for row in rows])
    own = [g for g in graded if g.kind != UNTOUCHED]
    known = learnt(own, vectors, inside.embedder.digest)
    others = [g for g in graded if g.kind == UNTOUCHED]
    probabilities = np.concatenate(
        [judged(own, vectors), [known.probability(g.key, g.score, vectors[g.message]) for g in others]]
    )
    graded = [*own, *others]
    for kind in sorted({g.kind for g in graded}):
        places = [i for i, g in enumerate(graded) if g.kind == kind]
        lines, fits = [graded[i] for i in places], [graded[i].grade > 0 for i in places]
        print(f"{kind}: {len({g.message for g in lines})} messages, {len(lines)} lines")
        print(f"  AUC of the score {roc_auc_score(fits, [g.score for g in lines]):.3f}", end=", ")
        print(f"of what was learnt {roc_auc_score(fits, probabilities[places]):.3f}")
        for name, told in (("before", before(lines)), ("now", answers(lines, probabilities[places]))):
            print(f"  {name}: " + ", ".join(f"{key} {value:.2f}" for key, value in told.items()))
    n, n_fit = Counter(g.key for g in graded), Counter(g.key for g in graded if g.grade)
    for key in sorted((k for k in n if n[k] >= N_GRADES), key=lambda k: n_fit[k] / n[k])[:N_POOR]:
        print(f"fits {n_fit[key]} of {n[key]}: {key.partition('@')[0]}")
    if "--write" in arguments:
        known.write(fitting.FILE)
        print(f"wrote {fitting.FILE.name}: {len(known.rows.keys)} lines")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
