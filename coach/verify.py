"""Step five of a turn: does the evidence say what a sentence says?

`Verifier.support` asks the model a yes/no question and reads the probability of Yes; `THRESHOLD` was calibrated on
hand-labelled pairs (`docs/verifier.md`). Cosine similarity finds the place, it does not see negation, numbers or added facts:
so it only chooses the span that is judged and quoted. Evidence is short, since the engine reads about 60 tokens a second.
"""

from __future__ import annotations

import numpy as np

from coach import prompt
from coach.llm import ChatModel
from coach.thread import Citation
from corpus import quote
from corpus.embedding import Embedder
from corpus.passage import Passage
from corpus.sentences import split

THRESHOLD = 0.85
MAX_EVIDENCE_SENTENCES = 3


def cite_line(passage: Passage) -> Citation:
    """Return the citation of a passage's own line, as ingest found and verified it."""
    start, end = passage.quote
    return Citation(passage.id, passage.text[start:end], start, end, round(passage.line_support, 3))


def cite(claim: str, passage: Passage, support: float, embedder: Embedder) -> Citation:
    """Return the citation of a sentence that a model wrote."""
    start, end = quote.find(claim, passage.text, embedder)
    return Citation(passage.id, passage.text[start:end], start, end, round(support, 3))


def evidence(claim: str, passage: Passage, embedder: Embedder) -> str:
    """Return the sentences of the passage nearest to the claim, in their order: what the verifier reads."""
    spans = split(passage.text)
    if len(spans) <= MAX_EVIDENCE_SENTENCES:
        return passage.text
    near = embedder.encode([s.text for s in spans]) @ embedder.encode([claim])[0]
    return " ".join(spans[i].text for i in sorted(np.argsort(-near)[:MAX_EVIDENCE_SENTENCES]))


class Verifier:
    """Asks a model whether evidence supports a claim."""

    def __init__(self, model: ChatModel):
        self._model = model
        self._prompt = prompt.load("verify")

    async def support(self, claim: str, source: str) -> float:
        """Return how sure the model is that the source says all of the claim, 0 to 1; Unavailable without a model."""
        return await self._model.p_yes(self._prompt.fill(evidence=_one_line(source), claim=_one_line(claim)))


def _one_line(text: str) -> str:
    return " ".join(text.split())
