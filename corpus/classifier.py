"""A small classifier of sentences: named classes, each against everything else, learnt from a few hundred examples.

Features are the embedder's vector beside the words and pairs of words of the sentence: on the tactics' examples, held out
in five folds, the vector alone had an AUC of 0.86, words alone 0.85, both 0.90. One logistic regression a class, its score
calibrated by Platt's method on held-out folds (Platt 1999): 0.5 means as likely as not, at the examples' own mixture.
What was learnt is kept in a file of plain arrays, stamped with the digest of examples and embedder. It finds what sounds
like its examples and is weak on negation, so harmless look-alikes belong among the examples.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import json
import math
import os
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus.embedding import Embedder, Vectors

REST = "harmless"
VERSION = "2"  # raise it when training changes, so that cached files are learnt anew
C = 8.0  # inverse strength of regularisation; 2 to 30 gave the same within a point
N_FOLDS = 5
MIN_EXAMPLES_OF_A_WORD = 2

Floats = NDArray[np.float64]
_WORD = re.compile(r"[\w']+")


@dataclass(frozen=True, slots=True)
class Words:
    """The words and pairs of words that were learnt from, with the weight that rarity gives them (tf-idf)."""

    rarity: Mapping[str, float]
    columns: Mapping[str, int]

    @classmethod
    def of(cls, texts: Sequence[str]) -> Words:
        """Learn which words there are."""
        n_texts = Counter(gram for text in texts for gram in set(_grams(text)))
        known = sorted(gram for gram, n in n_texts.items() if n >= MIN_EXAMPLES_OF_A_WORD)
        rarity = {gram: 1 + math.log((1 + len(texts)) / (1 + n_texts[gram])) for gram in known}
        return cls(rarity, {gram: i for i, gram in enumerate(known)})

    def features(self, texts: Sequence[str]) -> Floats:
        """Return unit rows [len(texts), words]; a text without known words has a row of zeros."""
        rows = np.zeros((len(texts), len(self.columns)))
        for row, text in zip(rows, texts, strict=True):
            for gram, n in Counter(_grams(text)).items():
                if gram in self.columns:
                    row[self.columns[gram]] = (1 + math.log(n)) * self.rarity[gram]
        rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
        return rows


@dataclass(frozen=True, slots=True)
class Learnt:
    """The numbers of a trained classifier: one row or entry a class."""

    words: Words
    weights: Floats  # [classes, dimension + words]
    bias: Floats  # [classes]
    slope: Floats  # [classes], Platt's
    offset: Floats  # [classes], Platt's


@dataclass(frozen=True, slots=True)
class SentenceClassifier:
    """Scores sentences for each named class, independently of the others."""

    names: tuple[str, ...]
    embedder: Embedder
    learnt: Learnt = field(repr=False)

    def scores(self, texts: Sequence[str], vectors: Vectors | None = None) -> list[dict[str, float]]:
        """Return for each text its score per class, 0 to 1. Vectors [len(texts), dimension] that are known save time."""
        if not texts:
            return []
        learnt = self.learnt
        rows = _features(texts, self.embedder.encode(texts) if vectors is None else vectors, learnt.words)
        margins = rows @ learnt.weights.T + learnt.bias
        calibrated = 1 / (1 + np.exp(-(margins * learnt.slope + learnt.offset)))
        return [dict(zip(self.names, (float(s) for s in row), strict=True)) for row in calibrated]


def train(
    examples: Mapping[str, Sequence[str]], embedder: Embedder, rest: str = REST, cache: Path | None = None
) -> SentenceClassifier:
    """Learn to tell each named class from all other examples; `rest` names those that belong to no class.

    `cache` is a file: read where its stamp fits, written where not. A folder that cannot be written only costs time.
    """
    names = tuple(name for name in examples if name != rest)
    if not names or not all(examples[name] for name in names) or not examples.get(rest):
        raise ValueError(f"a class or `{rest}` has no examples: { {name: len(e) for name, e in examples.items()} }")
    stamp = _stamp(examples, embedder, rest)
    if cache and (learnt := _read(cache, stamp)):
        return SentenceClassifier(names, embedder, learnt)
    learnt = _learn(examples, names, embedder)
    if cache:
        _write(cache, stamp, learnt)
    return SentenceClassifier(names, embedder, learnt)


def _learn(examples: Mapping[str, Sequence[str]], names: Sequence[str], embedder: Embedder) -> Learnt:
    from threadpoolctl import threadpool_limits  # comes with scikit-learn

    texts = list(dict.fromkeys(text for group in examples.values() for text in group))
    words = Words.of(texts)
    rows = _features(texts, embedder.encode(texts), words)
    with threadpool_limits(1):  # matrices this small go ten times slower on two threads than on one
        learnt = [_learn_one(rows, _is_in(texts, examples[name])) for name in names]
    weights, bias, slope, offset = (np.array(column) for column in zip(*learnt, strict=True))
    return Learnt(words, weights, bias, slope, offset)


def _learn_one(rows: Floats, is_in: NDArray[np.bool_]) -> tuple[Floats, float, float, float]:
    """Return weights, bias, and Platt's slope and offset of one class."""
    from sklearn.linear_model import LogisticRegression  # a second of import: only who learns pays it
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    model = LogisticRegression(C=C, class_weight="balanced", max_iter=1000).fit(rows, is_in)
    n_folds = min(N_FOLDS, int(is_in.sum()), int((~is_in).sum()))
    if n_folds > 1:
        folds = StratifiedKFold(n_folds, shuffle=True, random_state=0)
        margins = cross_val_predict(model, rows, is_in, cv=folds, method="decision_function")
    else:  # of a single example nothing can be held out
        margins = model.decision_function(rows)
    platt = LogisticRegression(C=10.0).fit(margins.reshape(-1, 1), is_in)
    return model.coef_[0], float(model.intercept_[0]), float(platt.coef_[0, 0]), float(platt.intercept_[0])


def _is_in(texts: Sequence[str], group: Sequence[str]) -> NDArray[np.bool_]:
    inside = set(group)
    return np.array([text in inside for text in texts])


def _features(texts: Sequence[str], vectors: Vectors, words: Words) -> Floats:
    return np.hstack([vectors.astype(np.float64), words.features(texts)])


def _grams(text: str) -> list[str]:
    words = _WORD.findall(text.lower().replace("’", "'"))
    return words + [f"{a} {b}" for a, b in itertools.pairwise(words)]


def _stamp(examples: Mapping[str, Sequence[str]], embedder: Embedder, rest: str) -> str:
    told = [VERSION, embedder.digest, rest, [[name, list(group)] for name, group in examples.items()]]
    return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()


def _read(path: Path, stamp: str) -> Learnt | None:
    try:
        with np.load(path, allow_pickle=False) as file:
            if str(file["stamp"]) != stamp:
                return None
            grams = [str(gram) for gram in file["grams"]]
            words = Words(dict(zip(grams, file["rarity"].tolist(), strict=True)), {g: i for i, g in enumerate(grams)})
            return Learnt(words, file["weights"], file["bias"], file["slope"], file["offset"])
    except Exception:  # whatever is wrong with a cached file, learning anew puts it right
        return None


def _write(path: Path, stamp: str, learnt: Learnt) -> None:
    beside = path.with_name(f".{path.name}.{os.getpid()}.npz")
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        np.savez(
            beside,
            stamp=np.array(stamp),
            grams=np.array(list(learnt.words.columns)),
            rarity=np.array(list(learnt.words.rarity.values())),
            weights=learnt.weights,
            bias=learnt.bias,
            slope=learnt.slope,
            offset=learnt.offset,
        )
        beside.replace(path)
