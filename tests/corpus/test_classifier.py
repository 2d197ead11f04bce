"""A sentence classifier learns named classes from examples, keeps what it learnt, and learns anew when they change."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from corpus.classifier import train

EXAMPLES = {
    "rain": ["The rain falls.", "Heavy rain today.", "Rain again.", "It will rain.", "A rain cloud.", "Rain at night."],
    "sun": ["The sun shines.", "Bright sun today.", "Sun again.", "It will be sun.", "A sun ray.", "Sun at noon."],
    "harmless": ["A chair.", "The table stands.", "Books again.", "It will be a door.", "A lamp.", "Shelf at home."],
}


def test_each_class_scores_what_sounds_like_its_examples(embedder: Any) -> None:
    """Classes are scored independently; what belongs to none scores low in all."""
    rain, sun, none = train(EXAMPLES, embedder).scores(["More rain.", "More sun.", "A chair and a lamp."])

    assert rain["rain"] > 0.5 > rain["sun"]
    assert sun["sun"] > 0.5 > sun["rain"]
    assert max(none.values()) < 0.5


def test_known_vectors_give_the_same_scores_and_save_the_embedding(embedder: Any) -> None:
    """Ingest and the guardrails have the vectors of their sentences already."""
    classifier = train(EXAMPLES, embedder)
    texts = ["More rain.", "A lamp."]
    expected = classifier.scores(texts)
    vectors = embedder.encode(texts)
    n_asked = embedder.n_asked

    assert classifier.scores(texts, vectors) == expected
    assert embedder.n_asked == n_asked


def test_what_was_learnt_is_read_back_without_embedding(embedder: Any, tmp_path: Path) -> None:
    """The second process starts at once, with the very same scores."""
    expected = train(EXAMPLES, embedder, cache=tmp_path / "x.npz").scores(["More rain."])
    embedder.n_asked = 0
    again = train(EXAMPLES, embedder, cache=tmp_path / "x.npz")

    assert embedder.n_asked == 0
    assert again.scores(["More rain."])[0] == pytest.approx(expected[0])


@pytest.mark.parametrize("change", ["examples", "embedder"])
def test_other_examples_or_another_embedder_are_learnt_anew(embedder: Any, tmp_path: Path, change: str) -> None:
    """A stale file would answer for examples that somebody has since corrected."""
    train(EXAMPLES, embedder, cache=tmp_path / "x.npz")
    embedder.n_asked = 0
    examples = EXAMPLES | {"rain": [*EXAMPLES["rain"], "Drizzle."]} if change == "examples" else EXAMPLES
    embedder.digest = "e" * 64 if change == "embedder" else embedder.digest
    train(examples, embedder, cache=tmp_path / "x.npz")

    assert embedder.n_asked > 0


def test_a_broken_file_is_learnt_anew(embedder: Any, tmp_path: Path) -> None:
    """Half a file from a full disk is no reason to fail."""
    (tmp_path / "x.npz").write_bytes(b"PK half")
    classifier = train(EXAMPLES, embedder, cache=tmp_path / "x.npz")

    assert classifier.scores(["More rain."])[0]["rain"] > 0.5
    assert np.load(tmp_path / "x.npz")["stamp"]


def test_a_folder_that_cannot_be_written_is_no_fault(embedder: Any, tmp_path: Path) -> None:
    """It only costs the learning each time."""
    (tmp_path / "file").write_text("in the way")

    assert train(EXAMPLES, embedder, cache=tmp_path / "file" / "x.npz").names == ("rain", "sun")


@pytest.mark.parametrize("examples", [{"rain": ["a"]}, {"harmless": ["a"]}, {"rain": [], "harmless": ["a"]}])
def test_a_class_without_examples_is_refused(embedder: Any, examples: dict[str, list[str]]) -> None:
    """Nothing can be told from nothing."""
    with pytest.raises(ValueError, match="no examples"):
        train(examples, embedder)


def test_no_texts_have_no_scores(embedder: Any) -> None:
    """An empty message is a case, not a fault."""
    assert train(EXAMPLES, embedder).scores([]) == []
