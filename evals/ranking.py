"""How well a ranking answers: hit@k, reciprocal rank, nDCG@k, and the refusal F1 of Trust-Score. Pure functions.

Ranks are of sections, since a question's gold is the sections that answer it: passages are folded into their sections
first, each section once, at the place of its best passage.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass


def sections_of(passage_sections: Iterable[str]) -> list[str]:
    """Return the sections in the order they first appear."""
    return list(dict.fromkeys(passage_sections))


def first_rank(ranking: Sequence[str], gold: Collection[str]) -> int:
    """Return the place, from 1, of the first right section; 0 where none is found."""
    return next((place for place, section in enumerate(ranking, 1) if section in gold), 0)


def is_hit(rank: int, k: int) -> bool:
    """Return whether a rank from `first_rank` is among the first k."""
    return 0 < rank <= k


def reciprocal(rank: int) -> float:
    """Return 1/rank, 0 where nothing was found."""
    return 1 / rank if rank else 0.0


def ndcg(ranking: Sequence[str], gold: Collection[str], k: int = 10) -> float:
    """Return nDCG@k with every gold section worth the same (Järvelin and Kekäläinen 2002).

    Worked by hand: gold {a, b}, ranking [x, a, b]: (1/log2(3) + 1/log2(4)) / (1/log2(2) + 1/log2(3)) = 1.1309 / 1.6309
    = 0.693.
    """
    gains = sum(1 / math.log2(place + 1) for place, section in enumerate(ranking[:k], 1) if section in gold)
    ideal = sum(1 / math.log2(place + 1) for place in range(1, min(len(gold), k) + 1))
    return gains / ideal if ideal else 0.0


@dataclass(frozen=True, slots=True)
class Refusals:
    """Grounded refusal as in Trust-Score (Song et al., ICLR 2025): is silence kept for what the articles do not answer?"""

    f1_refuse: float
    f1_answer: float

    @property
    def f1(self) -> float:
        """The mean of both: refusing everything scores no better than half."""
        return (self.f1_refuse + self.f1_answer) / 2


def refusals(answerable: Sequence[bool], refused: Sequence[bool]) -> Refusals:
    """Return the F1 of refusing and of answering.

    Worked by hand: 4 answerable of which 1 is refused, 2 unanswerable of which 1 is refused. Refusing: precision 1/2, recall
    1/2, F1 0.5. Answering: precision 3/4, recall 3/4, F1 0.75. Together 0.625.
    """
    pairs = list(zip(answerable, refused, strict=True))
    right_refusals = sum(r and not a for a, r in pairs)
    right_answers = sum(a and not r for a, r in pairs)
    n_refused, n_unanswerable = sum(refused), sum(not a for a in answerable)
    n_answered, n_answerable = len(pairs) - n_refused, sum(answerable)
    return Refusals(
        2 * right_refusals / (n_refused + n_unanswerable) if n_refused + n_unanswerable else 0.0,
        2 * right_answers / (n_answered + n_answerable) if n_answered + n_answerable else 0.0,
    )
