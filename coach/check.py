"""A message she means to send him, reviewed line by line, before it goes.

Her lines are marked by the patterns of `check.toml`, in the guardrails' notation, in six languages. What the guardrails find
in her words counts first: a threat of suicide in them is a crisis, a ploy in them is declined. His words, quoted, are no
words of hers: they are told apart here, and screened apart by `Coach.check`. While his no or an order stands nothing is
right to send but a brief practical message, and nothing is rewritten: the words belong into the letter that stays.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from coach.errors import Misconfigured
from coach.screen import policy, respect_decision
from coach.screen.hear import Heard, hear
from coach.screen.normalise import plain
from coach.screen.pattern import compiled
from coach.screen.policy import ExactKind, Said
from coach.thread import CaveatKind, Citation, Facts, Outcome, Referral, Screening
from corpus.sentences import Span, split

FILE = Path(__file__).with_name("check.toml")
Verdict = Literal["fine", "rest_a_day", "do_not_send"]
MAX_SHORT_WORDS = 40
ASKING = {"begs", "presses", "declined"}  # kinds that ask for something without a question mark
HIS_SUICIDE = (
    "crisis.suicide",
    "crisis.self_harm",
)  # what the guardrails say of his words where he threatens with that
NOTHING_OF_HERS = "I wrote a message."  # screened in place of words that are all his, or that would end a crisis
MAX_LEAD_CHARS = 120  # before a quotation, where it is said whose words it holds
_HIS_LINE = re.compile(
    r"^[ \t]*(?:>|(?:he|him|she|her|they|them|(?:my )?ex|él|ella|il|elle|lui|er|sie|ele|ela|lei)[ \t]*:).*$",
    re.IGNORECASE | re.MULTILINE,
)
_QUOTED = re.compile(r"“[^“”]+[“”]|„[^„“”\"]+[“”\"]|«[^«»]+»|»[^«»]+«|\"[^\"\n]+\"|(?<!\w)['‘][^\n]{1,400}?['’](?!\w)")
_ENDS = re.compile(r"[.!?…\n]")
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


class _Words(Said):
    """Patterns in English, and in the other languages beside them."""

    es: Said = Said()
    fr: Said = Said()
    de: Said = Said()
    pt: Said = Said()
    it: Said = Said()

    def are_in(self, heard: Heard) -> bool:
        """Return whether a pattern matches, in any language: people mix them."""
        return bool(_compiled(self).find(heard))


class _Kind(_Words):
    why: str
    looks_up: str


class _Good(_Words):
    says: str


class _His(_Strict):
    before: _Words
    after: _Words
    threatens: _Words
    kills: _Words
    joins: _Words


class _BreaksNo(_Strict):
    why: str
    order: str
    letter: str
    courts: _Words


class _InCrisis(_Strict):
    says: str


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
    his: _His
    breaks_no: _BreaksNo
    crisis: _InCrisis
    over_long: _OverLong
    late_night: _LateNight


@cache
def rules(path: Path = FILE) -> Rules:
    """Read `check.toml`; Misconfigured names what is wrong with it."""
    try:
        found = Rules.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
        his = (found.his.before, found.his.after, found.his.threatens, found.his.kills, found.his.joins)
        for words in (*found.kinds.values(), *found.good.values(), *his, found.breaks_no.courts):
            _compiled(words)  # a slip in a pattern is found at start-up, not in someone's check
        return found
    except (OSError, ValueError) as error:
        raise Misconfigured(f"{path.name} cannot be used: {error}") from error


@cache
def _compiled(words: _Words) -> ExactKind:
    said = (words, words.es, words.fr, words.de, words.pt, words.it)
    return ExactKind(
        "",
        tuple(compiled(pattern) for part in said for pattern in part.patterns),
        tuple(compiled(pattern) for part in said for pattern in part.unless),
    )


def apart(text: str) -> tuple[str, str]:
    """Return her words, with spaces where his stood so that every place stays, and his words, one quotation a line.

    His are a line with his name before it, and a quotation of which it is said that he wrote it. Any other is taken for hers:
    who quotes her own farewell must be heard.
    """
    places = [match.span() for match in _HIS_LINE.finditer(text)]
    is_odd = text.count('"') % 2 == 1  # where one is missing nobody knows which opens and which closes
    for match in _QUOTED.finditer(text):
        if not (is_odd and match.group().startswith('"')) and _is_said_by_him(text, *match.span()):
            places.append(match.span())
    hers = text
    for start, end in places:
        hers = hers[:start] + re.sub(r"[^\n]", " ", text[start:end]) + hers[end:]
    if not hers.strip() and all(text[start:end].lstrip().startswith(">") for start, end in places):
        return text, ""  # nobody sends him nothing but his own words: it is a farewell of hers, copied from somewhere
    return hers, "\n".join(text[start:end] for start, end in places)


def _is_said_by_him(text: str, start: int, end: int) -> bool:
    lead = text[max(0, start - MAX_LEAD_CHARS) : start].rstrip()
    rest = text[end : end + MAX_LEAD_CHARS].lstrip(" ,")
    his = rules().his
    if lead and not _ENDS.match(lead[-1]) and his.before.are_in(_heard(_ENDS.split(lead)[-1])):
        return True
    return rest[:1].islower() and his.after.are_in(_heard(_ENDS.split(rest)[0]))


def _heard(phrase: str) -> Heard:
    return Heard(phrase, (phrase,), (plain(phrase),), (), (), "en", None)


def with_threats(screening: Screening, hers: str, his: str) -> Screening:
    """Return the same with what the quoted words threaten her with, which is abuse, and with a threat of hers to kill."""
    of_hers, of_his, rule, facts = hear(hers), hear(his), rules().his, screening.facts
    if rule.kills.are_in(of_hers):
        facts = facts.having(own_conduct=True)
    if is_of_death := rule.kills.are_in(of_his):
        facts = facts.having(abuse_urgent=True)
    if is_of_death or rule.threatens.are_in(of_his):
        facts = facts.having(abuse=True)
    return replace(screening, facts=facts)


def joins(hers: str) -> bool:
    """Return whether she says the same of herself: "so do I"."""
    return rules().his.joins.are_in(hear(hers))


def added(before: Facts, told: Facts) -> Facts:
    """Return what was told before with the danger that a check adds. Nothing is lifted: it is said to him, not to the coach.

    His no and her own conduct are left to the talk: "I" and "you" change places in a message, and these two count against her.
    """
    return before.having(
        crisis=told.crisis or before.crisis,
        n_crisis=told.n_crisis or before.n_crisis,
        asked=told.asked or before.asked,
        abuse=told.abuse or before.abuse,
        abuse_urgent=told.abuse_urgent or before.abuse_urgent,
        minor=told.minor or before.minor,
        minor_urgent=told.minor_urgent or before.minor_urgent,
    )


def must_say(kind: CaveatKind, facts: Facts) -> bool:
    """Return whether a caveat is so grave that its words stand before the review; his no is said at the review's own lines."""
    return kind in (CaveatKind.ABUSE, CaveatKind.OWN_CONDUCT) or (kind is CaveatKind.MINOR and facts.minor_urgent)


def review(
    text: str,
    screening: Screening,
    local_time: str | None,
    cite: Callable[[str], tuple[Citation, ...]],
    because: str = "",
) -> Review:
    """Review a text. `screening` is what the guardrails say of her words with the thread's facts, `because` why it is declined,
    where it is; `cite` finds a passage.
    """
    facts, rule = screening.facts, rules()
    hers, _ = apart(text)
    spans = [s for s in split(text) if hers[s.start : s.end].strip()]
    marks = [m for span in spans for m in _marks(span, hers, rule, cite)]
    is_declined = screening.outcome is Outcome.DECLINED
    if is_declined and because:
        place = _declined_line(spans, hers, screening)
        others = [m for m in marks if (m.start, m.end) != (place.start, place.end)]
        if not any(m.kind == "threatens" for m in marks if m not in others):
            marks = others  # the graver reason, one mark a line
            marks.insert(0, Mark(place.start, place.end, "declined", because, cite(screening.alternative)))
    stops = _no_stands(hers, facts, rule) or (facts.no != "" and bool(marks))
    whole = Span(text.strip(), 0, len(text))
    n_words = len(hers.split())
    if n_words > rule.over_long.max_words:
        marks.append(Mark(whole.start, whole.end, "over_long", rule.over_long.why))
    if local_time and _is_late(local_time, rule.late_night):
        marks.append(Mark(whole.start, whole.end, "late_night", rule.late_night.why))
    if stops:
        why = rule.breaks_no.order if facts.no == "order" else rule.breaks_no.why
        marks.insert(0, Mark(whole.start, whole.end, "breaks_no", why, cite("respect his no and his decision")))
    kinds = {m.kind for m in marks}
    verdict: Verdict = (
        "do_not_send" if stops or is_declined or "threatens" in kinds else "rest_a_day" if marks else "fine"
    )
    is_hurt = facts.abuse or facts.own_conduct  # whoever it was: nothing is praised or made nicer
    return Review(
        outcome=Outcome.DECLINED if is_declined or stops else Outcome.ANSWERED,
        lines=tuple(marks),
        good=() if stops or is_hurt else tuple(_good(hers, kinds, rule)),
        verdict=verdict,
        rewrite=_calmer(spans, marks) if verdict == "rest_a_day" and not is_hurt and not facts.no else None,
        # a letter that he could find is a danger of its own
        says=(rule.breaks_no.letter,) if stops and not facts.abuse else (),
    )


def _marks(span: Span, hers: str, rule: Rules, cite: Callable[[str], tuple[Citation, ...]]) -> list[Mark]:
    heard = hear(hers[span.start : span.end])  # in his words she neither begs nor threatens
    for name, kind in rule.kinds.items():  # in the order of the file, gravest first: one mark a line
        if kind.are_in(heard):
            return [Mark(span.start, span.end, name, kind.why, cite(kind.looks_up))]
    return []


def _declined_line(spans: list[Span], hers: str, screening: Screening) -> Span:
    """Return the line that the guardrails declined, the whole message where they heard it in no single one."""
    name = screening.facts.declined.partition(".")[0]
    evidence = next((r.evidence for r in screening.rails if r.policy == name and r.evidence), "")
    return next(
        (s for s in spans if evidence and evidence in hers[s.start : s.end]),
        Span(hers.strip(), 0, len(hers)),
    )


def _good(hers: str, kinds: set[str], rule: Rules) -> list[str]:
    heard = hear(hers)
    said = []
    for name, good in rule.good.items():
        fits = (
            not _ASKS.search(hers) and kinds.isdisjoint(ASKING)
            if name == "asks_nothing"
            else len(hers.split()) <= MAX_SHORT_WORDS
            if name == "short"
            else good.are_in(heard)
        )
        if fits:
            said.append(good.says)
    return said


def _no_stands(hers: str, facts: Facts, rule: Rules) -> bool:
    # Brief practical words (children, keys, a lease) stay possible under his no; under an order nothing does.
    if facts.no != "said":
        return facts.no == "order"
    heard = hear(hers)
    hits = policy.exact(respect_decision.POLICY).find(heard)
    is_practical = any(hit.kind == respect_decision.PRACTICAL for hit in hits)
    return not is_practical or len(hers.split()) > MAX_SHORT_WORDS or rule.breaks_no.courts.are_in(heard)


def _calmer(spans: list[Span], marks: list[Mark]) -> str | None:
    """Return her own unmarked lines, where enough is left: it can add no fact and no promise, since every word is hers."""
    marked = {(m.start, m.end) for m in marks}
    kept = [s.text for s in spans if (s.start, s.end) not in marked]
    calmer = " ".join(kept)
    return calmer if len(kept) < len(spans) and len(calmer.split()) >= 3 else None


def _is_late(local_time: str, rule: _LateNight) -> bool:
    hour = int(local_time[:2])
    return hour >= rule.from_hour or hour < rule.until_hour
