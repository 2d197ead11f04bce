"""What single words and pairs of words tell of a policy: one logistic regression a policy over TF-IDF.

A vector of a whole sentence knows what it is about and who does it to whom, and forgets the very words; here only the words
count. Each misses what the other hears (docs/safety.md). Learnt in half a minute, beside the regressions on vectors.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

C = 8.0  # scikit-learn's inverse penalty
MIN_TEXTS = 3  # that have a gram, for it to be learnt from

# One word for each of these: a decision may not hang on whether it is told of him, of her or of them.
_SAME = {
    word: same
    for same, words in {
        "he": "she they",
        "him": "her them",
        "his": "hers their theirs",
        "himself": "herself themselves themself",
        "boyfriend": "girlfriend partner bf gf",
        "husband": "wife",
        "man": "woman guy girl",
        "is": "are",
        "was": "were",
    }.items()
    for word in words.split()
}

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Grams:
    """What was learnt of words: a row a gram, a column a policy."""

    grams: tuple[str, ...]
    idf: Floats  # [grams], inverse document frequency
    weights: Floats  # [grams, policies]
    bias: Floats  # [policies]
    policies: tuple[str, ...]

    def logits(self, plain: str) -> dict[str, float]:
        """Return each policy's log odds for a text in plain words (`normalise.plain`)."""
        counts = Counter(self._places[gram] for gram in of(plain) if gram in self._places)
        if not counts:
            return dict(zip(self.policies, map(float, self.bias), strict=True))
        rows = list(counts)
        values = np.array([1 + math.log(n) for n in counts.values()]) * self.idf[rows]
        found = (values / np.linalg.norm(values)) @ self.weights[rows] + self.bias
        return dict(zip(self.policies, map(float, found), strict=True))

    @cached_property
    def _places(self) -> dict[str, int]:
        return {gram: row for row, gram in enumerate(self.grams)}

    def arrays(self) -> dict[str, Any]:
        """Return what `from_arrays` takes, small enough for a file."""
        return {
            "words.grams": np.frombuffer("\n".join(self.grams).encode(), dtype=np.uint8),
            "words.idf": self.idf.astype(np.float16),
            "words.weights": self.weights.astype(np.float16),
            "words.bias": self.bias,
            "words.policies": np.array(self.policies),
        }


def from_arrays(held: Any) -> Grams:
    """Return what a file holds; KeyError where it holds none."""
    return Grams(
        tuple(held["words.grams"].tobytes().decode().split("\n")),
        held["words.idf"].astype(np.float64),
        held["words.weights"].astype(np.float64),
        held["words.bias"].astype(np.float64),
        tuple(str(name) for name in held["words.policies"]),
    )


def of(plain: str) -> list[str]:
    """Return the words of a text, and each two neighbours, whoever it is told of."""
    words = [_SAME.get(word, word) for word in plain.split()]
    return [*words, *(f"{a} {b}" for a, b in pairwise(words))]


def learn(texts: Sequence[str], told: Sequence[Collection[str]], policies: Sequence[str]) -> Grams:
    """Learn from texts in plain words and the policies that each tells of."""
    from sklearn.feature_extraction.text import TfidfVectorizer  # a second of import: only who learns pays it
    from sklearn.linear_model import LogisticRegression

    vectorizer = TfidfVectorizer(analyzer=of, min_df=MIN_TEXTS, sublinear_tf=True)
    vectors = vectorizer.fit_transform(texts)
    fitted = [
        LogisticRegression(C=C, solver="liblinear").fit(vectors, [policy in labels for labels in told])
        for policy in policies
    ]
    return Grams(
        tuple(map(str, vectorizer.get_feature_names_out())),
        np.asarray(vectorizer.idf_, dtype=np.float64),
        np.array([f.coef_[0] for f in fitted]).T,
        np.array([f.intercept_[0] for f in fitted]),
        tuple(policies),
    )
