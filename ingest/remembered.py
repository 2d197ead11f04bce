"""An embedder that remembers: texts embedded before cost nothing, and the model is loaded only when one is new.

That is how a second ingest embeds none. Fresh texts go to the model sorted by length, so that a batch pads little (what the
encoder does itself within one call), with a progress bar on standard error.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import numpy as np
from tqdm import tqdm

from corpus.embedding import Embedder, Vectors

CHUNK = 512  # texts between two moves of the bar; below 256 the padding of a chunk costs more than 5 %


class Kind(Protocol):
    """What tells one embedding model from another."""

    name: str
    digest: str
    dimension: int
    max_tokens: int


class Remembered:
    """An `Embedder` over another one, with the vectors of `known` texts."""

    def __init__(self, load: Callable[[], Embedder], like: Kind, known: Mapping[str, Vectors]):
        self.name, self.digest = like.name, like.digest
        self.dimension, self.max_tokens = like.dimension, like.max_tokens
        self.n_embedded = 0
        self._load = load
        self._known = dict(known)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return unit vectors [len(texts), dimension]."""
        fresh = sorted({text for text in texts if text not in self._known}, key=lambda t: (-len(t), t))
        if fresh:
            with tqdm(
                total=len(fresh), desc="embedding", unit="text", leave=False, disable=len(fresh) < CHUNK // 8
            ) as bar:
                for start in range(0, len(fresh), CHUNK):
                    chunk = fresh[start : start + CHUNK]
                    self._known.update(zip(chunk, self._load().encode(chunk), strict=True))
                    bar.update(len(chunk))
            self.n_embedded += len(fresh)
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        return np.stack([self._known[text] for text in texts])

    def n_tokens(self, text: str) -> int:
        """Count the model's own tokens."""
        return self._load().n_tokens(text)
