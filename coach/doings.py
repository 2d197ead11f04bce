"""Who did what: a line that supposes that he cheated is nothing for her who did, nor "if you left" for her who was left.

Only what is plainly told counts, and only lines that say whom they are for are left out; where both are told, none is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_EX = r"(he|she|they|my (ex|boyfriend|girlfriend|bf|gf|husband|wife|partner|fianc[eé]e?))(['’]s|['’]ve)?( (just|has|have|had|already|suddenly|finally))*"
_I = r"(?<!if )(?<!should )(?<!did )(?<!think )(?<!said )(?<!says )\bi(['’]ve)?( (just|have|had|already|once|finally))*"
_HIM = r"(him|her|them|my (ex|boyfriend|girlfriend|bf|gf|husband|wife|partner))"
_ENDED = r"(broke up|ended (it|things|our|the relationship)|broke (it|things) off|called it off)"
_LEFT = r"((left|dumped) me|dumped|left(?= (after|because|without)\b| *($|[.,;!|])))"  # "he left his keys" is none

# A doing, and whose: "hers" is the writer's own.
_TOLD = {
    ("cheated", "hers"): rf"{_I} (cheated|had an affair|slept with someone else)\b|\bi was the one who cheated\b",
    ("cheated", "theirs"): rf"(?<!if )(?<!think )\b{_EX} (cheated|had an affair)\b|\bcheated on me\b",
    ("ended", "hers"): rf"{_I} ({_ENDED}|(left|dumped) {_HIM}\b(?! (a|alone|on)\b))|\bi was the one who (left|ended)\b",
    ("ended", "theirs"): rf"(?<!if )(?<!think )\b{_EX} ({_ENDED}|{_LEFT})\b|\b(got|was|been) dumped\b",
}
_SUPPOSED = {
    ("cheated", "hers"): r"^if you (were the one who )?cheated\b|\bthe breakup was your doing\b",
    ("cheated", "theirs"): r"^if he was the one who cheated\b|\bthe breakup was his doing\b",
    ("ended", "hers"): r"^if you were the one who (left|ended)\b",
    ("ended", "theirs"): r"^if he (is|was) the one who ended\b|^if he left\b",
}
_OTHER = {"hers": "theirs", "theirs": "hers"}


def told(texts: Iterable[str]) -> frozenset[tuple[str, str]]:
    """Return which doings, and whose, the messages of a talk tell of."""
    text = " | ".join(texts)
    return frozenset(doing for doing, pattern in _TOLD.items() if re.search(pattern, text, re.IGNORECASE))


def goes_against(line: str, doings: frozenset[tuple[str, str]]) -> bool:
    """Return whether a line supposes of the one what was told of the other alone."""
    supposed = next((d for d, pattern in _SUPPOSED.items() if re.search(pattern, line, re.IGNORECASE)), None)
    if supposed is None or supposed in doings:
        return False
    return (supposed[0], _OTHER[supposed[1]]) in doings
