"""Step three of a turn: the passages that answer a query, dense and lexical, fused; one row per passage.

A passage's score is the mean cosine of its text, its line and its best question (the questions weigh three times: alone
they reach hit@5 0.90 where texts alone reach 0.69), for the whole message and for its best sentence, plus a share of BM25 and of
what was learnt from other questions (`recognise.py`).
Every passage is scored, from vectors in memory: a turn asks the store for nothing but the current index's name. Tuned on
the tuning half only; `docs/retrieval.md` has the table.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import bm25s
import numpy as np
import Stemmer

from coach import fitting
from coach.errors import Misconfigured
from coach.recognise import Recogniser
from coach.rows import Floats
from coach.thread import Query
from corpus.embedding import Embedder, Vectors
from corpus.passage import Found, Label, Passage
from corpus.sentences import split
from corpus.store import SPLITTER, Index, Stamp

KIND_WEIGHTS = {"text": 1.0, "line": 1.0, "asked": 3.0}
WHOLE_MESSAGE = 0.7  # the rest is the best single sentence: a story's question may be one sentence of ten
LEXICAL = 0.2  # of the best BM25 score; 0.15 to 0.25 were close, 0.3 was worse
RECOGNISED = 0.03  # of the log odds that this is what such a message asks for; 0.02 to 0.05 were close
EARLIER = 0.5  # a follow-up's own words weigh as much as what it leans on
STAGE_BONUS = 0.04  # added where the passage suits the stage that was told, taken off where it does not
MAX_SENTENCES = 24  # of a message that are searched with one by one; the longest and the questions win
RECOMMENDS = 0.42  # cosine from which on a manipulative passage is said to recommend what was asked for
FLOOR = 0.36  # below it the coach abstains; see docs/retrieval.md for what it loses and catches
ADRIFT = (
    FLOOR / 2
)  # a follow-up of other things that is not even so near is no follow-up: not tuned, and seldom reached


@dataclass(frozen=True, slots=True)
class Retrieved:
    """Passages for one query, best first, and how near the nearest is: below `FLOOR` the articles say nothing.

    `vector` [dimension] is the query's, with what it leans on; None where another embedder made it than `fitting.py` knows.
    """

    found: tuple[Found, ...]
    nearest: float
    vector: Floats | None = None

    @property
    def is_answerable(self) -> bool:
        """Whether the articles speak to the query at all."""
        return self.nearest >= FLOOR


@dataclass(frozen=True, slots=True)
class Recommends:
    """A manipulative passage, and of those that contradict it and may be said the one that is nearest to what was asked."""

    passage: Passage
    against: Found | None


class Retriever:
    """Search over one snapshot of the index; made anew when ingest switches to another.

    Misconfigured where the index was not made by this embedder: its vectors would mean nothing.
    """

    def __init__(self, index: Index, embedder: Embedder):
        _refuse_foreign(index.stamp, embedder)
        self.index = index
        self._embedder = embedder
        self._passages = index.corpus.passages
        self._place = {p.id: i for i, p in enumerate(self._passages)}
        vectors = index.vectors_by_text()
        by_kind: dict[str, dict[str, list[Vectors]]] = {p.id: {k: [] for k in KIND_WEIGHTS} for p in self._passages}
        for row in index.rows:
            by_kind[row.passage_id][row.kind].append(vectors[row.text])
        self._vectors = [{kind: np.stack(v) for kind, v in by_kind[p.id].items() if v} for p in self._passages]
        self._is_graded = fitting.is_of(embedder)
        self._recogniser = Recogniser(self._passages, embedder)
        self._stemmer = Stemmer.Stemmer("english")
        self._bm25 = bm25s.BM25()
        self._bm25.index(
            self._tokens([" ".join((p.line, p.text, *p.asked)) for p in self._passages]), show_progress=False
        )

    def find(self, query: Query, k: int, allowed: Callable[[Passage], bool] = lambda _: True) -> Retrieved:
        """Return the best k passages that are allowed; manipulative ones are never among them."""
        scores, near, vector = self._scores(query.text, query)
        if query.earlier:
            both, near_both, vector = self._scores(f"{query.earlier} {query.text}", query)
            scores = [EARLIER * a + (1 - EARLIER) * b for a, b in zip(scores, both, strict=True)]
            if not (query.names_a_thing and near < ADRIFT):  # boiling an egg is not answered by what was asked before
                near = max(near, near_both)
        keep = [f for f in self._ranked(scores) if f.passage.label is not Label.MANIPULATIVE and allowed(f.passage)]
        return Retrieved(tuple(keep[:k]), near, vector if self._is_graded else None)

    def recommends(self, text: str, allowed: Callable[[Passage], bool] = lambda _: True) -> Recommends | None:
        """Return the manipulative passage that recommends just what a text asks for, None where none is near."""
        vector = self._embedder.encode([text])

        def nearest(passages: Sequence[Passage]) -> Passage | None:
            return max(passages, key=lambda p: self._dense(vector, self._place[p.id]), default=None)

        found = nearest([p for p in self._passages if p.label is Label.MANIPULATIVE])
        if found is None or self._dense(vector, self._place[found.id]) < RECOMMENDS:
            return None
        by_id = self.index.corpus.by_id
        others = [by_id[i] for _, ids in self.index.corpus.ties(found.id) for i in ids if i in by_id]
        against = nearest([p for p in others if p.label is not Label.MANIPULATIVE and allowed(p)])
        return Recommends(found, Found(against, 0.0) if against else None)

    def likeness(self, a: str, b: str) -> float:
        """Return the cosine of two passages' lines."""
        return float(self._vectors[self._place[a]]["line"][0] @ self._vectors[self._place[b]]["line"][0])

    def search(self, text: str, k: int) -> tuple[Found, ...]:
        """Return the best k passages of any label: what `GET /v1/search` shows."""
        scores, _, _ = self._scores(text, Query(text))
        return tuple(self._ranked(scores)[:k])

    def _ranked(self, scores: list[float]) -> list[Found]:
        ranked = sorted(zip(self._passages, scores, strict=True), key=lambda pair: -pair[1])
        return [Found(passage, round(score, 4)) for passage, score in ranked]

    def _scores(self, text: str, query: Query) -> tuple[list[float], float, Floats]:
        vectors = self._embedder.encode([text, *_sentences(text)])
        lexical = self._lexical(text)
        top = float(lexical.max()) or 1.0
        recognised = self._recognised(vectors[0])
        dense = [self._dense(vectors, i) for i in range(len(self._passages))]
        scores = [
            d + LEXICAL * float(lexical[i]) / top + float(recognised[i]) + self._stage(i, query)
            for i, d in enumerate(dense)
        ]
        return scores, max(dense), vectors[0]

    def _dense(self, vectors: Vectors, place: int) -> float:
        total = np.zeros(len(vectors), dtype=np.float32)
        weights = 0.0
        for kind, rows in self._vectors[place].items():
            total += KIND_WEIGHTS[kind] * (rows @ vectors.T).max(axis=0)
            weights += KIND_WEIGHTS[kind]
        total /= weights
        if len(total) == 1:
            return float(total[0])
        return float(WHOLE_MESSAGE * total[0] + (1 - WHOLE_MESSAGE) * total[1:].max())

    def _lexical(self, text: str) -> Floats:
        tokens = self._tokens([text], as_strings=True)[0]
        if not tokens:
            return np.zeros(len(self._passages), dtype=np.float32)
        return np.asarray(self._bm25.get_scores(tokens), dtype=np.float32)

    def _recognised(self, vector: Floats) -> Floats:
        return RECOGNISED * self._recogniser.scores(vector)

    def _stage(self, place: int, query: Query) -> float:
        stages = self._passages[place].stages
        if query.stage is None or not stages:
            return 0.0
        return STAGE_BONUS if query.stage in stages else -STAGE_BONUS

    def _tokens(self, texts: list[str], *, as_strings: bool = False) -> list[list[str]]:
        tokens: list[list[str]] = bm25s.tokenize(
            texts, stopwords="en", stemmer=self._stemmer, show_progress=False, return_ids=not as_strings
        )
        return tokens


def _refuse_foreign(stamp: Stamp, embedder: Embedder) -> None:
    built = (stamp.embedder_digest, stamp.dimension, stamp.splitter)
    if built != (embedder.digest, embedder.dimension, SPLITTER):
        raise Misconfigured(
            f"the index was built with {stamp.embedder} ({stamp.dimension}, {stamp.splitter}), this service embeds with "
            f"{embedder.name} ({embedder.dimension}, {SPLITTER}); run `python -m ingest`"
        )


def _sentences(text: str) -> list[str]:
    spans = [span.text for span in split(text)]
    if len(spans) < 2:
        return []
    return sorted(spans, key=lambda s: ("?" not in s, -len(s)))[:MAX_SENTENCES]
