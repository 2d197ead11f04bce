"""How an answer sounds, measured by rule: promises, lectures, marks, address, readability. Pure functions.

Words are patterns of what the voice forbids, not of what is good; a promise is an invariant, the rest is counted.
"""

from __future__ import annotations

import re

_BETWEEN = r"(?: (?!not\b|never\b|perhaps\b|maybe\b)[\w']+){0,3}"  # "will soon", "will not" is none
_YOUR_EX = r"your (?:ex(?:-\w+)?|man|boyfriend|girlfriend|husband|wife|partner)(?: \w+)?"
_WILL = r"(?:'ll| will|(?:'s|'re| is| are) (?:going|sure|bound|certain|about|meant|destined) to)"
_RETURN = (
    r"(?:(?:come|be|get|run|crawl|come running) back|be yours again|want you back|take you back|fall (?:back )?in love with you"
    r"|return(?! (?:the|your|his|her|their|it|them|a|any|calls?|messages?)\b))"
)
_PROMISES = re.compile(
    rf"\b(?:he|she|they|{_YOUR_EX}){_WILL}{_BETWEEN} {_RETURN}\b"
    rf"|\b(?:he|she|they|{_YOUR_EX})(?:'s|'re| is| are){_BETWEEN} coming back\b"
    rf"|(?:\b(?:will|guarantee[ds]?|(?:going|sure|certain|bound) to)|'ll){_BETWEEN} (?:win|get|bring) (?:him|her|them|{_YOUR_EX}) back\b"
    rf"|(?:\bwill|'ll|\b(?:going|sure|certain|bound) to){_BETWEEN} make (?:him|her|them|{_YOUR_EX}) (?:come back|return to you|want you)\b"
    rf"|\b(?:you|two of you|you two|both of you|you both){_WILL}{_BETWEEN} (?:be|get|end up) back together\b"
    r"|\bguaranteed?\b|\b100 ?%|\bworks every time\b",
    re.IGNORECASE,
)
# Only doubt that governs the promise pardons it: "nobody can know that he will come back" is none, "don't worry, he will" is.
_NO = r"(?:nobody|no ?one|nothing|none|cannot|nor|\w+n't|(?:not|never)(?! \w+ing\b)|no(?! contact))"  # "no contact" denies nothing
_DOUBTED = re.compile(
    r"\b(?:if|whether|when|either|perhaps|maybe|not(?: just| only)?|never)(?: or (?:not|when)| and when| one day| ever| both| the)*$"
    r"|\b(?:nothing|none of \w+|no (?:amount of )?(?:\w+ )?"
    r"(?:method|way|thing|person|trick|text|message|word|gift|plan|letter|begging|article|coach|rule|step)s?)(?: is| are)?$"
    rf"|\b{_NO}(?: [\w']+){{0,6}} (?:method|way|trick|text|step|rule|plan|word|thing)s? that(?: is| are)?$"
    rf"|\b(?:{_NO}|hard to|impossible to|too (?:early|soon) to)(?: (?!i\b|we\b|and\b|but\b|so\b|then\b)[\w']+){{0,4}}?"
    r" (?:promis|know|say|tell|guarant|mean|sure|certain|proof|prove|sign|think|believ|expect|assum|count|rely|hop|predict|forese)\w*"
    r"(?: (?!but\b|and\b|so\b)[\w']+){0,3}$"
    r"|\b(?:hop(?:e|es|ed|ing)|wish(?:es|ed|ing)?|afraid|fear|dream|belief|idea|thought|as (?:if|though)|not (?:because|so))(?: that)?(?: the| both)?$"
    r"|\byou(?:'re| are| may| might| still| really)* (?:think|believe|feel|want|say|imagine|expect|told|asking|wondering)(?: that)?$"
    r"|\b(?:until|unless|if|when|before) you(?:'re| are) (?:sure|certain)(?: that)?$"
    r"|^you(?:'re| are) (?:wondering|asking)\b[^,;:.]*$|^you want to know\b[^,;:.]*$",
    re.IGNORECASE,
)
# A word of certainty promises nothing where it is denied: "no guarantee", "you need not be 100 % sure".
_DENIED = re.compile(rf"\b(?:{_NO}(?: [\w']+){{0,4}}|without(?: any| a)?)$", re.IGNORECASE)
_EITHER_WAY = re.compile(r"^(?: to you)? or (?:not|he|she|they|you)\b", re.IGNORECASE)
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+")
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
    plain = " ".join(text.replace("’", "'").split())
    return any(_promises(sentence) for sentence in _SENTENCE_END.split(plain))


def _promises(sentence: str) -> bool:
    for match in _PROMISES.finditer(sentence):
        before, after = sentence[: match.start()].rstrip(), sentence[match.end() :]
        is_of_certainty = match.group()[-1] == "%" or match.group().lower().startswith(("guarantee", "works"))
        is_doubted = (_DENIED if is_of_certainty else _DOUBTED).search(before)
        if not is_doubted and not _EITHER_WAY.match(after):
            return True
    return False


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
