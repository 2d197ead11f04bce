"""The entailment judge of grounding, apart from the pipeline's own verifier: another prompt, the claim before its evidence.

By default the embedded model, whoever is judged; with `--judge provider:model` any LangChain chat model. `--judge nli:NAME` is
refused: a cross-encoder would need a model hub, and one more door in `corpus/embedding.py`. It is never the gate alone: its error rates on
pairs that two readers labelled stand beside its figures and correct them (`agreement.py`).
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from string import Template
from typing import Protocol

from pydantic import ValidationError

from coach.engine import Engine
from coach.errors import CoachError
from coach.llm import ChatModel, make
from coach.prompt import ChatMessage
from coach.settings import CoachSettings
from evals import citation
from evals.citation import Entailed
from evals.errors import BadInput

FILE = Path(__file__).with_name("judge.toml")
EMBEDDED = "embedded"
ENTAILED = 0.5  # the judge is corrected by its measured errors, not by a tuned threshold


class Judge(Protocol):
    """Says how surely evidence entails a claim, 0 to 1."""

    name: str

    async def entails(self, claim: str, evidence: str) -> float:
        """Return how surely the evidence entails the claim."""
        ...


class ModelJudge:
    """A chat model as judge; a pair is judged once."""

    def __init__(self, model: ChatModel, engine: Engine | None = None):
        self.name = f"{model.name}, judge.toml"
        self._model, self._engine = model, engine
        self._known: dict[tuple[str, str], float] = {}

    async def entails(self, claim: str, evidence: str) -> float:
        """Return p(Yes) over p(Yes) + p(No)."""
        pair = (" ".join(claim.split()), " ".join(evidence.split()))
        if pair not in self._known:
            self._known[pair] = await self._model.p_yes(_fill(*pair))
        return self._known[pair]

    async def close(self) -> None:
        """End the engine that was started for this judge alone."""
        if self._engine is not None:
            await self._model.close()
            await self._engine.stop()


async def alce(judge: Judge, claim: str, evidences: list[str]) -> Entailed:
    """Return what the judge says of a claim and its citations; one citation costs one question."""
    if not evidences:
        return Entailed(False, (), ())
    by_all = await judge.entails(claim, " ".join(evidences)) >= ENTAILED
    if len(evidences) == 1:
        return Entailed(by_all, (by_all,), (False,))
    alone = [await judge.entails(claim, e) >= ENTAILED for e in evidences]
    rests = [" ".join(evidences[:i] + evidences[i + 1 :]) for i in range(len(evidences))]
    without = [await judge.entails(claim, rest) >= ENTAILED for rest in rests]
    return Entailed(by_all, tuple(alone), tuple(without))


def recall_of(said: Entailed) -> float:
    """Return the sentence's citation recall."""
    return citation.recall(said)


def precise_of(said: Entailed) -> list[bool]:
    """Return for each citation whether it is precise."""
    return list(citation.precise(said))


async def from_spec(spec: str) -> ModelJudge:
    """Return the judge that `--judge` names, an embedded one with an engine of its own; BadInput where it cannot be had."""
    if spec.startswith("nli:"):
        raise BadInput(f"--judge {spec}: a cross-encoder needs a model hub; see docs/evals.md")
    try:
        model, engine = make(CoachSettings(model=spec))
        if model is None:
            raise BadInput(f"--judge {spec}: give `{EMBEDDED}` or provider:model")
        if engine is not None:
            engine.start()
            await engine.ready()
    except (CoachError, ValidationError) as error:
        said = str(error) if isinstance(error, CoachError) else f"give `{EMBEDDED}` or provider:model"
        raise BadInput(f"--judge {spec}: {said}") from None
    return ModelJudge(model, engine)


@cache
def _messages() -> tuple[ChatMessage, ...]:
    rows = tomllib.loads(FILE.read_text(encoding="utf-8"))["messages"]
    return tuple(ChatMessage(row["role"], row["text"]) for row in rows)


def _fill(claim: str, evidence: str) -> tuple[ChatMessage, ...]:
    values = {"claim": claim, "evidence": evidence}
    return tuple(ChatMessage(m.role, Template(m.text).safe_substitute(values)) for m in _messages())
