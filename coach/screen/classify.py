"""The second tier: for each policy a calibrated classifier of sentences, for what no pattern foresaw.

One kernel for all: the likeness of two sentences is the Gaussian of their vectors' distance plus half the cosine of their
words and word pairs (tf-idf). A support vector machine a policy, its margin turned into a probability on held-out folds
(Platt 1999). On the tuning cases of `evals/` (single messages, n = 370, AUC against harmless ones) this had 0.90 for crisis
and 0.94 for abuse; logistic regression on vectors alone had 0.86 and 0.88, with words 0.89 and 0.93, letters added nothing.
Trained from the example files in seconds; what was learnt is kept in the user's cache under the digest of all that made it.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import joblib
import numpy as np
from numpy.typing import NDArray

from coach.screen import policy
from coach.screen.hear import Heard
from coach.screen.language import ENGLISH, gloss
from coach.screen.normalise import plain
from coach.screen.policy import MAX_EVIDENCE, Hit
from corpus.embedding import Embedder, Vectors

VERSION = "2"  # raise it when training changes, so that cached files are learnt anew
GAMMA = 1.5  # of the Gaussian over unit vectors; 3 lost two points on every policy
WORDS_SHARE = 0.5
C = 1.0
N_FOLDS = 4
N_NEIGHBOURS = 5  # examples that vote on the kind
GLOSS_CHANCES = 2  # word for word English resembles more things by chance
REST = "harmless"
REACH = 6  # words from a subject to what it acts on
SUBJECTS = {"i": "i", "we": "i", "he": "he", "she": "he", "they": "he", "ex": "he", "boyfriend": "he", "husband": "he"}
OBJECTS = dict.fromkeys(("me", "my", "us", "our"), "me") | dict.fromkeys(("him", "her", "them", "his", "their"), "him")
# Kinds that belong to two policies at once are not taught as the opposite of either.
BOTH = {
    ("abuse", "crisis.danger_now"),
    ("crisis", "abuse.urgent"),
    ("own_conduct", "surveillance"),
    ("surveillance", "own_conduct.watching"),
    ("own_conduct", "crisis.harm_others"),
    ("crisis", "own_conduct.planned_violence"),
    ("own_conduct", "manipulation.threats"),
    ("manipulation", "own_conduct.threats"),
    ("abuse", "minor.danger"),
}
LEAD = 0.15
BESIDE = {"minor"}  # told in the same breath as anything else
# Fewer sentences have fewer chances to resemble something: the threshold is for up to so many pieces, and the logit
# asked for rises with the logarithm of their number beyond (40 pieces: 0.5 becomes 0.91).
USUAL_PIECES = 5
RISE = 1.1
MIN_WORDS = 5  # a fragment ("There's no judge.") is heard with its neighbour only, unless it is all that was said

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence of the data files and where it stands: `kind` is "" for harmless ones."""

    text: str
    policy: str
    kind: str


@dataclass(frozen=True)
class Learnt:
    """The numbers: one row a policy."""

    words: Any  # sklearn's TfidfVectorizer, fitted
    rows: Any  # sparse [examples, words]
    vectors: Vectors  # [examples, dimension]
    weights: Floats  # [policies, examples]
    bias: Floats  # [policies]
    slope: Floats  # [policies], Platt's
    offset: Floats  # [policies], Platt's


class Classifiers:
    """One for each policy that has examples."""

    def __init__(self, names: Sequence[str], examples: Sequence[Example], learnt: Learnt):
        self._names = tuple(names)
        self._learnt = learnt
        self._kinds = np.array([e.kind for e in examples])
        self._policies = np.array([e.policy for e in examples])
        self._thresholds = {name: policy.load(name).threshold for name in names}
        self._last: tuple[Heard, Floats, Floats] | None = None

    @classmethod
    def trained(cls, names: Sequence[str], embedder: Embedder, cache: Path | None = None) -> Classifiers:
        """Train from the example files, or read what was trained from the same files before."""
        examples = gather(names)
        told = [VERSION, embedder.digest, policy.digest(tuple(names)), GAMMA, WORDS_SHARE, C, N_FOLDS, sorted(BOTH)]
        path = cache and cache / f"screen-{hashlib.sha256(repr(told).encode()).hexdigest()[:24]}.joblib"
        learnt = _read(path) if path else None
        if learnt is None:
            learnt = _learn(names, examples, embedder)
            if path:
                _write(path, learnt)
        return cls(names, examples, learnt)

    def find(self, name: str, heard: Heard) -> list[Hit]:
        """Return a hit where the highest piece reaches the policy's threshold, with the kind of its nearest examples."""
        if not heard.pieces or self._thresholds.get(name, 1.0) >= 1:
            return []
        scores, likeness = self._scores(heard)
        column = np.where(self._is_outdone(scores, name), 0.0, scores[:, self._names.index(name)])
        best = int(column.argmax())
        n_chances = len(heard.pieces) * (1 if heard.language == ENGLISH else GLOSS_CHANCES)
        if column[best] < raised(self._thresholds[name], n_chances):
            return []
        piece = heard.pieces[best]
        kind = self._kind(name, likeness[best])
        return [Hit(name, kind, float(column[best]), piece.text[:MAX_EVIDENCE], is_exact=False, places=(piece.place,))]

    def scores(self, heard: Heard) -> dict[str, float]:
        """Return each policy's highest score over the pieces of a message, 0 to 1."""
        if not heard.pieces:
            return dict.fromkeys(self._names, 0.0)
        return dict(zip(self._names, map(float, self._scores(heard)[0].max(axis=0)), strict=True))

    def _scores(self, heard: Heard) -> tuple[Floats, Floats]:
        """Return scores [pieces, policies] and likeness [pieces, examples], kept for the other policies' turn."""
        last = self._last  # read once: another thread may hear another message meanwhile
        if last is None or last[0] is not heard:
            learnt = self._learnt
            rows = learnt.words.transform([told(piece.plain) for piece in heard.pieces])
            likeness = _likeness(heard.vectors, rows, learnt.vectors, learnt.rows)
            margins = likeness @ learnt.weights.T + learnt.bias
            scores = 1 / (1 + np.exp(-(margins * learnt.slope + learnt.offset)))
            is_fragment = np.array([len(piece.plain.split()) < MIN_WORDS for piece in heard.pieces])
            if not is_fragment.all():
                scores[is_fragment] = 0.0
            last = self._last = (heard, scores, likeness)
        return last[1], last[2]

    def _is_outdone(self, scores: Floats, name: str) -> NDArray[np.bool_]:
        """Return for each piece whether another policy is clearly surer of it: "will it rain?" is no crisis."""
        others = [
            n for n, other in enumerate(self._names) if other != name and other not in BESIDE and name not in BESIDE
        ]
        if not others:
            return np.zeros(len(scores), dtype=np.bool_)
        return np.asarray(scores[:, others].max(axis=1) > scores[:, self._names.index(name)] + LEAD)

    def _kind(self, name: str, likeness: Floats) -> str:
        own = np.flatnonzero(self._policies == name)
        nearest = own[np.argsort(likeness[own])[-N_NEIGHBOURS:]]
        votes: dict[str, float] = {}
        for i in nearest:
            votes[str(self._kinds[i])] = votes.get(str(self._kinds[i]), 0.0) + float(likeness[i]) ** 2
        return max(votes, key=lambda kind: votes[kind])


def told(plain_text: str) -> str:
    """Return the words with marks for who does it to whom: "i hit him" gets `i>him`, "he hit me" gets `he>me`.

    Vectors hardly know the two apart, and everything here turns on it.
    """
    said = plain_text.split()
    marks = []
    for at, word in enumerate(said):
        if subject := SUBJECTS.get(word):
            ahead = said[at + 1 : at + 1 + REACH]
            other = next((n for n, w in enumerate(ahead) if w in SUBJECTS), len(ahead))
            marks += [f"{subject}>{OBJECTS[w]}" for w in ahead[:other] if w in OBJECTS]
    return " ".join([*said, *marks])


def raised(threshold: float, n_pieces: int) -> float:
    """Return the score asked of a message of so many pieces."""
    rise = RISE * max(0.0, float(np.log(n_pieces / USUAL_PIECES)))
    logit = float(np.log(threshold / (1 - threshold))) + rise
    return 1 / (1 + float(np.exp(-logit)))


def gather(names: Sequence[str]) -> list[Example]:
    """Return all examples of these policies in all languages; one that stands twice counts where it stands first."""
    found: dict[str, Example] = {}
    for name in names:
        for kind, data in policy.load(name).kinds.items():
            for language in ("en", *policy.LANGUAGES):
                for text in data.said(language).examples:
                    found.setdefault(text, Example(gloss(text, language), name, kind))
    for name in names:
        for data in policy.load(name).kinds.values():
            for language in ("en", *policy.LANGUAGES):
                for text in data.said(language).harmless:
                    found.setdefault(text, Example(gloss(text, language), REST, ""))
    for text in policy.ordinary():
        found.setdefault(text, Example(text, REST, ""))
    return list(found.values())


def _learn(names: Sequence[str], examples: Sequence[Example], embedder: Embedder) -> Learnt:
    from sklearn.feature_extraction.text import TfidfVectorizer  # a second of import: only who learns pays it
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold
    from sklearn.svm import SVC

    vectors = embedder.encode([e.text for e in examples])
    words = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True, token_pattern=r"\S+")
    rows = words.fit_transform([told(plain(e.text)) for e in examples])
    likeness = _likeness(vectors, rows, vectors, rows)
    weights = np.zeros((len(names), len(examples)))
    bias, slope, offset = np.zeros(len(names)), np.zeros(len(names)), np.zeros(len(names))

    def fitted(inside: NDArray[np.bool_], used: NDArray[np.int_]) -> tuple[Floats, float]:
        machine = SVC(C=C, kernel="precomputed", class_weight="balanced").fit(
            likeness[np.ix_(used, used)], inside[used]
        )
        dual = np.zeros(len(examples))
        dual[used[machine.support_]] = machine.dual_coef_[0]
        return dual, float(machine.intercept_[0])

    for n, name in enumerate(names):
        inside = np.array([e.policy == name for e in examples])
        used = np.flatnonzero(
            [(name, e.policy) not in BOTH and (name, f"{e.policy}.{e.kind}") not in BOTH for e in examples]
        )
        margins = np.zeros(len(examples))
        for train, held in StratifiedKFold(N_FOLDS, shuffle=True, random_state=0).split(used, inside[used]):
            dual, shift = fitted(inside, used[train])
            margins[used[held]] = likeness[used[held]] @ dual + shift
        platt = LogisticRegression(C=10.0).fit(margins[used].reshape(-1, 1), inside[used])
        weights[n], bias[n] = fitted(inside, used)
        slope[n], offset[n] = platt.coef_[0, 0], platt.intercept_[0]
    return Learnt(words, rows, vectors, weights, bias, slope, offset)


def _likeness(a: Vectors, a_rows: Any, b: Vectors, b_rows: Any) -> Floats:
    gaussian = np.exp(np.float32(2 * GAMMA) * ((a @ b.T) - 1)).astype(np.float64)  # |a - b|² = 2 - 2 a·b
    return np.asarray(gaussian + WORDS_SHARE * (a_rows @ b_rows.T).toarray())


def _read(path: Path) -> Learnt | None:
    try:
        learnt = joblib.load(path)
    except Exception:  # whatever is wrong with a cached file, learning anew puts it right
        return None
    return learnt if isinstance(learnt, Learnt) else None


def _write(path: Path, learnt: Learnt) -> None:
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    with contextlib.suppress(OSError):  # a folder that cannot be written only costs time
        path.parent.mkdir(parents=True, exist_ok=True)
        joblib.dump(learnt, beside)
        beside.replace(path)
