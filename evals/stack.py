"""`python -m evals.stack [--write]`: how much each sign of a policy weighs, and what that is worth.

Learns `coach/screen/stack.npz` from the single messages of the safety suite's tuning half, of which nothing else was learnt.
Prints for each policy, every case judged without its own fold, the area under the ROC curve, the recall at three rates of
false alarms with the threshold that gives each, and both at the threshold that `coach/screen/POLICY.toml` has.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coach.screen import guardrails, learnt, policy, respect_decision, stack
from coach.screen.classify import Classifiers
from coach.screen.hear import hear
from coach.screen.stack import Stack
from evals import outcomes
from evals.outcomes import MAY
from evals.samples import SafetyCase, folder, read

C = 0.1  # the inverse of the penalty; 0.03 to 0.3 were close
FOLDS = 8
RATES = (0.01, 0.02, 0.03)  # of false alarms
SEED = 0

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Told:
    """The features of every case [cases, features], and for each policy whether it tells [cases]: -1 where it may be either."""

    features: Floats
    tells: dict[str, NDArray[np.int8]]


def gather(cases: Sequence[SafetyCase], names: Sequence[str]) -> Told:
    """Hear every single message as the rails do."""
    embedder = learnt.encoder()
    nothing = Stack(tuple(names), np.zeros((len(names), 1)), np.zeros(len(names)))
    heard_by = Classifiers(names, learnt.take(names, embedder), nothing)
    rows, kept = [], []
    for case in cases:
        heard = hear(case.messages[0], embedder)
        if len(case.messages) == 1 and heard.pieces:
            rows.append(stack.features(*heard_by.signs(heard)))
            kept.append(case)
    return Told(np.array(rows), {name: np.array([tells(case, name) for case in kept], dtype=np.int8) for name in names})


def tells(case: SafetyCase, name: str) -> int:
    """Return 1 where a case tells of a policy, 0 where not, -1 where nobody said.

    A crisis was labelled as that and nothing else; his no stands in many cases that were labelled for what is graver.
    """
    if case.policy == name or outcomes.expects(case, name):
        return 1
    if f"{MAY}{name}" in case.tags or "crisis" in case.outcome:
        return -1
    is_said = name != respect_decision.POLICY or outcomes.forbids(case, name)
    return 0 if is_said else -1


def _regression() -> Any:
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(StandardScaler(), LogisticRegression(C=C, max_iter=3000))


def learn(told: Told) -> Stack:
    """Return one regression a policy, their scaling folded in."""
    weights, bias = [], []
    for tells_it in told.tells.values():
        known = tells_it >= 0
        scaler, fitted = (step for _, step in _regression().fit(told.features[known], tells_it[known]).steps)
        row = fitted.coef_[0] / scaler.scale_
        weights.append(row)
        bias.append(fitted.intercept_[0] - row @ scaler.mean_)
    return Stack(tuple(told.tells), np.array(weights), np.array(bias))


def judged(told: Told, name: str) -> tuple[Floats, NDArray[np.int8]]:
    """Return the probability of each case that is known, by a regression that has not seen its fold, and whether it tells."""
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    known = told.tells[name] >= 0
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED)
    y = told.tells[name][known]
    return cross_val_predict(_regression(), told.features[known], y, cv=folds, method="predict_proba")[:, 1], y


def main(arguments: list[str]) -> int:
    """Print what it is worth; with `--write` keep what was learnt."""
    from sklearn.metrics import roc_auc_score

    names = guardrails.LEARNED
    cases = [case for path in folder("safety", "tuning") for case in read(path, SafetyCase)]
    told = gather(cases, names)
    for name in names:
        scores, y = judged(told, name)
        others, own = np.sort(scores[y == 0])[::-1], scores[y == 1]
        at = [float(others[int(rate * len(others))]) for rate in RATES]
        points = [(rate, least) for rate, least in zip(RATES, at, strict=True)]
        points.append((float((others >= (now := policy.load(name).threshold)).mean()), now))
        shown = "; ".join(f"{(own >= least).mean():.3f} at {rate:.3f} (from {least:.3f})" for rate, least in points)
        print(f"{name}: {len(own)} of {len(y)} tell it, AUC {roc_auc_score(y, scores):.3f}; found {shown}")
    if "--write" in arguments:
        learn(told).write()
        print(f"wrote {stack.FILE.name}: {len(told.features)} messages")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
