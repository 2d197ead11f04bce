"""Of whom she speaks: which pronoun her ex has, and the same words as they would be told of a man.

Most of what the second tier learnt from is told of a man, and the same deed is the same deed: a message about a woman is
embedded with "she" and "he" changed for each other, so that the decision does not hang on who did it. Patterns, which know
all pronouns, search the words as typed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from coach.thread import Pronoun

_PRONOUNS: dict[Pronoun, re.Pattern[str]] = {
    "he": re.compile(r"\b(he|him|his|boyfriend|bf|husband|guys?|m[ae]n)\b", re.IGNORECASE),
    "she": re.compile(r"\b(she|her|hers|girlfriend|gf|wife|girl|woman)\b", re.IGNORECASE),
    "they": re.compile(r"\b(they|them|their|theirs|partner)\b", re.IGNORECASE),
}
# What can only be said of the one it is about: who left, whom she misses. Everybody else in the story has pronouns, too,
# and `they` may be friends who broke up, or children whom she loves.
_LEFT_ME = r"(['’]s|['’]d|['’]ve| has| have| had)? (just |suddenly )?((left|dumped|ghosted|blocked|cheated on) (me|us)\b|(broke|broken) (it off|up) with me\b"


def _of_ex(names: str, subject: str, whom: str) -> re.Pattern[str]:
    return re.compile(
        rf"\b(my (ex[- ]?)?({names})\b(?!['’]s)|{subject}{_LEFT_ME}|broke up|ended (it|things|us)|walked out)|"
        r"(miss|missing|love|loved|lost|get|getting|want|win|winning|get over|getting over|dumped by|without) "
        rf"{whom}(?= back\b| so\b| too\b| and\b| but\b|[.,;!?]|$))",
        re.IGNORECASE,
    )


_OF_EX: dict[Pronoun, re.Pattern[str]] = {
    "he": _of_ex("boyfriend|bf|husband|fianc[eé]", "he", "him"),
    "she": _of_ex("girlfriend|gf|wife|fianc[eé]e", "she", "her"),
    "they": re.compile(
        rf"\b(they{_LEFT_ME})|(get|getting|want|win|winning) them back\b|"
        r"(partner|ex)\b((?!\b(and|his|her|friends|family|parents|he|she)\b)[^.!?]){0,40}\bthey\b)",
        re.IGNORECASE,
    ),
}

_CHANGED = {
    one: other
    for pair in (
        "he she",
        "himself herself",
        "boyfriend girlfriend",
        "bf gf",
        "husband wife",
        "fiance fiancee",
        "hes shes",
        "hed shed",
        "exboyfriend exgirlfriend",
    )
    for a, b in [pair.split()]
    for one, other in ((a, b), (b, a))
} | {"him": "her", "his": "her", "hers": "his"}
_HER_ALONE = frozenset(
    """and to that but so because for at in on with from again back when if i we it is was who about after before by while since
    like as than or too not now then today tonight yesterday anymore alone how what why where would will can could should
    im a an the this my our you he she they there up out off over more last every all because cause until till even still""".split()
)
_WORDS = re.compile(r"[A-Za-z][A-Za-z'’]*")


def pronoun_of(messages: Sequence[str]) -> Pronoun:
    """Return how she speaks of her ex: of the one who left or is missed; failing that, what she says most; else `he`.

    `they` is also said of friends and of everybody: it counts where no he or she is spoken of, or where her partner is meant.
    """
    text = " ".join(messages)
    counts = {pronoun: len(pattern.findall(text)) for pronoun, pattern in _PRONOUNS.items()}
    of_ex = {pronoun: len(pattern.findall(text)) for pronoun, pattern in _OF_EX.items()}
    if not any(of_ex.values()) and (counts["he"] or counts["she"]):
        counts["they"] = 0
    best = max(counts, key=lambda p: (of_ex[p], counts[p]))
    return best if counts[best] > 0 else "he"


def as_of_a_man(text: str) -> str:
    """Return an English text with "he" and "she" changed for each other: what is told of a woman as it is told of a man."""
    return _WORDS.sub(lambda found: _changed(found.group(), text[found.end() :]), text)


def _changed(word: str, rest: str) -> str:
    said, *ending = re.split("(?=['’])", word, maxsplit=1)  # "she’s", "my wife's"
    other = _CHANGED.get(said.lower(), said)
    if said.lower() == "her":
        following = _WORDS.match(rest.lstrip(" "))
        is_alone = not rest.startswith(" ") or not following or _first(following.group()) in _HER_ALONE
        other = "him" if is_alone else "his"
    if word[0].isupper() and other != said:
        other = other.capitalize()
    return "".join((other, *ending))


def _first(word: str) -> str:
    return re.split("['’]", word.lower())[0]
