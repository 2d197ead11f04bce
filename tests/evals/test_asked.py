"""Questions that are learnt from: read strictly, and a way from them to passages that holds for other words."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes import WordEmbedder

from corpus.passage import Corpus
from evals import recognise
from evals.errors import BadInput
from evals.recognise import Asked


def test_a_line_that_is_none_is_named(tmp_path: Path) -> None:
    path = tmp_path / "asked.tsv"
    path.write_text("walks#s/1\tmy knees\nwalks#s/2 no tab\n", encoding="utf-8")

    with pytest.raises(BadInput, match=r"asked.tsv:2"):
        recognise.read(["walks#s/1"], path)


def test_questions_of_other_corpora_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "asked.tsv"
    path.write_text("walks#s/1\tmy knees\nother#s/1\tmy ears\n", encoding="utf-8")

    assert recognise.read(["x#s/1", "walks#s/1"], path) == [Asked(1, "my knees")]


def test_what_is_learnt_holds_for_other_words(words: WordEmbedder) -> None:
    asked = [
        Asked(n % 2, text)
        for n, text in enumerate(["knees ache badly", "awake at night", "sore knees", "night sweats"])
    ]

    assert list(recognise.learn(asked, words).predict(words.encode(["knees hurt", "long night"]))) == [0, 1]


def test_every_passage_has_questions(real_corpus: Corpus) -> None:
    asked = recognise.read([p.id for p in real_corpus])

    assert len(asked) > 3000
    assert {a.place for a in asked} == set(range(len(real_corpus)))
