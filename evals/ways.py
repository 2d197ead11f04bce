"""Each way of searching alone, to see what fusing them is worth: passage texts, lines, questions, all three, BM25, what was
learnt from questions.

Each is the coach's own retriever with the other ways silenced, so that nothing is measured that does not run.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from coach.retrieve import KIND_WEIGHTS, Retriever
from coach.rows import Floats
from corpus.embedding import Embedder, Vectors

DENSE_KINDS = tuple(KIND_WEIGHTS)


class Remembering:
    """An embedder that encodes a text once: six ways of searching ask for the same vectors."""

    def __init__(self, embedder: Embedder):
        self.name, self.digest = embedder.name, embedder.digest
        self.dimension, self.max_tokens = embedder.dimension, embedder.max_tokens
        self._embedder = embedder
        self._known: dict[str, Vectors] = {}

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return unit vectors, encoding only what is new."""
        if fresh := [t for t in dict.fromkeys(texts) if t not in self._known]:
            self._known |= dict(zip(fresh, self._embedder.encode(fresh), strict=True))
        return np.stack([self._known[t] for t in texts]) if texts else self._embedder.encode([])

    def n_tokens(self, text: str) -> int:
        """Count the model's tokens."""
        return self._embedder.n_tokens(text)


class Recognised(Retriever):
    """Nothing but what was learnt from questions."""

    def _dense(self, vectors: Vectors, place: int) -> float:
        return 0.0

    def _lexical(self, text: str) -> Floats:
        return np.zeros(len(self._passages), dtype=np.float32)


class DenseOnly(Retriever):
    """Vectors without BM25; with `kind` only the vectors of texts, lines or questions."""

    def silence(self, kind: str = "") -> DenseOnly:
        """Drop the other kinds of vectors and return this retriever."""
        if kind:
            self._vectors = [{k: v for k, v in rows.items() if k == kind} or rows for rows in self._vectors]
        return self

    def _lexical(self, text: str) -> Floats:
        return np.zeros(len(self._passages), dtype=np.float32)

    def _recognised(self, vector: Floats) -> Floats:
        return np.zeros(len(self._passages), dtype=np.float32)


class LexicalOnly(Retriever):
    """BM25 without vectors."""

    def _dense(self, vectors: Vectors, place: int) -> float:
        return 0.0

    def _recognised(self, vector: Floats) -> Floats:
        return np.zeros(len(self._passages), dtype=np.float32)


def all_ways(served: Retriever, embedder: Embedder) -> dict[str, Retriever]:
    """Return a retriever for each way over the same index; `fused` searches as the one that serves."""
    index, embedder = served.index, Remembering(embedder)
    alone = {kind: DenseOnly(index, embedder).silence(kind) for kind in DENSE_KINDS}
    return {
        **alone,
        "dense": DenseOnly(index, embedder),
        "bm25": LexicalOnly(index, embedder),
        "recognised": Recognised(index, embedder),
        "fused": type(served)(index, embedder),
    }
