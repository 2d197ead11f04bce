"""The second tier: what it learns, when it speaks, when it doubts a pattern."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from coach.errors import Misconfigured
from coach.screen import classify, policy
from coach.screen.classify import Classifiers, Learnt
from coach.screen.hear import Heard, Piece
from coach.screen.policy import Hit

LABELS = ("crisis.self_harm", "crisis.suicide", "harmless", "manipulation.jealousy")


def heard(*vectors: tuple[float, ...], words: str = "five words are enough here") -> Heard:
    pieces = tuple(Piece(words, words, place) for place in range(len(vectors)))
    texts = tuple(piece.text for piece in pieces)
    return Heard(" ".join(texts), texts, texts, pieces, np.array(vectors, dtype=np.float32), "en")


@pytest.fixture
def classifiers() -> Classifiers:
    """Each label has an axis of its own; a vector of length 8 on it is nearly sure."""
    return Classifiers(("crisis", "manipulation"), Learnt(LABELS, np.eye(4), np.zeros(4), ""))


def test_the_highest_piece_decides_and_names_its_kind(classifiers: Classifiers) -> None:
    (hit,) = classifiers.find("crisis", heard((0, 0, 8, 0), (0, 8, 0, 0)))

    assert (hit.kind, hit.place) == ("suicide", 1)
    assert hit.score > 0.9
    assert classifiers.find("manipulation", heard((0, 0, 8, 0), (0, 8, 0, 0))) == []


def test_a_fragment_alone_is_not_believed_beside_a_sentence(classifiers: Classifiers) -> None:
    """Unless it is all that was said."""
    beside = heard((0, 8, 0, 0), (0, 0, 8, 0))
    short = Piece("the end", "the end", 0)
    said = Heard("", beside.sentences, beside.plains, (short, beside.pieces[1]), beside.vectors, "en")
    alone = Heard("", ("the end",), ("the end",), (short,), beside.vectors[:1], "en")

    assert classifiers.find("crisis", said) == []
    assert classifiers.find("crisis", alone)


def test_more_pieces_have_to_be_surer() -> None:
    assert classify.raised(0.5, 5) == 0.5
    assert 0.5 < classify.raised(0.5, 20) < classify.raised(0.5, 60) < 1


def test_a_pattern_in_a_fragment_is_judged_by_the_fragment(classifiers: Classifiers) -> None:
    """Three words are too few for the second tier to speak, and enough to second a pattern."""
    message = heard((0, 0, 0, 8), (0, 0, 8, 0))
    short = Piece("Make him jealous.", "make him jealous", 0)
    said = Heard("", message.sentences, message.plains, (short, message.pieces[1]), message.vectors, "en")

    assert classifiers.find("manipulation", said) == []
    assert not classifiers.doubts("manipulation", said, Hit("manipulation", "jealousy", 1.0, "", is_exact=True))


def test_a_kind_of_which_nothing_was_learnt_is_not_doubted(classifiers: Classifiers) -> None:
    message = heard((0, 0, 8, 0))

    assert not classifiers.doubts("manipulation", message, Hit("manipulation", "spells", 1.0, "", is_exact=True))


def test_a_damaged_file_is_named_with_what_to_do(tmp_path: Path) -> None:
    """Missing, cut short, or without an adapter, under which plain vectors would be judged by thresholds of others."""
    (tmp_path / "cut.npz").write_bytes(b"PK\x03\x04 and no more")
    classify.save(tmp_path / "bare.npz", Learnt(LABELS, np.eye(4), np.zeros(4), ""))

    for name in ("none.npz", "cut.npz", "bare.npz"):
        with pytest.raises(Misconfigured, match=f"{name}.*tune"):
            classify.adapter_of(tmp_path / name)


def test_a_pattern_is_doubted_where_its_sentence_sounds_harmless(classifiers: Classifiers) -> None:
    """For the policies that say so; a crisis pattern is always believed."""
    assert policy.load("manipulation").doubt > 0
    assert policy.load("crisis").doubt == 0
    message = heard((0, 0, 8, 0), (0, 0, 0, 8))
    first, second = (Hit("manipulation", "jealousy", 1.0, "", is_exact=True, places=(at,)) for at in (0, 1))
    crisis = Hit("crisis", "suicide", 1.0, "", is_exact=True, places=(0,))

    assert classifiers.doubts("manipulation", message, first)
    assert not classifiers.doubts("manipulation", message, second)
    assert not classifiers.doubts("crisis", message, crisis)


def test_what_was_learnt_is_read_back(tmp_path: Path) -> None:
    learnt = Learnt(LABELS, np.eye(4), np.arange(4.0), "of these")
    classify.save(tmp_path / "x.npz", learnt)

    read = classify.read(tmp_path / "x.npz", "of these")

    assert read is not None and read.labels == LABELS
    assert np.allclose(read.weights, learnt.weights) and np.allclose(read.bias, learnt.bias)
    assert classify.read(tmp_path / "x.npz", "of others") is None
    assert classify.read(tmp_path / "none.npz", "of these") is None
