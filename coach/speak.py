"""How sentences leave: numbered, screened, emitted once. And how a model's sentences earn their place among them.

Everything that a model wrote is verified here before it is said; what fails, is late or never comes is replaced by the lines
it would have stood for. `steps.speak` decides what is to be said; this knows how.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

from coach import draft, hearing
from coach.answer import line_of
from coach.errors import Unavailable
from coach.events import Event
from coach.llm import ChatModel
from coach.screen.guardrails import Guardrails
from coach.thread import Citation, Facts, RailRecord, Sentence, Source, Verdict
from coach.verify import HEARD_THRESHOLD, STORY_THRESHOLD, THRESHOLD, Verifier, cite
from corpus.embedding import Embedder
from corpus.passage import Found

log = logging.getLogger(__name__)


class RailBroken(Exception):
    """A rail raised while a sentence was screened; the turn closes."""


class Speaker:
    """The sentences of one turn. An id is given once; what was emitted never changes."""

    def __init__(self, emit: Callable[[Event], object], guardrails: Guardrails, facts: Facts):
        self.sentences: list[Sentence] = []
        self.rails: list[RailRecord] = []
        self._emit, self._guardrails, self._facts = emit, guardrails, facts

    def fixed(self, texts: Sequence[str]) -> None:
        """Say words of `replies.toml`; they were read by people, no rail judges them."""
        for text in texts:
            self._say(text, "fixed")

    def line(self, found: Found) -> None:
        """Say a passage's line, unless an exact rule holds it back.

        The learnt rails do not judge lines: people wrote and labelled them, and advice *against* turning up unasked reads to
        a classifier much like a plan to do so.
        """
        text, citation = line_of(found.passage, self._facts)
        if self.passes(text, exact_only=True):
            self._say(text, "line", (citation,))

    def may_say(self, found: Found) -> bool:
        """Return whether `line` would say a passage's line; RailBroken where a rail raises."""
        n_records = len(self.rails)
        may = self.passes(line_of(found.passage, self._facts)[0], exact_only=True)
        del self.rails[n_records:]  # nobody chose it yet
        return may

    def verified(self, text: str, citations: Sequence[Citation] = ()) -> None:
        """Say a model's sentence that was verified and screened."""
        self._say(text, "model", citations)

    def passes(self, text: str, *, exact_only: bool = False) -> bool:
        """Return whether the rails let a sentence through; RailBroken where one raises."""
        try:
            records = self._guardrails.sentence(text, self._facts, exact_only=exact_only)
        except Exception as error:
            log.error("a rail raised %s; the turn was closed", type(error).__name__)
            raise RailBroken from error
        failed = [r for r in records if r.verdict is not Verdict.PASS]
        self.rails += failed
        return not failed

    def _say(self, text: str, source: Source, citations: Sequence[Citation] = ()) -> None:
        sentence = Sentence(len(self.sentences) + 1, text, source, tuple(citations))
        self.sentences.append(sentence)
        self._emit(Event("sentence", asdict(sentence)))


async def heard(
    speaker: Speaker, model: ChatModel, verifier: Verifier, message: str, n_turns: int, deadline_s: float
) -> None:
    """Say back in one sentence what she asks, if the model finds one that holds; otherwise nothing."""
    try:
        async with asyncio.timeout(deadline_s):
            question = hearing.question_in(message)
            text = await hearing.say_back(model, question, n_turns) if question else ""
            if text and await verifier.support_heard(text, question) >= HEARD_THRESHOLD and speaker.passes(text):
                speaker.verified(text)
    except (Unavailable, TimeoutError) as error:
        log.warning("the model was not heard: %s", error or "too late")


@dataclass(frozen=True, slots=True)
class Told:
    """What a large model answers: the message, and what it leans on where it is a follow-up."""

    message: str
    before: str = ""

    @property
    def whole(self) -> str:
        """All of it, in order."""
        return f"{self.before} {self.message}".strip()


@dataclass(frozen=True, slots=True)
class Within:
    """How long a model has: until something of it is said, and for all of it."""

    first_s: float
    all_s: float


async def reply(
    speaker: Speaker,
    model: ChatModel,
    verifier: Verifier,
    embedder: Embedder,
    told: Told,
    chosen: Sequence[Found],
    within: Within,
) -> None:
    """Say a large model's reply, claim by claim; a claim that fails gives way to the line of the passage it named."""
    start, n_before = asyncio.get_running_loop().time(), len(speaker.sentences)
    waiting = list(chosen)  # passages of which nothing was said yet
    try:
        async with asyncio.timeout(min(within.first_s, within.all_s)) as limit:
            for claim in await draft.reply(model, told.message, told.before, chosen):
                await _claim(speaker, verifier, embedder, told.whole, claim, waiting)
                if len(speaker.sentences) > n_before:
                    limit.reschedule(start + within.all_s)
    except (Unavailable, TimeoutError) as error:
        log.warning("the model's reply ended early: %s", error or "too late")
    n_lines = sum(bool(s.citations) for s in speaker.sentences)
    for found in waiting[: max(0, draft.MIN_LINES - n_lines)]:
        speaker.line(found)


async def _claim(
    speaker: Speaker, verifier: Verifier, embedder: Embedder, message: str, claim: draft.Claim, waiting: list[Found]
) -> None:
    if not claim.passages:
        # A question of the model's own is not said: nothing could verify it, and it may suggest anything.
        is_told = (
            hearing.is_saying_back(claim.text, message)
            and await verifier.support_heard(claim.text, message) >= STORY_THRESHOLD
        )
        if is_told and speaker.passes(claim.text):
            speaker.verified(claim.text)
        return
    # Each passage by itself: one that says nothing of it is not cited, however many others it is named with.
    supports = [(f, await verifier.support(claim.text, f.passage.text)) for f in claim.passages]
    holding = [(f, support) for f, support in supports if support >= THRESHOLD]
    if holding and speaker.passes(claim.text):
        speaker.verified(claim.text, [cite(claim.text, f.passage, support, embedder) for f, support in holding])
        done = [f for f, _ in holding]
    else:
        done = list(claim.passages)
        for found in done:
            if found in waiting:
                speaker.line(found)
    waiting[:] = [f for f in waiting if f not in done]
