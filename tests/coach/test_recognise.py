"""What was learnt of questions: which passage they ask for, and nothing of passages that were not learnt."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fakes import WordEmbedder, passage

from coach import recognise
from coach.recognise import Recogniser
from coach.rows import Rows
from corpus.embedding import Embedder
from corpus.passage import Corpus

WALK, SLEEP = passage("walks#s/1", "Walk.", "Walk a while."), passage("walks#s/2", "Sleep.", "Sleep a while.")


@pytest.fixture
def learnt(words: WordEmbedder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Two passages were learnt: one answers what is said of knees, the other of nights."""
    path = tmp_path / "recognise.npz"
    weights = words.encode(["my knees ache", "awake all night"])
    keys = tuple(recognise.key_of(p) for p in (WALK, SLEEP))
    Rows(keys, weights, np.zeros(2, dtype=np.float32), words.digest).write(path)
    monkeypatch.setattr(recognise, "FILE", path)
    recognise.learnt.cache_clear()
    yield
    recognise.learnt.cache_clear()


@pytest.mark.usefixtures("learnt")
def test_a_question_is_known_by_others_like_it(words: WordEmbedder) -> None:
    """It shares no word with the passage; in whatever order the index holds them."""
    vector = words.encode(["do knees ache"])[0]

    walk, sleep = Recogniser([WALK, SLEEP], words).scores(vector)
    assert walk > 0 > sleep
    assert tuple(Recogniser([SLEEP, WALK], words).scores(vector)) == (sleep, walk)


@pytest.mark.usefixtures("learnt")
def test_what_was_not_learnt_is_neither_preferred_nor_put_back(words: WordEmbedder) -> None:
    """An edited passage, one of somebody's own article, and all of them where another model made the vectors."""
    edited, own = replace(WALK, text="Walk for hours."), passage("mine#s/1", "Line.", "Text.")
    vector = words.encode(["do knees ache"])[0]

    scores = Recogniser([edited, WALK, SLEEP, own], words).scores(vector)
    assert scores[0] == scores[3] == 0.0
    assert scores[1] + scores[2] == pytest.approx(0.0, abs=1e-5)
    other = WordEmbedder()
    other.digest = "e" * 64  # type: ignore[misc]
    assert not Recogniser([WALK, SLEEP], other).scores(vector).any()


@pytest.mark.weights
def test_what_is_kept_is_of_this_corpus(real_corpus: Corpus, embedder: Embedder) -> None:
    """Whoever edits passages learns anew (`python -m evals.recognise --write`), or they count as unknown."""
    recogniser = Recogniser(real_corpus.passages, embedder)
    assert len(recogniser._here) > 200

    scores = recogniser.scores(embedder.encode(["my thumb is hovering over the call button and it's 1am"])[0])
    first = [real_corpus.passages[i].section_id for i in np.argsort(-scores)[:10]]
    assert any(real_corpus.passages[i].aim == "self" for i in np.argsort(-scores)[:3]), first
