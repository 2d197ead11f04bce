"""Answers in wire form for tests of what judges them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from evals.figures import Drawn, Result, Task, share
from evals.samples import Sample
from evals.subject import Exchange, Timed

TEXT = "Give him room for now. A stream of messages would make him feel crowded."


def citation(passage_id: str = "a#step-1/1", start: int = 0, end: int = 22, quote: str = "") -> dict[str, Any]:
    """A citation of TEXT."""
    return {"passage_id": passage_id, "quote": quote or TEXT[start:end], "start": start, "end": end, "support": 0.9}


def sentence(text: str, source: str = "line", *citations: dict[str, Any]) -> dict[str, Any]:
    """A sentence of an answer."""
    return {"id": 1, "text": text, "source": source, "citations": list(citations)}


def answer(*sentences: dict[str, Any], outcome: str = "answered", **more: Any) -> dict[str, Any]:
    """An answer with one passage beside it."""
    passage = {
        "passage_id": "a#step-1/1",
        "article": "a",
        "section": "step-1",
        "title": "t",
        "label": "sound",
        "text": TEXT,
        "score": 1.0,
    }
    row = {
        "turn_id": "t",
        "thread_id": "th",
        "outcome": outcome,
        "sentences": list(sentences),
        "caveats": [],
        "referrals": [],
    }
    return row | {"passages": [passage], "decision": {"rails": [], "model": "none", "timings_ms": {}}} | more


class Echo:
    """A subject that answers every message with the same words, and counts the talks."""

    is_local = False

    def __init__(self, said: str = "Rest."):
        self.said, self.n_talks = said, 0

    async def talk(self, messages: Sequence[str], region: str = "") -> list[Exchange]:
        self.n_talks += 1
        return [Exchange(m, (Timed("answer", answer(sentence(self.said)), 1.0),)) for m in messages]

    async def about(self) -> dict[str, Any]:
        return {"model": "none", "corpus_digest": "c" * 64}

    async def close(self) -> None:
        return None


class Counting:
    """A suite of n samples that pass where their number is even; `breaks` names one that raises."""

    name = "counting"

    def __init__(self, n: int = 4, breaks: str = ""):
        self.n, self.breaks, self.judged = n, breaks, list[str]()

    def tasks(self) -> list[Task]:
        return [Task(self.name, "p", str(i), Sample(id=str(i)), "s") for i in range(self.n)]

    async def judge(self, task: Task, subject: object) -> Result:
        self.judged.append(task.id)
        if task.id == self.breaks:
            raise RuntimeError("broken")
        return Result(self.name, "p", task.id, int(task.id) % 2 == 0, messages=(f"message {task.id} </script>",))

    def draw(self, results: Sequence[Result]) -> Drawn:
        return Drawn((share("counting.even", "even samples", [r.passed for r in results]),))
