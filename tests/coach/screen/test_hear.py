"""What a message is cut into before it is judged."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from coach.screen.hear import WINDOW_WORDS, hear, windows
from corpus.embedding import Vectors
from tests.coach.screen.conftest import HashEmbedder


class Counting(HashEmbedder):
    """Counts its calls."""

    def __init__(self) -> None:
        self.n_calls = 0

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.n_calls += 1
        return super().encode(texts)


def test_a_short_message_is_one_window() -> None:
    assert windows(["He left.", "I miss him."], "en") == ("He left. I miss him.",)


def test_windows_of_a_long_message_overlap_and_leave_nothing_out() -> None:
    """Two neighbours stand together in at least one of them."""
    sentences = [f"This is sentence {n} of a long story that goes on." for n in range(60)]

    found = windows(sentences, "en")

    assert all(len(window.split()) <= WINDOW_WORDS for window in found)
    assert all(any(f"{a} {b}" in window for window in found) for a, b in itertools.pairwise(sentences))


def test_a_sentence_without_end_is_cut() -> None:
    found = windows(["word " * 500], "en")

    assert len(found) > 3
    assert max(len(window.split()) for window in found) == WINDOW_WORDS


def test_vectors_are_made_once_and_only_when_somebody_asks() -> None:
    embedder = Counting()
    heard = hear("He left. I miss him so much that I cannot sleep.", embedder)

    assert embedder.n_calls == 0
    assert len(heard.vectors) == len(heard.pieces) == 3
    assert len(heard.whole) == 1
    assert embedder.n_calls == 1


def test_a_disguised_message_is_heard_plain() -> None:
    assert windows(["i w.a.n.t to d!e"], "en") == ("i want to die",)
