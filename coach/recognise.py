"""What does a message ask for? Learnt from questions, since what people ask is seldom near in words to what answers it.

Six writers were shown the passages and wrote down what somebody might type to whom each is the best answer, fourteen a
passage (`evals/labels/asked.tsv`). A multinomial logistic regression from a message's vector to the passage is learnt from these, the passages' own
questions and lines, by `python -m evals.recognise`, which writes `recognise.npz`; `docs/retrieval.md` says what it changes.
A passage that was edited, or of one's own articles, was not learnt: it is neither preferred nor put back.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus.embedding import Embedder
from corpus.passage import Passage

FILE = Path(__file__).with_name("recognise.npz")
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Learnt:
    """`recognise.npz`: a row of weights [n, dimension] and a bias for each passage, and the weights that made the vectors."""

    keys: tuple[str, ...]
    weights: Floats
    bias: Floats
    embedder: str  # SHA-256


class Recogniser:
    """The regression, for the passages of one index in their order."""

    def __init__(self, passages: Sequence[Passage], embedder: Embedder):
        """Take what was learnt of these passages, by this embedder; nothing where it was another one."""
        learnt = _learnt()
        places = {key: i for i, key in enumerate(learnt.keys)} if learnt.embedder == embedder.digest else {}
        known = [(here, places[key]) for here, p in enumerate(passages) if (key := key_of(p)) in places]
        self._n = len(passages)
        self._here = np.array([here for here, _ in known], dtype=int)
        rows = [there for _, there in known]
        self._weights, self._bias = learnt.weights[rows], learnt.bias[rows]

    def scores(self, vector: Floats) -> Floats:
        """Return for each passage [n] the log odds that a text with this vector [dimension] asks for it, up to a
        constant: those that were learnt have the mean 0, as the others are taken to have.
        """
        scores = np.zeros(self._n, dtype=np.float32)
        if len(self._here):
            known = self._weights @ vector + self._bias
            scores[self._here] = known - known.mean()
        return scores


def key_of(passage: Passage) -> str:
    """Name a passage as it reads now: what was learnt of it is forgotten when its text is edited."""
    return f"{passage.id}@{hashlib.sha256(passage.text.encode()).hexdigest()[:12]}"


def write(keys: Sequence[str], weights: Floats, bias: Floats, embedder: str, path: Path = FILE) -> None:
    """Keep a regression, in half precision."""
    with path.open("wb") as file:
        np.savez_compressed(
            file,
            keys=np.array(keys),
            weights=weights.astype(np.float16),
            bias=bias.astype(np.float16),
            embedder=np.array(embedder),
        )


@cache
def _learnt() -> Learnt:
    with np.load(FILE) as held:
        keys = tuple(str(key) for key in held["keys"])
        return Learnt(keys, held["weights"].astype(np.float32), held["bias"].astype(np.float32), str(held["embedder"]))
