"""The second tier: one calibrated classifier of sentences for all policies, for what no pattern foresaw.

The sentence vectors are those of MiniLM with a low-rank adapter that was tuned on the examples (`tune.py`, corpus/adapter.py):
the plain vectors know what a sentence is about, these know who does it to whom. On top stands a multinomial logistic
regression over the kinds ("crisis.suicide", "abuse.control", ..., "harmless"), trained from the example files in seconds once
they are vectors. `learnt.npz` holds adapter and regression under the digest of the files they were learnt from; whoever edits
an example has the regression learnt anew at the next start (about a minute), kept in the user's cache.
How much better this is than what was tried before stands in docs/safety.md.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coach.errors import Misconfigured
from coach.screen import examples, policy
from coach.screen.examples import Example
from coach.screen.hear import Heard
from coach.screen.language import gloss
from coach.screen.policy import MAX_EVIDENCE, Hit
from corpus.adapter import IN, OUT
from corpus.embedding import Embedder, MiniLM, Vectors

VERSION = "3"  # raise it when training changes, so that cached files are learnt anew
LEARNT = Path(__file__).with_name("learnt.npz")
C = 4.0
REMEDY = "take it from the repository again, or run `python -m coach tune`"
MIN_WORDS = 4  # a fragment ("There's no judge.") is heard with its neighbour only, unless it is all that was said
# Fewer sentences have fewer chances to resemble something: the threshold is for up to so many pieces, and the logit
# asked for rises with the logarithm of their number beyond.
USUAL_PIECES = 5
RISE = 1.2

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Learnt:
    """A multinomial logistic regression: one row a label, and the digest of the examples it was learnt from."""

    labels: tuple[str, ...]
    weights: Floats  # [labels, dimension]
    bias: Floats  # [labels]
    digest: str

    def probabilities(self, vectors: Vectors) -> Floats:
        """Return [len(vectors), labels]; each row sums to one."""
        logits = vectors.astype(np.float64) @ self.weights.T + self.bias
        logits -= logits.max(axis=1, keepdims=True)
        exp = np.exp(logits)
        return np.asarray(exp / exp.sum(axis=1, keepdims=True))


class Classifiers:
    """One for each policy that has examples."""

    def __init__(self, names: Sequence[str], learnt: Learnt):
        self._learnt = learnt
        self.digest = learnt.digest
        self._columns = {n: [i for i, at in enumerate(learnt.labels) if at.partition(".")[0] == n] for n in names}
        self._thresholds = {name: policy.load(name).threshold for name in names}
        self._unsure = {name: policy.load(name).unsure for name in names}
        self._doubts = {name: policy.load(name).doubt for name in names}

    @classmethod
    def trained(cls, names: Sequence[str], embedder: Embedder, cache: Path | None = None) -> Classifiers:
        """Take what was learnt from just these examples: shipped, cached, or learnt now."""
        digest = wanted(names, embedder)
        path = cache and cache / f"screen-{digest[:24]}.npz"
        learnt = read(LEARNT, digest) or (read(path, digest) if path else None)
        if learnt is None:
            learnt = learn(names, embedder)
            if path:
                _write(path, learnt)
        return cls(names, learnt)

    def find(self, name: str, heard: Heard) -> list[Hit]:
        """Return a hit where the highest piece reaches the policy's threshold."""
        if not heard.pieces or self._thresholds.get(name, 1.0) >= 1 or not self._columns.get(name):
            return []
        own = self._probabilities(heard)[:, self._columns[name]]
        column = np.where(self._is_fragment(heard), 0.0, own.sum(axis=1))
        best = int(column.argmax())
        if column[best] < raised(self._thresholds[name], len(heard.pieces)):
            return []
        piece = heard.pieces[best]
        kind = self._learnt.labels[self._columns[name][int(own[best].argmax())]].partition(".")[2]
        return [Hit(name, kind, float(column[best]), piece.text[:MAX_EVIDENCE], is_exact=False, places=(piece.place,))]

    def is_near(self, name: str, heard: Heard) -> bool:
        """Return whether the highest piece comes so near a policy that the coach should ask."""
        least = self._unsure.get(name, 1.0)
        if least >= 1 or not heard.pieces or not self._columns.get(name):
            return False
        return self.scores(heard)[name] >= raised(least, len(heard.pieces))

    def doubts(self, name: str, heard: Heard, hit: Hit) -> bool:
        """Return whether a pattern's hit is so unlike the policy that its words must mean something else.

        A kind without examples is never doubted: nothing was learnt of it.
        """
        least = self._doubts.get(name, 0.0)
        if not least or f"{name}.{hit.kind}" not in self._learnt.labels:
            return False
        near = {place + offset for place in hit.places for offset in (-1, 0)}  # a pair begins a sentence earlier
        rows = [i for i, piece in enumerate(heard.pieces) if piece.place in near]
        own = self._probabilities(heard)[np.ix_(rows, self._columns[name])].sum(axis=1)
        return bool(rows) and float(own.max()) < least

    def scores(self, heard: Heard) -> dict[str, float]:
        """Return each policy's highest probability over the pieces of a message."""
        if not heard.pieces:
            return dict.fromkeys(self._columns, 0.0)
        found = np.where(self._is_fragment(heard)[:, None], 0.0, self._probabilities(heard))
        return {name: float(found[:, columns].sum(axis=1).max()) for name, columns in self._columns.items()}

    def _probabilities(self, heard: Heard) -> Floats:
        """Return [pieces, labels], kept with the message for the other policies' turn."""
        if "probabilities" not in heard.memo:
            heard.memo["probabilities"] = self._learnt.probabilities(heard.vectors)
        return np.asarray(heard.memo["probabilities"])

    def _is_fragment(self, heard: Heard) -> NDArray[np.bool_]:
        found = np.array([len(piece.plain.split()) < MIN_WORDS for piece in heard.pieces])
        return np.zeros_like(found) if found.all() else found


@cache
def encoder() -> MiniLM:
    """Return MiniLM with the adapter of `learnt.npz`, the one of this process; Misconfigured where that file is damaged."""
    return adapted(adapter_of(LEARNT))


def adapted(matrices: dict[str, Any]) -> MiniLM:
    """Return MiniLM with an adapter."""
    sha = hashlib.sha256()
    for key in sorted(matrices):
        sha.update(key.encode() + matrices[key].tobytes())
    return MiniLM(matrices, sha.hexdigest()[:16])


def adapter_of(path: Path) -> dict[str, Any]:
    """Return the adapter's matrices that a file holds; Misconfigured where it is missing or damaged."""
    try:
        with path.open("rb") as file, np.load(file) as held:
            matrices = {key: held[key] for key in held.files if key.endswith((IN, OUT))}
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise Misconfigured(f"{path} is missing or damaged: {REMEDY}") from error
    if not matrices or any(key.removesuffix(IN) + OUT not in matrices for key in matrices if key.endswith(IN)):
        raise Misconfigured(f"{path} holds no adapter: {REMEDY}")
    return matrices


def raised(threshold: float, n_pieces: int) -> float:
    """Return the probability asked of a message of so many pieces."""
    rise = RISE * max(0.0, float(np.log(n_pieces / USUAL_PIECES)))
    logit = float(np.log(threshold / (1 - threshold))) + rise
    return 1 / (1 + float(np.exp(-logit)))


def learn(names: Sequence[str], embedder: Embedder, found: Sequence[Example] | None = None) -> Learnt:
    """Learn the regression from the example files."""
    from sklearn.linear_model import LogisticRegression  # a second of import: only who learns pays it

    found = examples.gather(names) if found is None else found
    vectors = embedder.encode([gloss(e.text, e.language) for e in found])
    fitted = LogisticRegression(C=C, max_iter=500).fit(vectors, [e.label for e in found])
    labels = tuple(str(label) for label in fitted.classes_)
    return Learnt(
        labels, fitted.coef_.astype(np.float64), fitted.intercept_.astype(np.float64), wanted(names, embedder)
    )


def save(path: Path, learnt: Learnt, **more: Any) -> None:
    """Write what was learnt, with whatever matrices go with it, in one step."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    with beside.open("wb") as file:
        np.savez_compressed(
            file,
            labels=np.array(learnt.labels),
            weights=learnt.weights.astype(np.float32),
            bias=learnt.bias,
            digest=np.array(learnt.digest),
            **more,
        )
    beside.replace(path)


def wanted(names: Sequence[str], embedder: Embedder) -> str:
    """Return the digest of all that the regression is learnt from."""
    glossary = (policy.FOLDER / "glossary.toml").read_bytes()  # what the vectors of other languages are made of
    told = [VERSION, C, sorted(names), embedder.digest, examples.digest(), hashlib.sha256(glossary).hexdigest()]
    return hashlib.sha256(repr(told).encode()).hexdigest()


def read(path: Path, digest: str) -> Learnt | None:
    """Return what was learnt, None where it was not learnt from what this digest names."""
    try:
        with path.open("rb") as file, np.load(file) as held:
            if str(held["digest"]) != digest:
                return None
            labels = tuple(str(label) for label in held["labels"])
            return Learnt(labels, held["weights"].astype(np.float64), held["bias"], digest)
    except Exception:  # whatever is wrong with such a file, learning anew puts it right
        return None


def _write(path: Path, learnt: Learnt) -> None:
    with contextlib.suppress(OSError):  # a folder that cannot be written only costs time
        path.parent.mkdir(parents=True, exist_ok=True)
        save(path, learnt)
