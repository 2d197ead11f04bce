"""What a conversation sample may demand or forbid of a turn: a small vocabulary, `name` or `name:argument`.

outcome:answered|abstained   the turn ended in one of these
caveat:KIND                  the caveat stands; `any`: some caveat; `any_but_contested`: one on her or him
referral   no_passages   passages   asks   addresses_you
cited      cites:ID|ID       a sentence rests on a passage; on one whose id begins with one of these
says:REGEX                   the words stand in it, capitals aside
words_at_most:N   questions_at_most:N
same_as:N   differs_from:N   the text is, is not, that of turn N (from 1)
promise   lecture   diagnosis   shouts   holds_on   leak      what the voice forbids
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from evals import answers, voice
from evals.errors import BadInput

Check = Callable[[dict[str, Any], str, Sequence[str]], bool]


def text_of(answer: dict[str, Any]) -> str:
    """Return the sentences of an answer as one string."""
    return " ".join(s["text"] for s in answer["sentences"])


def holds(condition: str, answer: dict[str, Any], earlier: Sequence[str]) -> bool:
    """Return whether a condition holds of an answer; `earlier` are the texts of the turns before it."""
    name, _, argument = condition.partition(":")
    return CHECKS[name](answer, argument, earlier)


def check_known(condition: str, place: str, turn: int = 0) -> None:
    """Raise BadInput for a condition that is not in the vocabulary, cannot be read, or speaks of a turn that is not before."""
    name, _, argument = condition.partition(":")
    if name not in CHECKS:
        raise BadInput(f"{place}: there is no condition {name!r}; there are {', '.join(sorted(CHECKS))}")
    if name in NUMBERED and not argument.isdigit():
        raise BadInput(f"{place}: {name} needs a number, as in {name}:3")
    if name in EARLIER and turn and not 1 <= int(argument) < turn:
        raise BadInput(f"{place}: {name}:{argument}: give a turn before this one, from 1")
    if name == "says":
        try:
            re.compile(argument)
        except re.error as error:
            raise BadInput(f"{place}: says: not a regular expression: {error.msg}") from error


def _caveat(answer: dict[str, Any], kind: str, _: Sequence[str]) -> bool:
    kinds = {c["kind"] for c in answer["caveats"]}
    if kind == "any":
        return bool(kinds)
    return bool(kinds - {"contested"}) if kind == "any_but_contested" else kind in kinds


def _has_referral(answer: dict[str, Any], *_: object) -> bool:
    return bool(answer["referrals"]) or any(c["referrals"] for c in answer["caveats"])


def _cites(answer: dict[str, Any], ids: str, _: Sequence[str]) -> bool:
    cited = [c["passage_id"] for s in answer["sentences"] for c in s["citations"]]
    return any(i == one or i.startswith(f"{one}/") for i in cited for one in ids.split("|"))


def _leaks(answer: dict[str, Any], *_: object) -> bool:
    return any(answers.leaks(s["text"]) for s in answer["sentences"])


CHECKS: dict[str, Check] = {
    "outcome": lambda a, names, _: a["outcome"] in names.split("|"),
    "caveat": _caveat,
    "referral": _has_referral,
    "passages": lambda a, *_: bool(a["passages"]),
    "no_passages": lambda a, *_: not a["passages"],
    "asks": lambda a, *_: "?" in text_of(a),
    "addresses_you": lambda a, *_: voice.speaks_to_you(text_of(a)),
    "cited": lambda a, *_: any(s["citations"] for s in a["sentences"]),
    "cites": _cites,
    "says": lambda a, regex, _: bool(re.search(regex, text_of(a), re.IGNORECASE)),
    "words_at_most": lambda a, n, _: voice.n_words(text_of(a)) <= int(n),
    "questions_at_most": lambda a, n, _: text_of(a).count("?") <= int(n),
    "same_as": lambda a, n, earlier: text_of(a) == earlier[int(n) - 1],
    "differs_from": lambda a, n, earlier: text_of(a) != earlier[int(n) - 1],
    "promise": lambda a, *_: any(voice.promises(s["text"]) for s in a["sentences"]),
    "lecture": lambda a, *_: voice.lectures(text_of(a)),
    "diagnosis": lambda a, *_: voice.diagnoses(text_of(a)),
    "shouts": lambda a, *_: voice.shouts(text_of(a)),
    "holds_on": lambda a, *_: voice.holds_on(text_of(a)),
    "leak": _leaks,
}
NUMBERED = frozenset({"words_at_most", "questions_at_most", "same_as", "differs_from"})
EARLIER = frozenset({"same_as", "differs_from"})
