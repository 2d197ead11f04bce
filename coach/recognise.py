"""What does a message ask for? Learnt from questions, since what people ask is seldom near in words to what answers it.

Six writers were shown the passages and wrote down what somebody might type to whom each is the best answer, fourteen a
passage (`evals/labels/asked.tsv`). A multinomial logistic regression from a message's vector to the passage is learnt from these, the passages' own
questions and lines, by `python -m evals.recognise`, which writes `recognise.npz`; `docs/retrieval.md` says what it changes.
A passage that was edited, or of one's own articles, was not learnt: it is neither preferred nor put back.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np

from coach import rows
from coach.rows import Floats, Rows
from corpus.embedding import Embedder
from corpus.passage import Passage

FILE = Path(__file__).with_name("recognise.npz")


class Recogniser:
    """The regression, for the passages of one index in their order."""

    def __init__(self, passages: Sequence[Passage], embedder: Embedder):
        """Take what was learnt of these passages, by this embedder; nothing where it was another one."""
        held = learnt()
        places = held.places if held.embedder == embedder.digest else {}
        known = [(here, places[key]) for here, p in enumerate(passages) if (key := key_of(p)) in places]
        self._n = len(passages)
        self._here = np.array([here for here, _ in known], dtype=int)
        there = [row for _, row in known]
        self._weights, self._bias = held.weights[there], held.bias[there]

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
    return rows.key_of(passage.id, passage.text)


@cache
def learnt() -> Rows:
    """Return what `recognise.npz` holds: log odds that a message asks for a passage, up to a constant."""
    return rows.read(FILE)[0]
