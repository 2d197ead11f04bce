"""An embedder that remembers asks the model for new texts only."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from ingest.remembered import Remembered


def test_known_texts_never_reach_the_model(embedder: Any) -> None:
    """Nor is the model loaded for them."""
    known = {"old": np.ones(64, dtype=np.float32)}
    remembered = Remembered(lambda: pytest.fail("loaded"), embedder, known)

    assert remembered.encode(["old", "old"]).shape == (2, 64)
    assert remembered.n_embedded == 0


def test_a_new_text_is_embedded_once(embedder: Any) -> None:
    """However often it stands in a corpus."""
    remembered = Remembered(lambda: embedder, embedder, {})
    remembered.encode(["a b", "c"])
    remembered.encode(["c", "a b", "d"])

    assert sorted(embedder.asked) == ["a b", "c", "d"]
    assert remembered.n_embedded == 3


def test_vectors_come_in_the_order_of_the_texts(embedder: Any) -> None:
    """The model gets the longest first; the caller does not notice."""
    texts = ["walk", "walk by the river", "by the"]

    assert np.allclose(Remembered(lambda: embedder, embedder, {}).encode(texts), embedder.encode(texts))


def test_no_texts_give_no_vectors(embedder: Any) -> None:
    """An empty corpus is a shape, not a fault."""
    assert Remembered(lambda: embedder, embedder, {}).encode([]).shape == (0, 64)
