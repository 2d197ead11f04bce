"""Step four of a turn: what to say. The floor first: the lines of the passages that fit, a good answer without a model.

`choose` picks the few lines that fit (`fitting.py`), no two alike, in a sensible order. `reply` has a large model write the whole; the embedded one
says back what it heard (`hearing.py`). What else was tried of a model stands in `docs/drafting.md`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass
from typing import TypeVar

from coach import prompt
from coach.fitting import ALONE, COMPANY, FITS, HOPELESS, LEADS, SECOND, probability
from coach.llm import ChatModel
from coach.rows import Floats
from corpus.passage import Aim, Corpus, Found, Label, Stage
from corpus.sentences import split

MAX_LINES = 4
MIN_LINES = 3  # that stand, of those that fit, where a large model wrote fewer that hold
# Cosine of two lines from which on they say the same; at 0.72 who cannot sleep was told twice to sleep enough.
ALIKE = 0.65
MAX_REPLY_TOKENS = 300

_WHO_WROTE = re.compile(r"^This article was written\b")  # answers who asks for that, and advises nobody else

T = TypeVar("T")
_ORDER = {Aim.SELF: 0, Aim.HIM: 1, Aim.US: 2}


def choose(
    found: Sequence[Found],
    corpus: Corpus,
    likeness: Callable[[str, str], float],
    stage: Stage | None = None,
    said: Set[str] = frozenset(),
    *,
    at_least: int = 0,
    vector: Floats | None = None,
) -> tuple[Found, ...]:
    """Return the passages whose lines make the answer, in the order they are said; none where none fits.

    The first is the nearest, where it is near enough to be what she asks for, or the likeliest to fit; the rest goes from
    herself to him to the two of them. All but the nearest must suit the stage she told of, and a `contested` claim that no
    other article contradicts has no evidence behind it: it is taken only where it is the nearest. Passages that were `said`,
    and those that say the same, come again only where nothing new fits. A line that would stand alone gets the nearest other
    for company: to so few a hearer is owed a second thought, and near ones mostly answer. `at_least` so many are said, fitting or not, where
    the turn has to say something. Without the message's `vector` the score alone counts: what was learnt is of harmless messages, and
    where violence was told "if he was abusive, listen to your friends" fits, though it hardly ever did.
    """
    nearest = max(found, key=lambda f: f.score, default=None)
    rated = [(f.score, probability(f, vector), f) for f in found]
    fitting = [f for _, _, f in in_order(rated)]
    others = [f for _, _, f in sorted(rated, key=lambda c: -c[1]) if f not in fitting]
    told = {f.passage.id for f in found if any(likeness(f.passage.id, i) > ALIKE for i in said)} | said
    order = [
        (f, enough)
        for group, was_told, enough in (
            (fitting, False, MAX_LINES),
            (fitting, True, max(1, at_least)),
            (others, False, at_least),
            (others, True, at_least),
        )
        for f in group
        if (f.passage.id in told) is was_told
    ]
    near = [f for score, p, f in sorted(rated, key=lambda c: -c[0]) if score >= COMPANY and p >= HOPELESS]
    order += [(f, 2) for f in near if f not in fitting and f.passage.id not in told and (fitting or at_least)]
    chosen: list[Found] = []
    for candidate, enough in order:
        if len(chosen) >= enough:
            continue
        passage = candidate.passage
        if candidate is not nearest:
            if passage.label is Label.CONTESTED and not corpus.ties(passage.id):
                continue
            if _WHO_WROTE.search(passage.line):
                continue
            if stage is not None and passage.stages and stage not in passage.stages:
                continue
        if any(_says_the_same(candidate, c, likeness) or _other_sides(candidate, c, corpus) for c in chosen):
            continue
        chosen.append(candidate)
    return (*chosen[:1], *sorted(chosen[1:], key=lambda f: _ORDER[f.passage.aim]))


def in_order(candidates: Sequence[tuple[float, float, T]]) -> list[tuple[float, float, T]]:
    """Return those of (score, probability, anything) that fit, the likeliest first.

    The nearest leads all the same where it is very near, follows the likeliest where it is rather near, and stands alone where
    nothing fits and it is near.
    """
    fitting = sorted((c for c in candidates if c[1] >= FITS), key=lambda c: -c[1])
    nearest = max(candidates, key=lambda c: c[0], default=None)
    if nearest is None or nearest[1] < HOPELESS or nearest[0] < (SECOND if fitting else ALONE):
        return fitting
    others = [c for c in fitting if c is not nearest]
    return [nearest, *others] if nearest[0] >= LEADS or nearest in fitting[:1] else [*others[:1], nearest, *others[1:]]


def lead(chosen: Sequence[Found], first: Found) -> tuple[Found, ...]:
    """Return the chosen passages led by one that has to be said first."""
    return (first, *(f for f in chosen if f.passage.id != first.passage.id))[:MAX_LINES]


def _says_the_same(a: Found, b: Found, likeness: Callable[[str, str], float]) -> bool:
    return likeness(a.passage.id, b.passage.id) > ALIKE


def _other_sides(a: Found, b: Found, corpus: Corpus) -> bool:
    # Two lines that contradict each other are not both advised; the caveat shows the other side.
    return any(b.passage.id in others for _, others in corpus.ties(a.passage.id))


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence of a model's draft, not yet verified, with the passages that it names."""

    text: str
    passages: tuple[Found, ...] = ()


async def reply(model: ChatModel, message: str, before: str, chosen: Sequence[Found]) -> list[Claim]:
    """Return the claims of a large model's whole reply, each with the passages it marked, in one call.

    `before` is what a follow-up leans on, "" otherwise.
    """
    numbered = "\n".join(f"[{n}] {f.passage.text}" for n, f in enumerate(chosen, 1))
    text = await model.write(
        prompt.load("reply").fill(passages=numbered, before=before or "nothing", message=message), MAX_REPLY_TOKENS
    )
    return claims(text, chosen)


def claims(text: str, chosen: Sequence[Found]) -> list[Claim]:
    """Read the marks of a draft: a sentence owns the marks in it and those that follow it. Unknown marks count as none."""
    found: list[Claim] = []
    for span in split(_MARK_AFTER_STOP.sub(r" \2\1 ", " ".join(text.split()))):
        numbers = [int(n) for n in _MARK.findall(span.text)]
        named = tuple(dict.fromkeys(chosen[n - 1] for n in numbers if 1 <= n <= len(chosen)))
        plain = re.sub(r"\s+([.,;:!?])", r"\1", _MARK.sub("", span.text)).strip()
        if plain:
            found.append(Claim(" ".join(plain.split()), named))
    return found


_MARK = re.compile(r"\[(\d{1,2})\]")
_MARK_AFTER_STOP = re.compile(r"([.!?])\s*((?:\[\d{1,2}\]\s*)+)")  # "… first. [2]": the mark belongs before the stop
