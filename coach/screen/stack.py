"""How much each sign weighs: what sentences, the whole and bare words say of every policy, stacked (Wolpert 1992).

A text that tells of one thing often resembles another: whoever describes being watched resembles who asks how to watch. So one
logistic regression a policy weighs all that was heard for all of them, and how long the text is: a long one has more chances
to resemble something. It is learnt from cases that none of the parts were learnt from, the tuning half of the safety suite,
by `python -m evals.stack`, which writes `stack.npz`.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from coach.errors import Misconfigured
from coach.screen.learnt import Floats

FILE = Path(__file__).with_name("stack.npz")
LIMIT = 14.0  # of log odds: beyond it a sign only gets surer of the same
REMEDY = "take it from the repository again, or run `python -m evals.stack --write`"


@dataclass(frozen=True)
class Stack:
    """One regression a policy over the signs, as `features` lays them out."""

    policies: tuple[str, ...]
    weights: Floats  # [policies, features]
    bias: Floats  # [policies]

    def logits(self, signs: Floats, size: Floats) -> Floats:
        """Return each policy's log odds [policies]."""
        return np.asarray(self.weights @ features(signs, size) + self.bias)

    def write(self, path: Path = FILE) -> None:
        """Keep it."""
        np.savez_compressed(
            path,
            policies=np.array(self.policies),
            weights=self.weights.astype(np.float32),
            bias=self.bias.astype(np.float32),
        )


def features(signs: Floats, size: Floats) -> Floats:
    """Return signs [policies * tiers] as log odds and as probabilities, and after them the size."""
    kept = np.clip(signs, -LIMIT, LIMIT)
    return np.concatenate([kept, 1 / (1 + np.exp(-kept)), size])


@cache
def read(path: Path = FILE) -> Stack:
    """Return what was learnt; Misconfigured where the file is missing or damaged."""
    try:
        with path.open("rb") as file, np.load(file) as held:
            policies = tuple(str(name) for name in held["policies"])
            return Stack(policies, held["weights"].astype(np.float64), held["bias"].astype(np.float64))
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise Misconfigured(f"{path} is missing or damaged: {REMEDY}") from error
