"""A message as the policies hear it: its sentences, their plain words, and their vectors, made once and shared by all.

`Heard.flat` is what patterns search: "| i love him | he hits me |". Vectors are made of two things, when the first policy
asks for one: of pieces, since one sentence of a long post may be the one that counts (a sentence of someone who writes
without full stops is cut), and of the whole, since some things are told by no single sentence.
"""

from __future__ import annotations

import itertools
import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from coach.screen import language, normalise, who
from corpus.embedding import Embedder, Vectors
from corpus.sentences import split

MAX_PIECE_WORDS = 24  # the longest example has about as many
WINDOW_WORDS = 110  # of MiniLM's 256 tokens some 150; more would drown what a sentence says
FEW = 4  # sentences that are embedded together with the whole: two calls cost more than their padding
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
    single: tuple[Piece, ...]
    windows: tuple[str, ...]  # the whole message, a long one in parts that overlap
    language: str
    embedder: Embedder | None = field(repr=False, compare=False)  # None where only patterns listen
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
    def pieces(self) -> tuple[Piece, ...]:
        """The sentences, then each two neighbours."""
        pairs = (
            Piece(f"{a.text} {b.text}", f"{a.plain} {b.plain}", a.place) for a, b in itertools.pairwise(self.single)
        )
        return (*self.single, *pairs)

    @property
    def vectors(self) -> Vectors:
        """One row for each piece [len(pieces), dimension]."""
        single = self._embedded[: len(self.single)]
        joined = single[:-1] + single[1:]  # the mean of two vectors stands for the pair: half the cost of embedding it
        joined = joined / np.maximum(np.linalg.norm(joined, axis=1, keepdims=True), 1e-9)
        return np.vstack([single, joined]).astype(np.float32)

    @property
    def whole(self) -> Vectors:
        """One row for each window [len(windows), dimension]."""
        return self._embedded[len(self.single) :]

    @cached_property
    def _embedded(self) -> Vectors:
        assert self.embedder is not None, "this was heard for patterns alone"
        sentences = [piece.text for piece in self.single]
        if len(sentences) <= FEW:
            return self.embedder.encode([*sentences, *self.windows])
        # Apart: in one batch each sentence would be padded to a window's length, which took twice as long.
        return np.vstack([self.embedder.encode(sentences), self.embedder.encode(self.windows)])

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


def hear(text: str, embedder: Embedder | None = None) -> Heard:
    """Split and normalise a message; without an embedder it can be searched for patterns, and has no vectors."""
    sentences = tuple(span.text for span in split(text)) or (text,)
    plains = tuple(normalise.plain(s) for s in sentences)
    spoken = language.of(" ".join(plains))
    is_of_woman = spoken == language.ENGLISH and who.pronoun_of((text,)) == "she"
    told = [who.as_of_a_man(s) for s in sentences] if is_of_woman else sentences
    single: list[Piece] = []
    for place, (typed, words) in enumerate(zip(told, plains, strict=True)):
        if spoken != language.ENGLISH:
            typed = words = language.gloss(typed, spoken)
        single += _pieces(typed, words, place)
    return Heard(text, sentences, plains, tuple(single), windows(told, spoken), spoken, embedder)


def windows(sentences: Sequence[str], spoken: str) -> tuple[str, ...]:
    """Return the whole of some sentences, glossed; a long whole in parts of `WINDOW_WORDS`, each beginning half way
    through the one before, so that no two neighbours are torn apart everywhere.
    """
    parts = [part for sentence in sentences for part in _cut(_undisguised(sentence), WINDOW_WORDS)]
    lengths = [len(part.split()) for part in parts]
    found: list[str] = []
    start = 0
    while start < len(parts):
        end, n_words = start, 0
        while end < len(parts) and (end == start or n_words + lengths[end] <= WINDOW_WORDS):
            n_words += lengths[end]
            end += 1
        found.append(language.gloss(" ".join(parts[start:end]), spoken))
        if end == len(parts):
            break
        skipped = 0
        while start < end and skipped < n_words / 2:
            skipped += lengths[start]
            start += 1
    return tuple(found)


def _undisguised(typed: str) -> str:
    return normalise.plain(typed) if normalise.is_disguised(typed) else typed


def _cut(text: str, n_words: int) -> list[str]:
    words = text.split()
    return [" ".join(words[i : i + n_words]) for i in range(0, len(words), n_words)]


def _pieces(typed: str, words: str, place: int) -> list[Piece]:
    typed = _undisguised(typed)
    if len(typed.split()) <= MAX_PIECE_WORDS:
        return [Piece(typed, words, place)] if words else []
    pieces: list[str] = []
    for part in _JOINT.split(typed):
        part = part.strip()
        if pieces and len(pieces[-1].split()) + len(part.split()) <= MAX_PIECE_WORDS * 2 // 3:
            pieces[-1] = f"{pieces[-1]} {part}"
        elif part:
            pieces.append(part)
    cut = [part for piece in pieces for part in _cut(piece, MAX_PIECE_WORDS)]
    return [Piece(part, normalise.plain(part), place) for part in cut if part]
