"""A passage's line, fitted to how she speaks of her ex: he, she or they. Deterministic, so a line stays a line.

The articles and their quotes stay as they are; only the coach's own sentence follows her pronouns.
"""

from __future__ import annotations

import re

from coach.thread import Pronoun

_HER = {"he": "she", "him": "her", "his": "her", "himself": "herself"}
_THEM = {"he": "they", "him": "them", "his": "their", "himself": "themselves"}
_VERBS = {
    "is": "are",
    "was": "were",
    "has": "have",
    "does": "do",
    "goes": "go",
    "isn't": "aren't",
    "doesn't": "don't",
    "hasn't": "haven't",
}
_NOT_VERBS = frozenset({"perhaps", "always", "sometimes", "as", "this", "his", "us", "is"})
_HE_VERB = re.compile(
    r"\b(he)( (?:also|always|really|never|ever|often|only|simply|sometimes|just|still|already|probably|perhaps|usually|truly))? ([a-z]+(?:n't)?)\b",
    re.IGNORECASE,
)
# A second verb of the same subject ("he writes and suggests a chat"). By name, since "and friends" looks like one, too.
_SECOND = (
    "wants loves likes misses needs feels thinks knows shows sees says suggests responds fantasizes seems keeps comes makes "
    "takes gives cares lives is has does goes isn't hasn't doesn't"
)
_AND_VERB = re.compile(
    rf"\b(he\b(?:(?!\b(?:that|who|which|claims)\b)[^.;:])*?(?:,|\band|\bor|\bthen) )({'|'.join(_SECOND.split())})\b",
    re.IGNORECASE,
)
_HE_IS = re.compile(r"\b(he)(['’])s\b(?= (been|had|got|gone|left|done|made|said|moved|lost)\b)?", re.IGNORECASE)
_VERB_HE = re.compile(r"\b(is|was|has|does) (he)\b", re.IGNORECASE)
_WORD = re.compile(r"\b(he|him|his|himself)\b", re.IGNORECASE)


def fit(line: str, pronoun: Pronoun) -> str:
    """Return the line about him, her or them; verbs agree ("he writes" becomes "they write")."""
    if pronoun == "he":
        return line
    if pronoun == "they":
        line = _HE_IS.sub(lambda m: f"{m[1]}{m[2]}{'ve' if m[3] else 're'}", line)
        while _AND_VERB.search(line):
            line = _AND_VERB.sub(lambda m: m[1] + _plural(m[2]), line)
        line = _VERB_HE.sub(lambda m: f"{_like(m[1], _VERBS[m[1].lower()])} {m[2]}", line)
        line = _HE_VERB.sub(lambda m: f"{m[1]}{m[2] or ''} {_plural(m[3])}", line)
    words = _HER if pronoun == "she" else _THEM
    return _WORD.sub(lambda m: _like(m[0], _standing_alone(words[m[0].lower()], m)), line)


def _standing_alone(word: str, match: re.Match[str]) -> str:
    # "if the fault was his" has no noun after it: hers, theirs
    follows = match.string[match.end() :].lstrip(" ")
    if match[0].lower() == "his" and not follows[:1].isalpha():
        return f"{word}s"
    return word


def _plural(verb: str) -> str:
    low = verb.lower()
    if low in _VERBS:
        return _like(verb, _VERBS[low])
    if low in _NOT_VERBS or not low.endswith("s") or low.endswith("ss"):
        return verb
    if low.endswith("ies"):
        return verb[:-3] + "y"
    if low.endswith(("ches", "shes", "sses", "xes")):
        return verb[:-2]
    return verb[:-1]


def _like(pattern: str, word: str) -> str:
    return word.capitalize() if pattern[:1].isupper() else word
