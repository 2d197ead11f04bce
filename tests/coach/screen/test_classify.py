"""The second tier: what it learns, when it speaks, when it doubts a pattern."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from coach.errors import Misconfigured
from coach.screen import learnt, policy
from coach.screen.classify import Classifiers
from coach.screen.grams import Grams
from coach.screen.hear import Heard, Piece
from coach.screen.learnt import Learnt, Linear
from coach.screen.policy import Hit
from coach.screen.stack import Stack
from corpus.embedding import Vectors

LABELS = ("crisis.self_harm", "crisis.suicide", "harmless", "manipulation.jealousy")
TOLD = ("crisis.suicide", "manipulation")
SENTENCES = Linear(LABELS, np.eye(4) * 8, np.zeros(4))
MESSAGES = Linear(TOLD, np.eye(4)[[1, 3]] * 16, np.array([-8.0, -8.0]))
WORDS = Grams(("goodbye",), np.ones(1), np.array([[6.0, 0.0]]), np.full(2, -1.5), ("crisis", "manipulation"))
# The mean of the three signs of its own policy; a long text has to be surer.
WEIGHTS = np.zeros((2, 2 * 6 + 4))
WEIGHTS[0, :3] = WEIGHTS[1, 3:6] = 1 / 3
WEIGHTS[:, -3:-1] = -0.5
STACK = Stack(("crisis", "manipulation"), WEIGHTS, np.zeros(2))
WHOLE = (0.0, 0.5, 0.0, 0.5)  # a whole that says neither yes nor no


class Given:
    """An embedder that gives the vectors it was made with: of the pieces, then of the whole."""

    name, digest, dimension, max_tokens = "given", "", 4, 256

    def __init__(self, *vectors: tuple[float, ...]):
        self._vectors = self._left = np.array(vectors, dtype=np.float32)

    def encode(self, texts: Sequence[str]) -> Vectors:
        given, left = self._left[: len(texts)], self._left[len(texts) :]
        assert len(texts) == len(given)
        self._left = left if len(left) else self._vectors
        return given

    def n_tokens(self, text: str) -> int:
        return len(text.split())


def heard(
    *vectors: tuple[float, ...],
    words: Sequence[str] = (),
    whole: tuple[float, ...] = WHOLE,
    window: str = "all of it",
) -> Heard:
    said = words or ["six words are quite enough here"] * len(vectors)
    pieces = tuple(Piece(text, text.lower(), place) for place, text in enumerate(said))
    return Heard(" ".join(said), tuple(said), tuple(said), pieces, (window,), "en", Given(*vectors, whole))


@pytest.fixture
def classifiers() -> Classifiers:
    """Each label has an axis of its own; a unit vector on it is nearly sure."""
    return Classifiers(("crisis", "manipulation"), Learnt(SENTENCES, MESSAGES, WORDS, ""), STACK)


def test_the_highest_piece_decides_and_names_its_kind(classifiers: Classifiers) -> None:
    (hit,) = classifiers.find("crisis", heard((0, 0, 1, 0), (0, 1, 0, 0)))

    assert (hit.kind, hit.place) == ("suicide", 1)
    assert hit.score > 0.7
    assert classifiers.find("manipulation", heard((0, 0, 1, 0), (0, 1, 0, 0))) == []


def test_a_fragment_alone_is_not_believed_beside_a_sentence(classifiers: Classifiers) -> None:
    """Unless it is all that was said."""
    said = heard((0, 1, 0, 0), (0, 0, 1, 0), words=["the end", "and five words more here"])
    alone = heard((0, 1, 0, 0), words=["the end"])

    assert classifiers.scores(said)["crisis"] < classifiers.scores(alone)["crisis"]
    assert classifiers.find("crisis", alone)


def test_the_whole_tells_what_no_sentence_does(classifiers: Classifiers) -> None:
    """And quietens what a single sentence only seems to say."""
    sentence = (0.0, 0.2, 0.1, 0.0)

    assert classifiers.find("crisis", heard(sentence, whole=(0, 1, 0, 0)))
    assert classifiers.find("crisis", heard(sentence, whole=(0, 0, 0, 0))) == []


def test_words_tell_what_no_vector_does(classifiers: Classifiers) -> None:
    """The same vectors, with a word that was learnt and without."""
    sentence = (0.0, 0.2, 0.1, 0.0)

    assert classifiers.find("crisis", heard(sentence, window="Goodbye, all of you."))
    assert classifiers.find("crisis", heard(sentence, whole=(0, 0, 0, 0))) == []


def test_what_is_heard_of_one_policy_counts_for_another() -> None:
    """Whoever tells of a ploy that was played on her does not ask for one; which way it counts was learnt."""
    weights = WEIGHTS.copy()
    weights[1, 0] = -1.0  # here a crisis in a sentence quietens the ploy
    classifiers = Classifiers(
        ("crisis", "manipulation"), Learnt(SENTENCES, MESSAGES, WORDS, ""), Stack(STACK.policies, weights, np.zeros(2))
    )
    ploy = (0.0, 0.0, 0.0, 1.0)

    both, alone = (classifiers.scores(heard(*rows)) for rows in ([ploy, (0, 1, 0, 0)], [ploy, (0, 0, 1, 0)]))

    assert both["manipulation"] < alone["manipulation"]


def test_signs_and_size_are_those_of_the_message(classifiers: Classifiers) -> None:
    """Worked by hand: the word's weight 6 and bias -1.5; of six words, one piece, one window, in English."""
    signs, size = classifiers.signs(heard((0, 1, 0, 0), window="goodbye"))

    assert signs[0] > 5 > signs[3]
    assert np.allclose(signs[2::3], [4.5, -1.5])
    assert np.allclose(size, [np.log(7), 0, 0, 0])


def test_more_pieces_have_to_be_surer(classifiers: Classifiers) -> None:
    few, many = ([(0.0, 0.5, 0.0, 0.0)] * n for n in (3, 30))

    assert classifiers.scores(heard(*few))["crisis"] > classifiers.scores(heard(*many))["crisis"]


def test_a_pattern_in_a_fragment_is_judged_by_the_fragment(classifiers: Classifiers) -> None:
    """Three words are too few for the second tier to speak, and enough to second a pattern."""
    said = heard(
        (0, 0, 0, 1), (0, 0, 1, 0), words=["Make him jealous.", "and five words more here"], whole=(0, 0, 0, 0)
    )

    assert classifiers.find("manipulation", said) == []
    assert not classifiers.doubts("manipulation", said, Hit("manipulation", "jealousy", 1.0, "", is_exact=True))


def test_a_kind_of_which_nothing_was_learnt_is_not_doubted(classifiers: Classifiers) -> None:
    message = heard((0, 0, 1, 0))

    assert not classifiers.doubts("manipulation", message, Hit("manipulation", "spells", 1.0, "", is_exact=True))


def test_a_damaged_file_is_named_with_what_to_do(tmp_path: Path) -> None:
    """Missing, cut short, or without an adapter, under which plain vectors would be judged by thresholds of others."""
    (tmp_path / "cut.npz").write_bytes(b"PK\x03\x04 and no more")
    learnt.save(tmp_path / "bare.npz", Learnt(SENTENCES, MESSAGES, WORDS, ""))

    for name in ("none.npz", "cut.npz", "bare.npz"):
        with pytest.raises(Misconfigured, match=f"{name}.*tune"):
            learnt.adapter_of(tmp_path / name)


def test_a_pattern_is_doubted_where_its_sentence_sounds_harmless(classifiers: Classifiers) -> None:
    """For the policies that say so; a crisis pattern is always believed."""
    assert policy.load("manipulation").doubt > 0
    assert policy.load("crisis").doubt == 0
    message = heard((0, 0, 1, 0), (0, 0, 1, 0), (0, 0, 0, 1))
    first, second = (Hit("manipulation", "jealousy", 1.0, "", is_exact=True, places=(at,)) for at in (0, 2))
    crisis = Hit("crisis", "suicide", 1.0, "", is_exact=True, places=(0,))

    assert classifiers.doubts("manipulation", message, first)
    assert not classifiers.doubts("manipulation", message, second)
    assert not classifiers.doubts("crisis", message, crisis)


def test_what_was_learnt_is_read_back(tmp_path: Path) -> None:
    learnt.save(tmp_path / "x.npz", Learnt(SENTENCES, MESSAGES, WORDS, "of these"))

    read = learnt.read(tmp_path / "x.npz", "of these")

    assert read is not None and (read.sentences.labels, read.messages.labels) == (LABELS, TOLD)
    assert np.allclose(read.messages.weights, MESSAGES.weights) and np.allclose(read.messages.bias, MESSAGES.bias)
    assert learnt.read(tmp_path / "x.npz", "of others") is None
    assert learnt.read(tmp_path / "none.npz", "of these") is None
