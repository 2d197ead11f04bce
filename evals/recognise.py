"""`python -m evals.recognise [--write]`: what `coach/recognise.py` learns from questions, and what it is worth.

`labels/asked.tsv` holds what people might type, each with the passage that answers it best: a passage's id, a tab, the text.
Prints hit@k and MRR on a part that was held back, with and without; `--write` learns from all and keeps it in
`coach/recognise.npz`. Questions near one of the untouched half are left out, so that nothing is learnt from that.
"""

from __future__ import annotations

import random
import sys
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from coach import recognise, retrieve
from coach.retrieve import Retriever
from coach.rows import Rows
from coach.settings import load
from corpus.embedding import Embedder
from evals import ranking
from evals.errors import BadInput
from evals.inside import InProcess
from evals.samples import DATA, FollowUp, Question
from evals.samples import read as read_samples
from evals.ways import Remembering

ASKED = Path(__file__).with_name("labels") / "asked.tsv"
NEAR = 0.9  # cosine to an untouched question from which on one is left out
INVERSE_PENALTY = 10.0  # scikit-learn's C; 3 and 30 were within a hundredth on the tuning half
HELD_BACK = 450
SEED = 0


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody might type, and the place of the passage that answers it in the corpus."""

    place: int
    text: str


def read(ids: Sequence[str], path: Path = ASKED) -> list[Asked]:
    """Return the questions of these passages; BadInput names a line that is none."""
    places = {passage_id: place for place, passage_id in enumerate(ids)}
    found: list[Asked] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        passage_id, tab, text = line.partition("\t")
        if not (tab and text.strip()):
            raise BadInput(f"{path.name}:{number}: write a passage's id, a tab, and what somebody types")
        if passage_id in places:
            found.append(Asked(places[passage_id], text))
    return found


def learn(asked: Sequence[Asked], embedder: Embedder) -> Any:
    """Return the regression from a text's vector to a passage's place."""
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=INVERSE_PENALTY, max_iter=300)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # one that did not converge would depend on the machine
        return model.fit(embedder.encode([a.text for a in asked]), [a.place for a in asked])


def apart(asked: Sequence[Asked], embedder: Embedder) -> list[Asked]:
    """Return the questions that are not near one of the untouched half."""
    folder = DATA / "retrieval" / "untouched"
    texts = [q.question for q in read_samples(folder / "questions.jsonl", Question)]
    texts += [f.messages[-1] for f in read_samples(folder / "followups.jsonl", FollowUp)]
    likeness = embedder.encode([a.text for a in asked]) @ embedder.encode(texts).T
    return [a for a, row in zip(asked, likeness, strict=True) if row.max() < NEAR]


def main(arguments: list[str]) -> int:
    """Print the figures; with `--write` keep what was learnt."""
    subject = InProcess(load())
    passages = subject.retriever.index.corpus.passages
    embedder = Remembering(subject.embedder)
    try:
        asked = apart(read([p.id for p in passages]), embedder)
    except BadInput as error:
        print(error, file=sys.stderr)
        return 2
    own = [Asked(i, text) for i, p in enumerate(passages) for text in (*p.asked, p.line, p.title)]
    random.Random(SEED).shuffle(asked)
    held, others = asked[:HELD_BACK], asked[HELD_BACK:]
    print(
        f"{len(asked)} questions for {len({a.place for a in asked})} of {len(passages)} passages, {len(held)} held back"
    )
    for name, weight in (("without", 0.0), ("with", retrieve.RECOGNISED)):
        retriever = _Learnt(subject.retriever, embedder, learn([*others, *own], embedder), weight)
        sections = [p.section_id for p in passages]
        ranks = []
        for a in held:
            found = retriever.search(a.text, len(passages))
            ranks.append(
                ranking.first_rank(ranking.sections_of(f.passage.section_id for f in found), [sections[a.place]])
            )
        hits = ", ".join(f"hit@{k} {np.mean([ranking.is_hit(r, k) for r in ranks]):.3f}" for k in (1, 3, 5))
        print(f"{name}: {hits}, MRR {np.mean([ranking.reciprocal(r) for r in ranks]):.3f}")
    if "--write" in arguments:
        model = learn([*asked, *own], embedder)
        keys = [recognise.key_of(passages[place]) for place in model.classes_]
        Rows(tuple(keys), model.coef_, model.intercept_, embedder.digest).write(recognise.FILE)
        print(f"wrote {recognise.FILE.name}: {len(keys)} passages")
    return 0


class _Learnt(Retriever):
    """The coach's retriever with a regression that is not yet kept."""

    def __init__(self, served: Retriever, embedder: Embedder, model: Any, weight: float):
        super().__init__(served.index, embedder)
        self._model, self._weight = model, weight

    def _recognised(self, vector: Any) -> Any:
        known = self._model.decision_function(vector[None])[0]
        scores = np.zeros(len(self._passages), dtype=np.float32)
        scores[self._model.classes_] = self._weight * (known - known.mean())
        return scores


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
