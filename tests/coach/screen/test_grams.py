"""What bare words tell: learnt, kept, and asked without the library that learnt it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from coach.screen import grams

TOLD = ("i want to die tonight", "i want to die of shame lol", "i want a pizza tonight", "make him jealous tonight")
LABELS: tuple[set[str], ...] = ({"crisis"}, set(), set(), {"manipulation"})


@pytest.fixture(scope="module")
def learnt() -> grams.Grams:
    return grams.learn([f"{text} {n}" for text in TOLD for n in range(5)], LABELS_5, ("crisis", "manipulation"))


LABELS_5 = [labels for labels in LABELS for _ in range(5)]


def test_a_word_counts_and_so_does_its_neighbour() -> None:
    assert grams.of("do not go") == ["do", "not", "go", "do not", "not go"]
    assert grams.of("") == []


@pytest.mark.parametrize("told", ["she hit me", "they hit me"])
def test_it_does_not_matter_of_whom_it_is_told(told: str) -> None:
    assert grams.of(told) == grams.of("he hit me")


def test_what_was_learnt_is_told_apart(learnt: grams.Grams) -> None:
    said = {text: learnt.logits(text) for text in TOLD}

    assert max(said, key=lambda text: said[text]["crisis"]) == TOLD[0]
    assert max(said, key=lambda text: said[text]["manipulation"]) == TOLD[3]


def test_it_says_what_the_library_would(learnt: grams.Grams) -> None:
    """The score is worked out by hand, so that nobody waits for scikit-learn at the first message."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    texts = [f"{text} {n}" for text in TOLD for n in range(5)]
    vectorizer = TfidfVectorizer(analyzer=grams.of, min_df=grams.MIN_TEXTS, sublinear_tf=True)
    fitted = LogisticRegression(C=grams.C, solver="liblinear").fit(
        vectorizer.fit_transform(texts), ["crisis" in labels for labels in LABELS_5]
    )
    said = "tonight i want to die die die and xyzzy"

    assert learnt.logits(said)["crisis"] == pytest.approx(fitted.decision_function(vectorizer.transform([said]))[0])


def test_unknown_words_say_only_what_is_usual(learnt: grams.Grams) -> None:
    assert learnt.logits("xyzzy")["crisis"] == learnt.logits("")["crisis"] == learnt.bias[0]


def test_it_is_kept_and_read_back(learnt: grams.Grams, tmp_path: Path) -> None:
    with (tmp_path / "x.npz").open("wb") as file:
        np.savez_compressed(file, **learnt.arrays())
    with np.load(tmp_path / "x.npz") as held:
        read = grams.from_arrays(held)

    assert (read.grams, read.policies) == (learnt.grams, learnt.policies)
    assert read.logits(TOLD[0])["crisis"] == pytest.approx(learnt.logits(TOLD[0])["crisis"], abs=0.02)
