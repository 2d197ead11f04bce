"""Step five of a turn: does the evidence say what a sentence says?

`Verifier.support` asks the model a yes/no question and reads the probability of Yes; `THRESHOLD` was calibrated on
hand-labelled pairs (`docs/verifier.md`). Cosine similarity finds the place, it does not see negation, numbers or added facts:
so it only chooses the span that is quoted. The whole passage is the evidence: its three nearest sentences were worse.
"""

from __future__ import annotations

from coach import prompt
from coach.llm import ChatModel
from coach.thread import Citation
from corpus import quote
from corpus.embedding import Embedder
from corpus.passage import Passage

THRESHOLD = 0.85  # for advice
HEARD_THRESHOLD = (
    0.75  # for a question that is said back, which has passed `hearing.is_saying_back` before; docs/verifier.md
)
STORY_THRESHOLD = 0.85  # for what a large model says back of the whole message


def cite_line(passage: Passage) -> Citation:
    """Return the citation of a passage's own line, as ingest found and verified it."""
    start, end = passage.quote
    return Citation(passage.id, passage.text[start:end], start, end, round(passage.line_support, 3))


def cite(claim: str, passage: Passage, support: float, embedder: Embedder) -> Citation:
    """Return the citation of a sentence that a model wrote."""
    start, end = quote.find(claim, passage.text, embedder)
    return Citation(passage.id, passage.text[start:end], start, end, round(support, 3))


class Verifier:
    """Asks a model whether evidence supports a claim."""

    def __init__(self, model: ChatModel):
        self._model = model
        self._advice, self._heard = prompt.load("verify"), prompt.load("verify_heard")

    async def support(self, claim: str, source: str) -> float:
        """Return how sure the model is that the source says all of the claim, 0 to 1; Unavailable without a model."""
        return await self._model.p_yes(self._advice.fill(evidence=_one_line(source), claim=_one_line(claim)))

    async def support_heard(self, sentence: str, message: str) -> float:
        """Return how sure the model is that a sentence says back only what the message told, 0 to 1."""
        return await self._model.p_yes(self._heard.fill(message=_one_line(message), sentence=sentence))


def _one_line(text: str) -> str:
    return " ".join(text.split())
