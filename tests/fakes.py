"""Stand-ins that tests share: a scripted model, an embedder made of words, rails that do as told, and a tiny corpus.

Fakes, not mocks: each keeps the promise of the thing it stands for, is quick and the same every time, and remembers what it
was asked. Next: `conftest.py`, which puts them together.
"""

from __future__ import annotations

import asyncio
import json
import threading
import zlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from coach.errors import Unavailable
from coach.events import Event
from coach.graph import Coach
from coach.prompt import ChatMessage
from coach.thread import Facts, Message, Outcome, RailRecord, Screening, Thread, Verdict
from corpus.embedding import Vectors
from corpus.passage import Aim, Article, Corpus, Disagreement, Label, Passage, Section, Side, Stage
from corpus.store import SPLITTER, Stamp, Store, rows_of

SLEEP = "I cannot sleep since he left me, how do I sleep?"  # asked by `walk/1`'s own question
SAID_BACK = "You are wondering how to sleep since he left you."


class WordEmbedder:
    """A unit vector of which words a text has: texts that share words are near."""

    name, digest, dimension, max_tokens = "words", "d" * 64, 256, 60

    def __init__(self) -> None:
        self.asked: list[str] = []

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.asked += texts
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in zip(vectors, texts, strict=True):
            for word in text.lower().split():
                row[zlib.crc32(word.strip('.,!?;"').encode()) % self.dimension] += 1
            row /= np.linalg.norm(row) or 1.0
        return vectors

    def n_tokens(self, text: str) -> int:
        return len(text.split()) + 2


class ScriptedModel:
    """Answers in order: a text for `write`, a number for `p_yes`, an exception to raise. Out of answers it is gone."""

    name = "scripted"

    def __init__(self, answers: Sequence[str | float | Exception] = (), *, is_large: bool = False, is_up: bool = True):
        self.answers = list(answers)
        self.asked: list[str] = []
        self.is_large = is_large
        self.is_up = is_up

    async def write(self, messages: Sequence[ChatMessage], max_tokens: int) -> str:
        return str(self._next(messages))

    async def p_yes(self, messages: Sequence[ChatMessage]) -> float:
        return float(self._next(messages))

    async def close(self) -> None:
        pass

    def _next(self, messages: Sequence[ChatMessage]) -> str | float:
        self.asked.append("\n".join(m.text for m in messages))
        if not self.answers:
            raise Unavailable("the script has ended")
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


class SilentModel(ScriptedModel):
    """Never answers. `was_asked` and `was_freed` tell another thread when somebody waits and when nobody does any more."""

    def __init__(self) -> None:
        super().__init__()
        self.was_asked, self.was_freed = threading.Event(), threading.Event()

    async def write(self, messages: Sequence[ChatMessage], max_tokens: int) -> str:
        self.was_asked.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.was_freed.set()
        raise AssertionError("nobody sets the event")


class Rails:
    """Guardrails that let everything pass, but for what a test tells them."""

    learnt = ""

    def __init__(
        self,
        judge: Callable[[str, Facts], Screening] | None = None,
        forbids: str = "",
        breaks: Exception | None = None,
        breaks_on_sentence: Exception | None = None,
    ):
        self._judge = judge or (lambda text, facts: Screening(facts, text))
        self._forbids, self._breaks, self._breaks_on_sentence = forbids, breaks, breaks_on_sentence

    def message(self, text: str, thread: Thread, history: Sequence[Message] = ()) -> Screening:
        if self._breaks:
            raise self._breaks
        if "kill myself" in text:
            facts = thread.facts.having(crisis=("suicide",), n_crisis=thread.facts.n_crisis + 1)
            return Screening(facts, text, Outcome.CRISIS, "crisis.suicide")
        screening = self._judge(text, thread.facts)
        return replace(screening, rails=screening.rails or (RailRecord("message", Verdict.PASS, "crisis"),))

    def sentence(self, text: str, facts: Facts, *, exact_only: bool = False) -> tuple[RailRecord, ...]:
        if self._breaks_on_sentence:
            raise self._breaks_on_sentence
        is_forbidden = bool(self._forbids) and self._forbids in text
        return (RailRecord("sentence", Verdict.FAIL if is_forbidden else Verdict.PASS, "output"),)

    def protocol(self) -> list[dict[str, object]]:
        return [{"policy": "crisis", "fires_when": "someone tells of wanting to die"}]


def passage(id: str, line: str, text: str, asked: Sequence[str] = (), **more: Any) -> Passage:
    """Return a passage whose quote is its first sentence."""
    section_id, _, _ = id.partition("/")
    article, _, section = section_id.partition("#")
    end = text.index(".") + 1
    return Passage(id, article, section, "A title", text, line, (0, end), 0.9, asked=tuple(asked), **more)


WALKS = (
    passage(
        "walks#sleep/1",
        "Walk by the river in the evening; he will sleep elsewhere and so will you.",
        "A walk in the evening brings sleep. People who walked slept an hour longer — even in June.",
        ["I cannot sleep since he left me", "why can I not sleep"],
        stages=(Stage.JUST_HAPPENED,),
        aim=Aim.SELF,
        safe_with=("abuse", "respect_decision"),
    ),
    passage(
        "walks#sleep/2",
        "Put the phone into another room before bed.",
        "Keep the phone out of the bedroom. Its light and its silence both keep people awake.",
        ["should the phone be beside my bed"],
        aim=Aim.SELF,
    ),
    passage(
        "walks#write/1",
        "If he writes, answer the next day in two friendly lines.",
        "Answer on the next day. A short friendly note is enough, and he can read it twice.",
        ["what if he doesn't answer my letter", "he wrote to me"],
        label=Label.CONTESTED,
        because="The articles disagree on how soon to answer.",
    ),
    passage(
        "walks#jealous/1",
        "Post a photograph with someone else, so that he grows jealous.",
        "A photograph with another man makes him jealous. The author says it works.",
        ["how do I make him jealous", "make him jealous with a photograph"],
        label=Label.MANIPULATIVE,
        because="It works by jealousy.",
    ),
)
RESTS = (
    passage(
        "rests#rest/1",
        "Rest on Sundays with a friend who cooks.",
        "Sundays are the longest. A friend who cooks makes them shorter.",
        ["sundays are so lonely", "how do I get through the weekend"],
        aim=Aim.SELF,
    ),
    passage(
        "rests#write/1",
        "Leave his letter unanswered for a week.",
        "A week of silence after his letter is wise. Haste looks like need.",
        ["how long should I wait before answering a letter"],
        label=Label.CONTESTED,
        because="The articles disagree on how soon to answer.",
    ),
)
TIE = Disagreement(
    "answering",
    "The articles disagree on how soon to answer.",
    (Side("one says the next day", ("walks#write/1",)), Side("one says after a week", ("rests#write/1",))),
)


def tiny_corpus(passages: Sequence[Passage] = (*WALKS, *RESTS), ties: Sequence[Disagreement] = (TIE,)) -> Corpus:
    """Return a corpus of two articles."""
    articles = []
    for article_id in dict.fromkeys(p.article for p in passages):
        sections = dict.fromkeys(p.section for p in passages if p.article == article_id)
        articles.append(
            Article(
                article_id, article_id.title(), ("Ann Ode",), sections=tuple(Section(s, "A title") for s in sections)
            )
        )
    return Corpus(tuple(articles), tuple(passages), tuple(ties))


def build(store: Store, corpus: Corpus, embedder: Any) -> str:
    """Build an index of a corpus beside the current one and return its name."""
    stamp = Stamp(embedder.name, embedder.digest, embedder.dimension, SPLITTER, corpus.digest)
    rows = [row for one in corpus.passages for row in rows_of(one)]
    return store.build(corpus, stamp, rows, embedder.encode([row.text for row in rows]))


def serve(store: Store, corpus: Corpus, embedder: Any) -> str:
    """Build an index and switch to it."""
    name = build(store, corpus, embedder)
    store.switch(name)
    return name


async def talk(coach: Coach, message: str, **more: Any) -> list[Event]:
    """Take one turn and return its events."""
    from coach.events import ChatRequest

    return [event async for event in coach.turn(ChatRequest(message=message, **more))]


def events_of(body: str) -> list[Event]:
    """Read a whole stream of server-sent events."""
    found = []
    for block in body.split("\n\n"):
        rows = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line and not line.startswith(":"))
        if "event" in rows:
            found.append(Event(rows["event"], json.loads(rows["data"])))  # type: ignore[arg-type]
    return found


def names(events: list[Event]) -> list[str]:
    return [event.name for event in events]


def texts(events: list[Event]) -> list[str]:
    return [event.data["text"] for event in events if event.name == "sentence"]


def texts_of(answer: dict[str, list[dict[str, str]]]) -> list[str]:
    return [s["text"] for s in answer["sentences"]]
