"""How an answer sounds, measured by rule: promises, lectures, marks, address, readability. Pure functions.

Words are patterns of what the voice forbids, not of what is good; a promise is an invariant, the rest is counted.
"""

from __future__ import annotations

import re

_PROMISES = re.compile(
    r"\b(he|she|they)( will|'ll|’ll| is going to| are going to)( \w+){0,3} (come|be|get|run|crawl) back\b"
    r"|\b(will|going to|guarantee[ds]?|sure to|certain to)( \w+){0,4} (win|get) (him|her|them) back\b"
    r"|\byou('ll| will|’ll)( \w+){0,3} (be|get) back together\b|\bguaranteed?\b|\b100 ?%|\bworks every time\b",
    re.IGNORECASE,
)
_NEGATED = re.compile(
    r"\b(no|not|nobody|never|cannot|can't|can’t|nothing|without|if|whether|don't|doesn't|won't|n’t)\b", re.IGNORECASE
)
_LECTURES = re.compile(
    r"\b(it'?s|it is|it’s) (important|crucial|essential|vital) (to|that)|\bremember that\b|\bi understand how you feel\b|\bone should\b"
    r"|\byou (really )?need to understand\b|\bas an ai\b|\bit'?s understandable\b|\bhealing takes time\b",
    re.IGNORECASE,
)
_DIAGNOSES = re.compile(
    r"\b(he|she)( is|'s|’s)( probably| clearly| obviously)? (a |an )?(narcissis\w*|bipolar|psychopath\w*|sociopath\w*|borderline|avoidant)\b",
    re.IGNORECASE,
)
_EMOJI = re.compile("[\U0001f300-\U0001faff\u2600-\u27bf]")
_GUILT = re.compile(
    r"\b(don't go|don’t go|stay a (bit|little)|before you go|are you sure you want to (go|leave)|come back (soon|tomorrow)|i('ll|’ll| will) miss you)\b",
    re.IGNORECASE,
)
_YOU = re.compile(r"\b(you|your|yours|yourself)\b", re.IGNORECASE)
_VOWELS = re.compile(r"[aeiouy]+")


def promises(text: str) -> bool:
    """Return whether a sentence promises that he comes back; "nobody can promise that he will come back" does not."""
    match = _PROMISES.search(text)
    return bool(match) and not _NEGATED.search(text[: match.start()] if match else "")


def lectures(text: str) -> bool:
    """Return whether a text lectures."""
    return bool(_LECTURES.search(text))


def diagnoses(text: str) -> bool:
    """Return whether a text diagnoses the ex."""
    return bool(_DIAGNOSES.search(text))


def shouts(text: str) -> bool:
    """Return whether a text has an exclamation mark or an emoji."""
    return "!" in text or bool(_EMOJI.search(text))


def holds_on(text: str) -> bool:
    """Return whether a text makes it hard to leave."""
    return bool(_GUILT.search(text))


def speaks_to_you(text: str) -> bool:
    """Return whether a text says "you"."""
    return bool(_YOU.search(text))


def n_words(text: str) -> int:
    """Count words."""
    return len(text.split())


def n_syllables(word: str) -> int:
    """Count groups of vowels, a silent final e not counted: right for about nine of ten English words."""
    letters = re.sub(r"[^a-z]", "", word.lower())
    groups = len(_VOWELS.findall(letters))
    if letters.endswith("e") and not letters.endswith(("le", "ee")) and groups > 1:
        groups -= 1
    return max(1, groups)


def reading_ease(text: str) -> float:
    """Return Flesch's reading ease; 60 and more is plain English, 100 is very easy.

    Worked by hand: "The cat sat. It slept." is 5 words, 2 sentences, 5 syllables: 206.835 - 1.015 * 2.5 - 84.6 * 1 = 119.7.
    """
    words = re.findall(r"[A-Za-z'’]+", text)
    sentences = max(1, len(re.findall(r"[.!?…]+(?:\s|$)", text)))
    if not words:
        return 0.0
    return 206.835 - 1.015 * len(words) / sentences - 84.6 * sum(map(n_syllables, words)) / len(words)
