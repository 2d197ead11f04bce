"""The real embedder, from the checked weights."""

from __future__ import annotations

import numpy as np
import pytest

from corpus.embedding import MiniLM, minilm

pytestmark = pytest.mark.weights


@pytest.fixture
def embedder() -> MiniLM:
    """The real one: the tests beside this file use words for vectors."""
    return minilm()


def test_vectors_have_length_one(embedder: MiniLM) -> None:
    """So that a dot product is a cosine; also for an empty text, and for one beyond what the model reads."""
    vectors = embedder.encode(["He left.", "", "word " * 600])

    assert vectors.shape == (3, embedder.dimension)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_no_texts_give_no_vectors(embedder: MiniLM) -> None:
    """In the shape that the callers stack."""
    assert embedder.encode([]).shape == (0, embedder.dimension)


def test_near_meanings_are_near(embedder: MiniLM) -> None:
    """The point of it all."""
    a, b, c = embedder.encode(["I miss him at night", "I long for my ex in the evenings", "The engine needs oil"])

    assert a @ b > a @ c + 0.2


def test_tokens_are_the_models_own(embedder: MiniLM) -> None:
    """[CLS] and [SEP] included, nothing cut off."""
    assert embedder.n_tokens("hello") == 3
    assert embedder.n_tokens("word " * 600) == 602
