"""What the second tier learnt from the examples, how it is learnt, and `learnt.npz`, the file that holds it.

The vectors are those of MiniLM with a low-rank adapter that was tuned on the examples (`tune.py`, corpus/adapter.py): the plain
vectors know what a text is about, these know who does it to whom. On top stand two regressions, learnt in seconds once the
examples are vectors, and beside them one on bare words (`grams.py`). `learnt.npz` holds adapter and regressions under the
digest of the files they were learnt from; whoever edits an example has the regressions learnt anew at the next start (about
four minutes), kept in the user's cache.
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
from coach.screen import examples, grams, language
from coach.screen.grams import Grams
from coach.screen.hear import windows
from coach.screen.language import gloss
from coach.screen.normalise import plain
from corpus.adapter import IN, OUT
from corpus.embedding import Embedder, MiniLM, Vectors
from corpus.sentences import split

VERSION = "5"  # raise it when learning changes, so that cached files are learnt anew
FILE = Path(__file__).with_name("learnt.npz")
C_SENTENCES, C_MESSAGES = 4.0, 2.0
ROUNDS = 3  # of choosing windows
REMEDY = "take it from the repository again, or run `python -m coach tune`"

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Linear:
    """What a regression learnt: one row a label."""

    labels: tuple[str, ...]
    weights: Floats  # [labels, dimension]
    bias: Floats  # [labels]

    def logits(self, vectors: Vectors) -> Floats:
        """Return [len(vectors), labels]."""
        return np.asarray(vectors.astype(np.float64) @ self.weights.T + self.bias)

    def columns(self, policy_name: str) -> list[int]:
        """Return the numbers of the labels that belong to a policy."""
        return [i for i, label in enumerate(self.labels) if label.partition(".")[0] == policy_name]


@dataclass(frozen=True)
class Learnt:
    """All regressions, and the digest of the examples they were learnt from."""

    sentences: Linear  # multinomial: a sentence tells of one thing, or is harmless
    messages: Linear  # one logistic regression a label: a message tells of several
    words: Grams  # one logistic regression a policy
    digest: str


@cache
def encoder() -> MiniLM:
    """Return MiniLM with the adapter of `learnt.npz`, the one of this process; Misconfigured where that file is damaged."""
    return adapted(adapter_of(FILE))


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


def take(names: Sequence[str], embedder: Embedder, cache: Path | None = None) -> Learnt:
    """Return what was learnt from just these examples: shipped, cached, or learnt now."""
    digest = wanted(names, embedder)
    path = cache and cache / f"screen-{digest[:24]}.npz"
    found = read(FILE, digest) or (read(path, digest) if path else None)
    if found is None:
        found = learn(names, embedder)
        if path:
            with contextlib.suppress(OSError):  # a folder that cannot be written only costs time
                path.parent.mkdir(parents=True, exist_ok=True)
                save(path, found)
    return found


def learn(names: Sequence[str], embedder: Embedder) -> Learnt:
    """Learn the regressions from the example files."""
    return Learnt(
        _of_sentences(names, embedder), _of_messages(names, embedder), _of_words(names), wanted(names, embedder)
    )


def _of_sentences(names: Sequence[str], embedder: Embedder) -> Linear:
    from sklearn.linear_model import LogisticRegression  # a second of import: only who learns pays it

    found = examples.gather(names)
    vectors = embedder.encode([gloss(e.text, e.language) for e in found])
    fitted = LogisticRegression(C=C_SENTENCES, max_iter=500).fit(vectors, [e.label for e in found])
    labels = tuple(str(label) for label in fitted.classes_)
    return Linear(labels, fitted.coef_.astype(np.float64), fitted.intercept_.astype(np.float64))


def _of_messages(names: Sequence[str], embedder: Embedder) -> Linear:
    """Learn each label from windows: of a message that tells of it, one window does, the one that seems to say it most."""
    from sklearn.linear_model import LogisticRegression

    found = examples.gather_messages(names)
    parts = [windows([span.text for span in split(m.text)], m.language) for m in found]
    owner = np.array([i for i, own in enumerate(parts) for _ in own])
    vectors = embedder.encode([window for own in parts for window in own])
    labels = tuple(sorted({label for m in found for label in m.labels}))
    rows = []
    for label in labels:
        tells = np.array([label in m.labels for m in found])
        chosen = np.ones(len(owner), dtype=bool)
        for _ in range(ROUNDS):
            fitted = LogisticRegression(C=C_MESSAGES, max_iter=500).fit(vectors[chosen], tells[owner[chosen]])
            seems = fitted.decision_function(vectors)
            best = np.full(len(found), -np.inf)
            np.maximum.at(best, owner, seems)
            chosen = ~tells[owner] | (seems >= best[owner])
        rows.append((fitted.coef_[0], fitted.intercept_[0]))
    weights, bias = (np.array(column, dtype=np.float64) for column in zip(*rows, strict=True))
    return Linear(labels, weights, bias)


def _of_words(names: Sequence[str]) -> Grams:
    """Learn words from both: each sentence, and each window of a message, which tells of all that the message does."""
    texts, told = [], []
    for message in examples.gather_messages(names):
        policies = {label.partition(".")[0] for label in message.labels}
        for window in windows([span.text for span in split(message.text)], message.language):
            texts.append(plain(window))
            told.append(policies)
    for e in examples.gather(names):
        texts.append(plain(gloss(e.text, e.language)))
        told.append({e.policy} if e.kind else set())
    return grams.learn(texts, told, names)


def save(path: Path, learnt: Learnt, **more: Any) -> None:
    """Write what was learnt, with whatever matrices go with it, in one step."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    parts = {"sentences": learnt.sentences, "messages": learnt.messages}
    arrays = {
        f"{name}.{key}": value
        for name, part in parts.items()
        for key, value in (
            ("labels", np.array(part.labels)),
            ("weights", part.weights.astype(np.float32)),
            ("bias", part.bias),
        )
    }
    with beside.open("wb") as file:
        np.savez_compressed(file, digest=np.array(learnt.digest), **{**arrays, **learnt.words.arrays(), **more})
    beside.replace(path)


def wanted(names: Sequence[str], embedder: Embedder) -> str:
    """Return the digest of all that the regression is learnt from."""
    glossary = b"".join(path.read_bytes() for path in sorted(language.FOLDER.iterdir()))  # of other languages' vectors
    told = [
        VERSION,
        C_SENTENCES,
        C_MESSAGES,
        grams.C,
        grams.MIN_TEXTS,
        sorted(names),
        embedder.digest,
        examples.digest(),
        hashlib.sha256(glossary).hexdigest(),
    ]
    return hashlib.sha256(repr(told).encode()).hexdigest()


def read(path: Path, digest: str) -> Learnt | None:
    """Return what was learnt, None where it was not learnt from what this digest names."""
    try:
        with path.open("rb") as file, np.load(file) as held:
            if str(held["digest"]) != digest:
                return None
            sentences, messages = (
                Linear(
                    tuple(str(label) for label in held[f"{name}.labels"]),
                    held[f"{name}.weights"].astype(np.float64),
                    held[f"{name}.bias"],
                )
                for name in ("sentences", "messages")
            )
            return Learnt(sentences, messages, grams.from_arrays(held), digest)
    except Exception:  # whatever is wrong with such a file, learning anew puts it right
        return None
