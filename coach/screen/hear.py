"""A message as the policies hear it: its sentences, their plain words, and their vectors, made once and shared by all.

`Heard.flat` is what patterns search: "| i love him | he hits me |". A sentence of someone who writes without full stops
is cut into pieces for the vectors, since a vector of 100 words says nothing about the ten that count.
"""

from __future__ import annotations

import itertools
import re
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from coach.screen import language, normalise
from corpus.embedding import Embedder, Vectors
from corpus.sentences import split

MAX_PIECE_WORDS = 24  # the longest example has about as many
_JOINT = re.compile(r"[,;:()–—]| - |\b(?=(?:and|but|then|so|because|cause|when|he|she|i)\b)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Piece:
    """A sentence, or a part of a long one, with its vector [dimension]. Two neighbours joined are a piece, too."""

    text: str
    plain: str
    place: int  # number of the (first) sentence


@dataclass(frozen=True)
class Heard:
    """One message, heard."""

    text: str
    sentences: tuple[str, ...]  # as typed
    plains: tuple[str, ...]  # one for each sentence
    pieces: tuple[Piece, ...]
    vectors: Vectors  # [len(pieces), dimension]
    language: str
    memo: dict[str, Any] = field(default_factory=dict, compare=False)  # what is worked out once; gone with the message

    @cached_property
    def flat(self) -> str:
        """The plain words with `|` between sentences, a space around each word."""
        return " | " + " | ".join(self.plains) + " | "

    @cached_property
    def words(self) -> frozenset[str]:
        """Every word that was said."""
        return frozenset(self.flat.split())

    @cached_property
    def _starts(self) -> list[int]:
        starts, at = [], 2
        for text in self.plains:
            starts.append(at)
            at += len(text) + 3
        return starts

    def sentence_at(self, place: int) -> int:
        """Return the number of the sentence that a place in `flat` belongs to."""
        return max(0, bisect_right(self._starts, place) - 1)


def hear(text: str, embedder: Embedder) -> Heard:
    """Split, normalise and embed a message."""
    sentences = tuple(span.text for span in split(text)) or (text,)
    plains = tuple(normalise.plain(s) for s in sentences)
    spoken = language.of(" ".join(plains))
    single: list[Piece] = []
    for place, (typed, words) in enumerate(zip(sentences, plains, strict=True)):
        if spoken != language.ENGLISH:
            typed = words = language.gloss(typed, spoken)
        single += _pieces(typed, words, place)
    vectors = embedder.encode([piece.text for piece in single])
    pairs = [Piece(f"{a.text} {b.text}", f"{a.plain} {b.plain}", a.place) for a, b in itertools.pairwise(single)]
    joined = vectors[:-1] + vectors[1:]  # the mean of two vectors stands for the pair: half the cost of embedding it
    joined = joined / np.maximum(np.linalg.norm(joined, axis=1, keepdims=True), 1e-9)
    return Heard(
        text=text,
        sentences=sentences,
        plains=plains,
        pieces=(*single, *pairs),
        vectors=np.vstack([vectors, joined]).astype(np.float32),
        language=spoken,
    )


def _pieces(typed: str, words: str, place: int) -> list[Piece]:
    if normalise.is_disguised(typed):
        typed = words
    if len(typed.split()) <= MAX_PIECE_WORDS:
        return [Piece(typed, words, place)] if words else []
    pieces: list[str] = []
    for part in _JOINT.split(typed):
        part = part.strip()
        if pieces and len(pieces[-1].split()) + len(part.split()) <= MAX_PIECE_WORDS * 2 // 3:
            pieces[-1] = f"{pieces[-1]} {part}"
        elif part:
            pieces.append(part)
    cut = [
        " ".join(p.split()[i : i + MAX_PIECE_WORDS]) for p in pieces for i in range(0, len(p.split()), MAX_PIECE_WORDS)
    ]
    return [Piece(part, normalise.plain(part), place) for part in cut if part]
