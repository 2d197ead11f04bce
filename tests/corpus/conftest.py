"""What tests of corpus share: an embedder made of words."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np
import pytest

from corpus.embedding import Vectors


class WordEmbedder:
    """A vector of which words a text has. Counts how many texts it was given."""

    name, digest, dimension, max_tokens = "words", "d" * 64, 64, 60

    def __init__(self) -> None:
        self.n_asked = 0

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.n_asked += len(texts)
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in zip(vectors, texts, strict=True):
            for word in text.lower().split():
                row[zlib.crc32(word.strip(".,!?").encode()) % self.dimension] += 1
            row /= np.linalg.norm(row) or 1.0
        return vectors

    def n_tokens(self, text: str) -> int:
        return len(text.split()) + 2


@pytest.fixture
def embedder() -> WordEmbedder:
    return WordEmbedder()
