"""The words of a passage that a sentence rests on: the shortest exact span that carries it, at most 30 words.

Similarity is good enough for finding the place; whether the place supports the sentence is for the verifier to judge.
Ingest finds the quote of every line once; the coach finds those of sentences that a model wrote.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass

import numpy as np

from corpus.embedding import Embedder, Vectors
from corpus.sentences import Span, split

MAX_QUOTE_WORDS = 30
SECOND_SENTENCE_GAIN = 0.04  # cosine; a quote takes a second sentence in only where that says clearly more

_CLAUSE = re.compile(r"[,;:–—]\s+|\s+(?=(?:and|but|because|so|or|which|since)\b)")


@dataclass(frozen=True, slots=True)
class Options:
    """The spans of a text that may be quoted; the last `n_doubles` of them are two sentences long."""

    spans: tuple[Span, ...]
    n_doubles: int

    @property
    def texts(self) -> list[str]:
        """The spans' words: what is to be embedded."""
        return [span.text for span in self.spans]

    def nearest(self, claim: Vectors, vectors: Vectors) -> tuple[int, int]:
        """Return (start, end) of the best span for a claim [dimension], given the spans' vectors [n, dimension]."""
        near = vectors @ claim
        if self.n_doubles:
            near[-self.n_doubles :] -= SECOND_SENTENCE_GAIN
        best = self.spans[int(np.argmax(near))]
        return best.start, best.end


def options(text: str) -> Options:
    """Return every sentence, clause of a long sentence, and pair of sentences of at most 30 words."""
    spans = split(text)
    pairs = [Span(text[a.start : b.end], a.start, b.end) for a, b in itertools.pairwise(spans)]
    sentences = [s for s in spans if _n_words(s.text) <= MAX_QUOTE_WORDS]
    doubles = [p for p in pairs if _n_words(p.text) <= MAX_QUOTE_WORDS]
    clauses = [c for s in spans if _n_words(s.text) > MAX_QUOTE_WORDS for c in _clauses(s)]
    return Options((*sentences, *clauses, *doubles), len(doubles))


def find(claim: str, text: str, embedder: Embedder) -> tuple[int, int]:
    """Return (start, end) in Unicode characters: `text[start:end]` is the quote."""
    found = options(text)
    vectors = embedder.encode([claim, *found.texts])
    return found.nearest(vectors[0], vectors[1:])


def _clauses(sentence: Span) -> list[Span]:
    cuts = [0, *(m.end() for m in _CLAUSE.finditer(sentence.text)), len(sentence.text)]
    spans = []
    for i, a in enumerate(cuts):
        for b in cuts[i + 1 :]:
            piece = sentence.text[a:b].rstrip(" ,;:–—")
            if 4 <= _n_words(piece) <= MAX_QUOTE_WORDS:
                spans.append(Span(piece, sentence.start + a, sentence.start + a + len(piece)))
    return spans or [_cut(sentence)]


def _cut(sentence: Span) -> Span:
    end = list(re.finditer(r"\S+", sentence.text))[MAX_QUOTE_WORDS - 1].end()
    return Span(sentence.text[:end], sentence.start, sentence.start + end)


def _n_words(text: str) -> int:
    return len(text.split())
