"""A message she means to send him, reviewed line by line, before it goes.

Her lines are marked by the patterns of `check.toml`, in the guardrails' notation; his words, quoted, are passed over. What the
guardrails find in the text counts first: a threat of suicide in it is a crisis, a ploy in it is declined. While his no or
an order stands nothing is right to send, and nothing is rewritten: the words belong into the letter that stays.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from coach.errors import Misconfigured
from coach.screen import policy, respect_decision
from coach.screen.hear import hear
from coach.screen.pattern import Pattern, compiled
from coach.thread import Citation, Facts, Outcome, Referral, Screening
from corpus.sentences import Span, split

FILE = Path(__file__).with_name("check.toml")
Verdict = Literal["fine", "rest_a_day", "do_not_send"]
MAX_SHORT_WORDS = 40
_HIS_LINE = re.compile(r"^\s*>|^\s*(he|him|ex)\s*:", re.IGNORECASE)
_QUOTED = re.compile(r"[“\"][^”\"]{3,}[”\"]")
_ASKS = re.compile(r"\?|\b(can|could|will|would) (we|you)\b|\bplease\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Mark:
    """A line of hers that would do harm: where it stands, of which kind, why, and the passage beside it."""

    start: int
    end: int
    kind: str
    why: str
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class Review:
    """What is said of a message: its marked lines, what is good, whether to send it, and a calmer version if it is right."""

    outcome: Outcome
    lines: tuple[Mark, ...]
    good: tuple[str, ...]
    verdict: Verdict
    rewrite: str | None = None
    says: tuple[str, ...] = ()
    referrals: tuple[Referral, ...] = ()


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Kind(_Strict):
    why: str
    looks_up: str
    patterns: str

    @property
    def compiled(self) -> tuple[Pattern, ...]:
        return _compile(self.patterns)


class _Good(_Strict):
    says: str
    patterns: str = ""

    @property
    def compiled(self) -> tuple[Pattern, ...]:
        return _compile(self.patterns)


class _BreaksNo(_Strict):
    why: str
    order: str
    letter: str


class _OverLong(_Strict):
    why: str
    max_words: int


class _LateNight(_Strict):
    why: str
    from_hour: int
    until_hour: int


class Rules(_Strict):
    """`check.toml`."""

    kinds: dict[str, _Kind]
    good: dict[str, _Good]
    breaks_no: _BreaksNo
    over_long: _OverLong
    late_night: _LateNight


@cache
def rules(path: Path = FILE) -> Rules:
    """Read `check.toml`; Misconfigured names what is wrong with it."""
    try:
        found = Rules.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
        blocks = [kind.patterns for kind in found.kinds.values()] + [good.patterns for good in found.good.values()]
        for block in blocks:
            _compile(block)  # a slip in a pattern is found at start-up, not in someone's check
        return found
    except (OSError, ValueError) as error:
        raise Misconfigured(f"{path.name} cannot be used: {error}") from error


@cache
def _compile(block: str) -> tuple[Pattern, ...]:
    return tuple(compiled(line.strip()) for line in block.splitlines() if line.strip())


def review(
    text: str,
    screening: Screening,
    local_time: str | None,
    cite: Callable[[str], tuple[Citation, ...]],
) -> Review:
    """Review a text. `screening` is what the guardrails say of it with the thread's facts; `cite` finds a passage."""
    facts, rule = screening.facts, rules()
    spans = [s for s in split(text) if not _HIS_LINE.search(s.text)]
    marks = [m for span in spans for m in _marks(span, rule, cite)]
    whole = Span(text.strip(), 0, len(text))
    n_words = len(text.split())
    if n_words > rule.over_long.max_words:
        marks.append(Mark(whole.start, whole.end, "over_long", rule.over_long.why))
    if local_time and _is_late(local_time, rule.late_night):
        marks.append(Mark(whole.start, whole.end, "late_night", rule.late_night.why))
    stops = _no_stands(text, facts)
    if stops:
        why = rule.breaks_no.order if facts.no == "order" else rule.breaks_no.why
        marks.insert(0, Mark(whole.start, whole.end, "breaks_no", why, cite("respect his no and his decision")))
    is_declined = screening.outcome is Outcome.DECLINED
    kinds = {m.kind for m in marks}
    verdict: Verdict = (
        "do_not_send" if stops or is_declined or "threatens" in kinds else "rest_a_day" if marks else "fine"
    )
    rewrite = _calmer(spans, marks) if verdict == "rest_a_day" and not facts.abuse else None
    return Review(
        outcome=Outcome.DECLINED if is_declined or stops else Outcome.ANSWERED,
        lines=tuple(marks),
        good=() if stops else tuple(_good(text, n_words, rule)),
        verdict=verdict,
        rewrite=rewrite,
        says=(rule.breaks_no.letter,) if stops else (),
    )


def _marks(span: Span, rule: Rules, cite: Callable[[str], tuple[Citation, ...]]) -> list[Mark]:
    heard = hear(_QUOTED.sub(" ", span.text))  # in his words she neither begs nor threatens
    for name, kind in rule.kinds.items():  # in the order of the file, gravest first: one mark a line
        if any(pattern.find(heard.flat, heard.words) for pattern in kind.compiled):
            return [Mark(span.start, span.end, name, kind.why, cite(kind.looks_up))]
    return []


def _good(text: str, n_words: int, rule: Rules) -> list[str]:
    heard = hear(text)
    said = []
    for name, good in rule.good.items():
        fits = (
            not _ASKS.search(text)
            if name == "asks_nothing"
            else n_words <= MAX_SHORT_WORDS
            if name == "short"
            else any(pattern.find(heard.flat, heard.words) for pattern in good.compiled)
        )
        if fits:
            said.append(good.says)
    return said


def _no_stands(text: str, facts: Facts) -> bool:
    # Brief practical words (children, keys, a lease) stay possible under his no; under an order nothing does.
    if facts.no != "said":
        return facts.no == "order"
    hits = policy.exact(respect_decision.POLICY).find(hear(text))
    return not any(hit.kind == respect_decision.PRACTICAL for hit in hits) or len(text.split()) > MAX_SHORT_WORDS


def _calmer(spans: list[Span], marks: list[Mark]) -> str | None:
    """Return her own unmarked lines, where enough is left: it can add no fact and no promise, since every word is hers."""
    marked = {(m.start, m.end) for m in marks}
    kept = [s.text for s in spans if (s.start, s.end) not in marked]
    text = " ".join(kept)
    return text if len(kept) < len(spans) and len(text.split()) >= 3 else None


def _is_late(local_time: str, rule: _LateNight) -> bool:
    hour = int(local_time[:2])
    return hour >= rule.from_hour or hour < rule.until_hour
