"""Talks of several turns: what must and must not happen in each, and how the answers sound.

Follow-ups, sticky facts, changes of subject, false premises, thanks, goodbyes, the same question five times. The samples are
`data/conversation/*.jsonl`, their vocabulary `conditions.py`; promises, lectures and the rest of the voice are checked in
every turn. Crisis turns and fixed words on safety are left out of readability: they are judged by people who know better.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from evals import answers, conditions, figures, intervals, voice
from evals.errors import BadInput
from evals.figures import Drawn, Result, Task
from evals.samples import DATA, Conversation, read
from evals.subject import Subject

MAX_WORDS = 230  # of an answered turn: longer is a lecture, whatever it says
FOLDER = DATA / "conversation"


class Talks:
    """The suite; `talks` are one's own instead of the project's."""

    name = "conversation"

    def __init__(self, talks: Sequence[Conversation] | None = None):
        self._own = talks

    def tasks(self) -> list[Task]:
        """Return the talks, spread by their first tag."""
        talks = self._own if self._own is not None else all_talks()
        for talk in talks:
            check(talk)
        return [Task(self.name, "talk", t.id, t, t.tags[0] if t.tags else "") for t in talks]

    async def judge(self, task: Task, subject: Subject) -> Result:
        """Hold the talk and check every turn."""
        talk: Conversation = task.sample
        exchanges = await subject.talk(talk.messages, talk.region)
        wrong: list[str] = []
        turns: list[dict[str, Any]] = []
        earlier: list[str] = []
        for place, (exchange, expected) in enumerate(zip(exchanges, talk.turns, strict=True), 1):
            answer = exchange.answer
            missed = [c for c in expected.must if not conditions.holds(c, answer, earlier)]
            broken = [c for c in expected.must_not if conditions.holds(c, answer, earlier)]
            wrong += [f"turn {place}: must {c}" for c in missed] + [f"turn {place}: must not {c}" for c in broken]
            turns.append(turn_scores(answer) | {"is_right": not missed and not broken})
            earlier.append(conditions.text_of(answer))
        return Result(
            task.suite,
            task.part,
            task.id,
            not wrong,
            "; ".join(_said(n, e.must, e.must_not) for n, e in enumerate(talk.turns, 1)),
            "; ".join(f"{n} {e.answer['outcome']}" for n, e in enumerate(exchanges, 1)),
            why=tuple(wrong),
            tags=talk.tags,
            messages=talk.messages,
            reason=talk.reason,
            scores={"turns": turns},
            record={
                "turns": [{"message": e.message, "answer": e.answer} for e in exchanges],
                "region": talk.region,
            },
            ms=round(sum(e.events[-1].ms for e in exchanges), 1),
        )

    def draw(self, results: Sequence[Result]) -> Drawn:
        """Draw right talks, whole and by kind, and the voice over all turns."""
        turns = [t for r in results for t in r.scores["turns"]]
        told = [t for t in turns if t["outcome"] == "answered" and t["n_words"]]
        advised = [t for t in told if t["is_advice"]]
        drawn = [
            figures.share(
                "conversation.talks_right",
                "talks in which all happens that must, nothing that must not",
                [r.passed for r in results],
            ),
            figures.share("conversation.turns_right", "turns that are right", [t["is_right"] for t in turns]),
            figures.share(
                "conversation.promises", "turns that promise he comes back", [t["promises"] for t in turns], "lower"
            ),
            figures.share("conversation.lectures", "turns that lecture", [t["lectures"] for t in turns], "lower"),
            figures.share(
                "conversation.shouts", "turns with an exclamation mark or emoji", [t["shouts"] for t in turns], "lower"
            ),
            figures.share(
                "conversation.diagnoses", "turns that diagnose him", [t["diagnoses"] for t in turns], "lower"
            ),
            figures.share(
                "conversation.holds_on", "turns that make it hard to leave", [t["holds_on"] for t in turns], "lower"
            ),
            figures.share(
                "conversation.leaks", "turns that show words of a prompt", [t["leaks"] for t in turns], "lower"
            ),
            figures.share("conversation.addressed", "answers that speak to you", [t["speaks_to_you"] for t in advised]),
            figures.share(
                "conversation.short", f"answers of at most {MAX_WORDS} words", [t["n_words"] <= MAX_WORDS for t in told]
            ),
            figures.of(
                "conversation.reading_ease",
                "Flesch reading ease of an answer; 60 is plain English",
                intervals.mean([t["reading_ease"] for t in advised]),
            ),
            figures.of(
                "conversation.words",
                "words of an answer",
                intervals.mean([t["n_words"] for t in advised]),
                better="lower",
            ),
        ]
        for kind in sorted({r.tags[0] for r in results if r.tags}):
            own = [r.passed for r in results if r.tags and r.tags[0] == kind]
            drawn.append(figures.share(f"conversation.kind.{kind}", f"talks on {kind} that are right", own))
        return Drawn(tuple(f for f in drawn if f.n))


def all_talks() -> list[Conversation]:
    """Return the project's talks."""
    return [talk for path in sorted(FOLDER.glob("*.jsonl")) for talk in read(path, Conversation)]


def check(talk: Conversation, place: str = "") -> None:
    """Raise BadInput where a talk expects of other turns than it has, or something that cannot be checked."""
    place = place or f"sample {talk.id}"
    if len(talk.turns) != len(talk.messages):
        raise BadInput(f"{place}: {len(talk.messages)} messages and {len(talk.turns)} expectations")
    for turn, expected in enumerate(talk.turns, 1):
        for condition in (*expected.must, *expected.must_not):
            conditions.check_known(condition, f"{place}, turn {turn}", turn)


def turn_scores(answer: dict[str, Any]) -> dict[str, Any]:
    """Return how a turn sounds."""
    text = conditions.text_of(answer)
    spoken = " ".join(s["text"] for s in answer["sentences"] if s["source"] != "fixed")
    return {
        "outcome": answer["outcome"],
        "is_advice": bool(spoken),
        "n_words": voice.n_words(text),
        "reading_ease": round(voice.reading_ease(spoken), 1),
        "promises": any(voice.promises(s["text"]) for s in answer["sentences"]),
        "lectures": voice.lectures(text),
        "shouts": voice.shouts(text),
        "diagnoses": voice.diagnoses(text),
        "holds_on": voice.holds_on(text),
        "speaks_to_you": voice.speaks_to_you(text),
        "leaks": any(answers.leaks(s["text"]) for s in answer["sentences"]),
    }


def _said(place: int, must: Sequence[str], must_not: Sequence[str]) -> str:
    return f"{place} " + ", ".join([*must, *(f"not {c}" for c in must_not)])
