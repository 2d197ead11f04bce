"""What people read when the coach stops, warns, refers or greets: `replies.toml`, loaded and validated.

One function a need. An id such as `declined.jealousy` names a table of the file; what the guardrails return is always one
that exists. Texts are split into sentences, since an answer leaves sentence by sentence. {emergency} and {help} are filled
with the referrals of the entry's purposes, in their order.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from coach.errors import Misconfigured
from coach.thread import CaveatKind, Outcome, Referral, Screening
from corpus.sentences import split

FILE = Path(__file__).with_name("replies.toml")
MIN_CRISIS_WORDINGS = 4  # the same words again and again sound like a machine, and stop being read
PLACEHOLDERS = frozenset({"emergency", "help", "title"})
LANGUAGES = ("es", "fr", "de", "pt", "it", "pt_br")  # beside English
FRESH = "fresh"  # the moment that may stand beside another
# Where no emergency number is at hand: an abuse line in its place would cost minutes.
NOWHERE = {
    "en": "your local emergency number",
    "es": "el número local de emergencias",
    "fr": "le numéro d'urgence local",
    "de": "die örtliche Notrufnummer",
    "pt": "o número de emergência local",
    "it": "il numero di emergenza locale",
}


class Reply(BaseModel):
    """One entry of the file; `source` is the practice it follows."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: str = Field(min_length=1)
    purposes: tuple[str, ...] = ()
    says: str = ""
    wordings: tuple[str, ...] = ()
    why: str = ""
    alternative: str = ""
    question: str = ""
    stands_alone: bool = False  # of a moment: who tells it and asks nothing wants no advice yet
    es: str | tuple[str, ...] = ()
    fr: str | tuple[str, ...] = ()
    de: str | tuple[str, ...] = ()
    pt: str | tuple[str, ...] = ()
    it: str | tuple[str, ...] = ()
    pt_br: str | tuple[str, ...] = ()

    def texts(self, language: str = "en") -> tuple[str, ...]:
        """Return the wordings in a language, those of `pt` where `pt_br` has none, in English where there are none."""
        for name in (language, language.partition("_")[0]):
            other = getattr(self, name) if name in LANGUAGES else ()
            if other:
                return (other,) if isinstance(other, str) else other
        return self.wordings or ((self.says,) if self.says else (self.why,))

    def every_text(self) -> tuple[str, ...]:
        """Return all that a reader may see of this entry."""
        return (*(t for language in ("en", *LANGUAGES) for t in self.texts(language)), self.why, self.question)


class Replies:
    """The file, asked by what is needed."""

    def __init__(self, entries: dict[str, Reply]):
        self._entries = entries

    def __contains__(self, reply_id: str) -> bool:
        return reply_id in self._entries

    def ids(self) -> tuple[str, ...]:
        """Return every id of the file."""
        return tuple(self._entries)

    def entry(self, reply_id: str) -> Reply:
        """Return an entry; Misconfigured where the file has none of that name."""
        try:
            return self._entries[reply_id]
        except KeyError:
            raise Misconfigured(f"{FILE.name} has no entry [{reply_id}]") from None

    def purposes(self, reply_id: str) -> tuple[str, ...]:
        """Return what kinds of places go with an entry, the first to be shown first."""
        return self.entry(reply_id).purposes if reply_id else ()

    def said(self, reply_id: str, language: str = "en", referrals: Sequence[Referral] = ()) -> tuple[str, ...]:
        """Return the sentences of an entry with one wording."""
        return _sentences(fill(self.entry(reply_id).texts(language)[0], referrals, language))

    def crisis(
        self, reply_id: str, n_crisis: int, referrals: Sequence[Referral], language: str = "en"
    ) -> tuple[str, ...]:
        """Return what is said in the n-th turn of a crisis (from 1), in other words each time."""
        texts = self.entry(reply_id).texts(language)
        return _sentences(fill(texts[(max(n_crisis, 1) - 1) % len(texts)], referrals, language))

    def declined(self, reply_id: str, language: str = "en") -> tuple[str, ...]:
        """Return why not, and who is meant by something else (who is afraid, who was hurt), before the honest way."""
        if language != "en":
            return _sentences(self.entry("declined.by_language").texts(language)[0])
        return _sentences(self.entry(reply_id).why)

    def told_by(self, title: str, language: str = "en") -> tuple[str, ...]:
        """Return that an article does recommend what was declined, and that this coach does not."""
        return (self.entry("told_by").texts(language)[0].replace("{title}", title),)  # a title may hold a full stop

    def alternative(self, reply_id: str) -> str:
        """Return what to look up as the honest way after a decline."""
        return self.entry(reply_id).alternative

    def caveat_id(self, kind: CaveatKind, screening: Screening) -> str:
        """Return the entry that words a caveat, given how grave it is."""
        facts = screening.facts
        graver = {
            CaveatKind.ABUSE: facts.abuse_urgent and "caveat.abuse_urgent",
            CaveatKind.MINOR: facts.minor_urgent and "caveat.minor_urgent",
            CaveatKind.RESPECT_DECISION: facts.no == "order" and "caveat.order",
        }
        return graver.get(kind) or f"caveat.{kind.value}"

    def caveat(self, kind: CaveatKind, screening: Screening, referrals: Sequence[Referral] = ()) -> str:
        """Return a caveat's text."""
        texts = self.entry(self.caveat_id(kind, screening)).texts(screening.language)
        return fill(texts[0], referrals, screening.language)

    def caveat_purposes(self, kind: CaveatKind, screening: Screening) -> tuple[str, ...]:
        """Return what kinds of places go with a caveat."""
        return self.purposes(self.caveat_id(kind, screening))

    def safety(self, screening: Screening, referrals: Sequence[Referral] = ()) -> tuple[str, ...]:
        """Return what is said first, however the turn ends: the question about suicide, words on safety after abuse."""
        facts, language = screening.facts, screening.language
        # Only these begin with the emergency number; other caveats begin with a line that may not answer at night.
        places = referrals if facts.asked or facts.abuse_urgent else ()
        said = [fill(self.entry(f"safety.{kind}").texts(language)[0], places, language) for kind in screening.safety]
        return _sentences(" ".join(said))

    def choices(self, screening: Screening) -> tuple[str, ...]:
        """Return the answers to tap beside the question about suicide, in her language; none where it is not asked."""
        if not screening.facts.asked:
            return ()
        return tuple(self.entry("safety.choices").texts(screening.language)[0].split(" | "))

    def opening(self, screening: Screening, answers: Sequence[str] = ()) -> tuple[str, ...]:
        """Return the fixed words before the lines: that a premise is not so, help to stop, the letter, of which one talk
        hears once; `answers` are the talk's so far.
        """
        facts = screening.facts
        said = []
        if screening.premise and not facts.abuse:
            said.append(self.entry(f"premise.{screening.premise}").texts(screening.language)[0])
        if facts.own_conduct and not facts.abuse:
            said.append(self.entry("help_to_stop").texts(screening.language)[0])
        if facts.no and not facts.abuse:
            said += _new(self.entry("letter").texts(screening.language)[:1], answers)
        return _sentences(" ".join(said))

    def named(self, screening: Screening, answers: Sequence[str]) -> tuple[str, ...]:
        """Return what names the moment she is in, in words that none of the thread's `answers` had; () where all were said.

        Two moments at most, and two only where it has just happened: more would be a list.
        """
        said = []
        for moment in _most_telling(screening):
            said += _new(self.entry(f"moment.{moment}").texts(), answers)[:1]
        return _sentences(" ".join(said))

    def listening(self, screening: Screening, answers: Sequence[str]) -> tuple[str, ...]:
        """Return a whole answer without advice, where the moment stands alone and has not been named in the thread; else ()."""
        moments = _most_telling(screening)
        if len(moments) != 1 or not self.entry(f"moment.{moments[0]}").stands_alone:
            return ()
        named = self.named(screening, answers)
        return (*named, *self.asked_back(screening, answers)) if named else ()

    def asked_back(self, screening: Screening, answers: Sequence[str]) -> tuple[str, ...]:
        """Return the question after an answer to somebody who told of a moment; () where it was asked in the thread."""
        questions = [self.entry(f"moment.{moment}").question for moment in _most_telling(screening)]
        return tuple(_new(questions[-1:], answers))

    def listened(self, answers: Sequence[str]) -> tuple[str, ...]:
        """Return what is said to somebody who tells where the articles are silent, in other words than the thread had."""
        wordings = self.entry("abstained_told").texts()
        return _sentences((_new(wordings, answers) or wordings)[0])

    def closing(self, screening: Screening) -> tuple[str, ...]:
        """Return the question after a decline's lines, unless a graver one was asked. Other answers end with their lines."""
        if screening.outcome is not Outcome.DECLINED or screening.language != "en" or screening.facts.asked:
            return ()
        return _sentences(self.entry(screening.reply).question)


def fill(text: str, referrals: Sequence[Referral], language: str = "en") -> str:
    """Put places into a text: {emergency} the first, {help} the next one (the first where there is only one).

    An emergency number stands bare: everybody knows it, and before a link it would be read too late.
    """
    nowhere = NOWHERE.get(language[:2], NOWHERE["en"])
    places = [contact(r, language) for r in referrals] or [nowhere]
    return text.replace("{emergency}", _number(referrals) if referrals else nowhere).replace(
        "{help}", places[min(1, len(places) - 1)]
    )


def spoken(language: str, region: str) -> str:
    """Return how a language is spoken in a region: European Portuguese sounds far away in Brazil."""
    return "pt_br" if language == "pt" and region == "BR" else language


def contact(referral: Referral, language: str = "en") -> str:
    """Return how to reach a place, in words that fit any sentence. Unchecked: its link first, then a word and the number."""
    number = ", ".join(way for way in (referral.phone, referral.text_line) if way)
    if number and not referral.verified_on:
        number = f"{referral.url}; {load().entry('unchecked').texts(language)[0]}: {number}"
    return f"{referral.name} ({number or referral.url})"


def _most_telling(screening: Screening) -> tuple[str, ...]:
    moments = screening.moments
    return (*(m for m in moments if m == FRESH), *[m for m in moments if m != FRESH][:1])


def _new(texts: Sequence[str], answers: Sequence[str]) -> list[str]:
    return [text for text in texts if not any(text in answer for answer in answers)]


def _number(referrals: Sequence[Referral]) -> str:
    first = referrals[0]
    return first.phone or first.url or first.name


def _sentences(text: str) -> tuple[str, ...]:
    return tuple(span.text for span in split(text))


@cache
def load(path: Path = FILE) -> Replies:
    """Read and validate the file; Misconfigured names the entry and what is wrong with it."""
    try:
        rows = tomllib.loads(path.read_text(encoding="utf-8"))
        entries = {reply_id: Reply.model_validate(row) for reply_id, row in _flat(rows)}
    except (OSError, tomllib.TOMLDecodeError, ValidationError) as error:
        raise Misconfigured(f"{path.name} cannot be used: {error}") from error
    for reply_id, reply in entries.items():
        unknown = {name for text in reply.every_text() for name in re.findall(r"{(\w*)}", text)} - PLACEHOLDERS
        if unknown:
            raise Misconfigured(
                f"{path.name} [{reply_id}]: unknown placeholders {sorted(unknown)}; known: emergency, help"
            )
        for language in ("en", *LANGUAGES) if reply_id.startswith("crisis.") else ():
            if (n_wordings := len(set(reply.texts(language)))) < MIN_CRISIS_WORDINGS:
                raise Misconfigured(
                    f"{path.name} [{reply_id}] {language}: {n_wordings} wordings, wants {MIN_CRISIS_WORDINGS}"
                )
        if reply_id.startswith("declined.") and reply_id != "declined.by_language":
            missing = [name for name in ("why", "alternative", "question") if not getattr(reply, name)]
            if missing:
                raise Misconfigured(f"{path.name} [{reply_id}]: {', '.join(missing)} missing")
    return Replies(entries)


def _flat(rows: dict[str, Any], before: str = "") -> list[tuple[str, dict[str, Any]]]:
    """Return `a.b` and its table for every table that holds words."""
    found: list[tuple[str, dict[str, Any]]] = []
    for name, row in rows.items():
        if "source" in row:
            found.append((before + name, row))
        else:
            found += _flat(row, f"{before}{name}.")
    return found
