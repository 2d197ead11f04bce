"""Exact patterns in a notation that someone who does not code can read and correct.

    <he> .. hit/slapped/punch* me        words stand one after the other
    /  alternatives    _  joins words of one alternative ("beat_me_up/hit_me")    *  any ending
    (x)  may be missing    ..  up to three words between    ...  up to eight    <he>  a list of words.toml
    ^  the sentence begins here    $  the sentence ends here

A gap never runs over "not", "never" or "no", so that "he never once hit me" is not "he hit me", and never over the end of a sentence.
Python's `re` tries every alternative at every place, about 0.1 ms a pattern on 300 words. So each pattern first says
which words it cannot do without, and only those whose words all stand in the message are searched.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from coach.screen import words
from coach.screen.normalise import plain

_WORD = r"(?!(?:not|never|no|nor|without|nobody|none|nie|nunca|jamais|mai|kein|nicht) )[^ |]+ "
_GAPS = {"..": rf"(?:{_WORD}){{0,3}}", "...": rf"(?:{_WORD}){{0,8}}"}


@dataclass(frozen=True, slots=True)
class Need:
    """Words of which at least one must stand in the message for the pattern to match."""

    exact: frozenset[str]
    beginnings: tuple[str, ...]

    def is_met(self, said: frozenset[str]) -> bool:
        """Return whether one of them was said."""
        if not self.exact.isdisjoint(said):
            return True
        return bool(self.beginnings) and any(word.startswith(self.beginnings) for word in said)


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled pattern; `text` is what the counsellor wrote."""

    text: str
    regex: re.Pattern[str]
    needs: tuple[Need, ...]

    def find(self, flat: str, said: frozenset[str]) -> list[tuple[int, int]]:
        """Return the places of all matches in a flat text (`hear.flat`), given the words said in it."""
        if not all(need.is_met(said) for need in self.needs):
            return []
        return [match.span() for match in self.regex.finditer(flat)]


@cache
def compiled(text: str) -> Pattern:
    """Compile a pattern; ValueError names one that cannot be read."""
    parts, needs = [], []
    for token in text.split():
        if token in _GAPS:
            parts.append(_GAPS[token])
        elif token == "^":  # noqa: S105 - not a password
            parts.append(r"(?<=\| )")
        elif token == "$":  # noqa: S105 - not a password
            parts.append(r"(?=\|)")
        else:
            is_optional = token.startswith("(") and token.endswith(")")
            choices = _choices(token[1:-1] if is_optional else token, text)
            group = "(?:" + "|".join(_regex(c) for c in choices) + ")"
            parts.append(group + "?" if is_optional else group)
            if not is_optional and "$" not in choices:
                needs.append(_need(choices))
    if not needs:
        raise ValueError(f"pattern {text!r} has no word that must stand in the message")
    return Pattern(text, re.compile(r"(?<= )" + "".join(parts)), tuple(needs))


def _choices(token: str, pattern: str) -> list[str]:
    found: list[str] = []
    for choice in token.split("/"):
        if choice.startswith("<") and choice.endswith(">"):
            try:
                found += words.lists()[choice[1:-1]]
            except KeyError:
                raise ValueError(f"pattern {pattern!r}: words.toml has no list {choice}") from None
        elif choice:
            found.append(choice)
        else:
            raise ValueError(f"pattern {pattern!r}: an empty alternative in {token!r}")
    plained = []
    for choice in found:
        if choice == "$":
            plained.append(choice)
            continue
        ending = "*" if choice.endswith("*") else ""
        if not (words_of := plain(choice.rstrip("*").replace("_", " "))):
            raise ValueError(f"pattern {pattern!r}: {choice!r} has no letters")
        plained.append(words_of + ending)
    return plained


def _regex(choice: str) -> str:
    if choice == "$":
        return r"(?=\|)"
    return re.escape(choice.rstrip("*")).replace(r"\ ", " ") + (r"[^ |]* " if choice.endswith("*") else " ")


def _need(choices: list[str]) -> Need:
    exact = frozenset(c.split()[0] for c in choices if not (c.endswith("*") and " " not in c))
    return Need(exact, tuple(c[:-1] for c in choices if c.endswith("*") and " " not in c))
