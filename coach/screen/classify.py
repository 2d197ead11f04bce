"""The second tier: what no pattern foresaw, heard sentence by sentence, as a whole, and by its bare words.

A multinomial regression names the kind of each piece ("crisis.suicide", "abuse.control", ..., "harmless"); the highest counts,
so that one sentence in a post of 600 words is heard. A logistic regression for each label judges the whole, since some
things no single sentence tells; another one for each policy hears words alone (`grams.py`). What they learnt is in `learnt.py`;
how much each of them weighs, in `stack.py`; how much better this is than what was tried before stands in docs/safety.md.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from coach.screen import policy
from coach.screen.hear import Heard
from coach.screen.language import ENGLISH
from coach.screen.learnt import Floats, Learnt
from coach.screen.normalise import plain
from coach.screen.policy import MAX_EVIDENCE, Hit
from coach.screen.stack import Stack

FLOOR = 1e-6  # of a probability, so that its log odds stay finite
MIN_WORDS = 4  # a fragment ("There's no judge.") is heard with its neighbour only, unless it is all that was said


class Classifiers:
    """One for each policy that has examples."""

    def __init__(self, names: Sequence[str], learnt: Learnt, stack: Stack):
        self._learnt, self._stack = learnt, stack
        self.digest = learnt.digest
        self._columns = {name: learnt.sentences.columns(name) for name in names}
        self._thresholds = {name: policy.load(name).threshold for name in names}
        self._unsure = {name: policy.load(name).unsure for name in names}
        self._doubts = {name: policy.load(name).doubt for name in names}

    def find(self, name: str, heard: Heard) -> list[Hit]:
        """Return a hit where a policy's score reaches its threshold; the highest piece is its evidence."""
        threshold = self._thresholds.get(name, 1.0)
        if threshold >= 1 or not heard.pieces or not self._columns.get(name):
            return []
        score = self.scores(heard)[name]
        if score < threshold:
            return []
        own = self._believed(heard)[:, self._columns[name]]
        piece = heard.pieces[int(own.sum(axis=1).argmax())]
        return [
            Hit(name, self._kind(name, heard), score, piece.text[:MAX_EVIDENCE], is_exact=False, places=(piece.place,))
        ]

    def is_near(self, name: str, heard: Heard) -> bool:
        """Return whether a message comes so near a policy that the coach should ask."""
        least = self._unsure.get(name, 1.0)
        return least < 1 and bool(self._columns.get(name)) and self.scores(heard)[name] >= least

    def doubts(self, name: str, heard: Heard, hit: Hit) -> bool:
        """Return whether a pattern's hit is so unlike the policy that its words must mean something else.

        A kind without examples is never doubted: nothing was learnt of it.
        """
        least = self._doubts.get(name, 0.0)
        if not least or f"{name}.{hit.kind}" not in self._learnt.sentences.labels:
            return False
        near = {place + offset for place in hit.places for offset in (-1, 0)}  # a pair begins a sentence earlier
        rows = [i for i, piece in enumerate(heard.pieces) if piece.place in near]
        own = self._probabilities(heard)[np.ix_(rows, self._columns[name])].sum(axis=1)
        return bool(rows) and float(own.max()) < least

    def scores(self, heard: Heard) -> dict[str, float]:
        """Return each policy's probability, given all that was heard for all of them."""
        if not heard.pieces:
            return dict.fromkeys(self._columns, 0.0)
        if "scores" not in heard.memo:
            logits = self._stack.logits(*self.signs(heard))
            heard.memo["scores"] = {
                name: 1 / (1 + math.exp(-float(logit)))
                for name, logit in zip(self._stack.policies, logits, strict=True)
            }
        return dict(heard.memo["scores"])

    def signs(self, heard: Heard) -> tuple[Floats, Floats]:
        """Return the log odds of each policy [policies * 3] by the surest sentence, window and words of a window, and the
        size: logarithms of the numbers of words, pieces and windows, and 1 where it was translated word by word.
        """
        believed, told = self._believed(heard), self._told(heard)
        words = [self._learnt.words.logits(plain(window)) for window in heard.windows]
        signs = []
        for name, columns in self._columns.items():
            sentence = _logit(float(believed[:, columns].sum(axis=1).max(initial=0.0)))
            whole = self._learnt.messages.columns(name)
            signs += [sentence, float(told[:, whole].max()) if whole else sentence, max(of[name] for of in words)]
        n_words = 1 + sum(len(said.split()) for said in heard.plains)
        size = [*map(math.log, (n_words, len(heard.pieces), len(heard.windows))), float(heard.language != ENGLISH)]
        return np.array(signs), np.array(size)

    def _kind(self, name: str, heard: Heard) -> str:
        """Return the likeliest kind of a policy that a message was found to tell of."""
        told = self._told(heard).max(axis=0)
        likely = {}
        for column in self._columns[name]:
            label = self._learnt.sentences.labels[column]
            likely[label] = float(self._believed(heard)[:, column].max())
            if label in self._learnt.messages.labels:
                likely[label] += 1 / (1 + math.exp(-float(told[self._learnt.messages.labels.index(label)])))
        return max(likely, key=lambda label: likely[label]).partition(".")[2]

    def _probabilities(self, heard: Heard) -> Floats:
        """Return [pieces, labels], each row summing to one; kept with the message for the other policies' turn."""
        if "probabilities" not in heard.memo:
            logits = self._learnt.sentences.logits(heard.vectors)
            exp = np.exp(logits - logits.max(axis=1, keepdims=True))
            heard.memo["probabilities"] = exp / exp.sum(axis=1, keepdims=True)
        return np.asarray(heard.memo["probabilities"])

    def _believed(self, heard: Heard) -> Floats:
        """Return the same without what fragments seem to say, unless there is nothing else."""
        is_fragment = np.array([len(piece.plain.split()) < MIN_WORDS for piece in heard.pieces])
        probabilities = self._probabilities(heard)
        return probabilities if is_fragment.all() else np.where(is_fragment[:, None], 0.0, probabilities)

    def _told(self, heard: Heard) -> Floats:
        """Return the log odds of whole messages [windows, labels]."""
        if "told" not in heard.memo:
            heard.memo["told"] = self._learnt.messages.logits(heard.whole)
        return np.asarray(heard.memo["told"])


def _logit(probability: float) -> float:
    kept = min(max(probability, FLOOR), 1 - FLOOR)
    return math.log(kept / (1 - kept))
