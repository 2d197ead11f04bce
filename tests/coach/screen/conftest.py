"""Guardrails without weights: patterns decide, the second tier is silent."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

import numpy as np
import pytest

from coach.screen.guardrails import Guardrails
from coach.screen.hear import Heard
from coach.screen.policy import Hit
from coach.thread import Facts, Outcome, Screening, Thread, Turn
from corpus.embedding import Vectors


class HashEmbedder:
    """Vectors that depend on the words alone, the same on every machine."""

    name = "hash"
    digest = "0" * 64
    dimension = 16
    max_tokens = 256

    def encode(self, texts: Sequence[str]) -> Vectors:
        rows = [np.frombuffer(hashlib.sha256(t.encode()).digest()[:16], dtype=np.uint8) for t in texts]
        vectors = np.array(rows, dtype=np.float32).reshape(len(texts), 16) - 127
        return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)

    def n_tokens(self, text: str) -> int:
        return len(text.split()) + 2


class Silent:
    """A second tier that finds nothing."""

    digest = ""

    def find(self, name: str, heard: Heard) -> list[Hit]:
        return []

    def doubts(self, name: str, heard: Heard, hit: Hit) -> bool:
        return False

    def is_near(self, name: str, heard: Heard) -> bool:
        return False


@pytest.fixture(scope="session")
def guardrails() -> Guardrails:
    return Guardrails(HashEmbedder(), second_tier=Silent())


@pytest.fixture(scope="session")
def say(guardrails: Guardrails) -> Callable[..., Screening]:
    """Say messages one after the other; return what the last one met."""

    def talk(*messages: str, facts: Facts = Facts()) -> Screening:  # noqa: B008 - frozen
        thread = Thread("t", facts=facts)
        for message in messages:
            screening = guardrails.message(message, thread)
            turn = Turn(message, "", screening.outcome or Outcome.ANSWERED)
            thread = Thread("t", (*thread.turns, turn), screening.facts)
        return screening

    return talk
