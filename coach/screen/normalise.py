"""What people type, made plain: one spelling for the patterns, whatever was done to the letters.

"k1ll mys3lf", "k i l l  m y s e l f", "КILL МYSELF", "kiiill myself", "su*cide" and "sucide" all come out as the words they
stand for; accents go, contractions open ("don't" becomes "do not"), slang becomes words (`words.toml`). Patterns are put
through the same function, so a counsellor writes them as people do. The embedder sees the text before this step
wherever nothing was disguised: it was trained on ordinary spelling.
"""

from __future__ import annotations

import re
import unicodedata

from coach.screen import words

_INVISIBLE = re.compile(
    r"[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]"
)
_LOOKALIKES = str.maketrans(
    dict(zip("авеёзіїјкмнорстухԁһӏԛԝɡıαεηικνορτυχ", "abeeziijkmhopctyxdhlqwgiaenikvoptyx", strict=True))
)
_LEET = str.maketrans("013457@$!|+€", "oieastasilte")
_IS_LEET = re.compile(r"(?=.*[a-z])(?=.*[013457@$!|+€])[a-z013457@$!|+€*]{3,}")
_MEASURE = re.compile(r"\d+(?:[a-z]{1,4})?|[a-z]\d+|\d+[a-z]\d+|[a-z]+\d+")  # 3am, 16f, 500mg, f17, covid19
_SPACED = re.compile(r"(?<![\w'])(?:\w[ .\-_*~]{1,2}){3,}\w(?![\w'])")
_ASTERISKS = re.compile(r"(?:\\\*)+")  # as `re.escape` writes them, two characters each
_REPEATED = re.compile(r"(\w)\1{2,}")
_CONTRACTED = tuple(
    (re.compile(pattern), opened)
    for pattern, opened in (
        (r"\bcan't\b", "can not"),
        (r"\bwon't\b", "will not"),
        (r"n't\b", " not"),
        (r"'ll\b", " will"),
        (r"'re\b", " are"),
        (r"'ve\b", " have"),
        (r"\bi'm\b", "i am"),
        (r"(?<=\w)'d\b", " would"),
        (r"\b(he|she|it|that|there|what|who|where|how)'s\b", r"\1 is"),
    )
)
MIN_TYPO_LETTERS = 6  # below, one changed letter makes another English word too often


def fold(text: str) -> str:
    """Return the letters as meant: lower case, no accents, no invisible characters, no lookalikes."""
    text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).casefold()
    text = text.replace("’", "'").replace("‘", "'").replace("`", "'").replace("´", "'")
    decomposed = unicodedata.normalize("NFKD", text)
    text = "".join(c for c in decomposed if not unicodedata.combining(c))
    return text.translate(_LOOKALIKES)


def plain(text: str) -> str:
    """Return the words of one sentence, in order, separated by single spaces."""
    text = _SPACED.sub(lambda match: _joined(match.group()), fold(text))
    for pattern, opened in _CONTRACTED:
        text = pattern.sub(opened, text)
    found: list[str] = []
    for token in text.replace("'", "").split():
        token = _unmasked(token)
        for word in re.findall(r"[^\W_]+", token):
            found += _meant(word)
    return " ".join(found)


def is_disguised(text: str) -> bool:
    """Return whether letters were hidden, replaced or spaced out: ordinary writing is never changed by `fold`'s tables."""
    folded = fold(text)
    return (
        bool(_INVISIBLE.search(text) or _SPACED.search(folded))
        or unicodedata.normalize("NFKC", text).casefold().translate(_LOOKALIKES)
        != unicodedata.normalize("NFKC", text).casefold()
        or any(_unmasked(token) != token for token in folded.split())
    )


def _unmasked(token: str) -> str:
    core = token.strip('.,;:?!"()[]')
    if "*" in core.strip("*") and (word := _censored(core.strip("*_"))):
        return word
    core = core.strip("*_~")
    if _IS_LEET.fullmatch(core) and not _MEASURE.fullmatch(core):
        return core.translate(_LEET)
    return token


def _meant(word: str) -> list[str]:
    if _REPEATED.search(word):
        twice = _REPEATED.sub(r"\1\1", word)
        word = twice if twice in words.known() else _REPEATED.sub(r"\1", word)
    if (opened := words.slang().get(word)) is not None:
        return opened.split()
    return [_spelled(word)]


def _censored(masked: str) -> str:
    """Return the sturdy word that stands behind asterisks, "" where there is none."""
    # One span for a run of asterisks: one for each would be tried in every combination, which takes minutes from forty on.
    shape = re.compile(_ASTERISKS.sub(lambda run: rf"\w{{0,{len(run.group()) // 2}}}", re.escape(masked)))
    return next((word for word in words.sturdy() if shape.fullmatch(word)), "")


def _spelled(word: str) -> str:
    """Return the sturdy word one slip away (a letter dropped, doubled, swapped or mistaken), or the word itself."""
    if len(word) < MIN_TYPO_LETTERS or word in words.known() or not word.isalpha():
        return word
    for right in words.sturdy():
        if len(right) >= MIN_TYPO_LETTERS and right[0] == word[0] and _is_one_slip(word, right):
            return right
    return word


def _is_one_slip(a: str, b: str) -> bool:
    """Return whether the Damerau-Levenshtein distance of two words is at most 1."""
    if abs(len(a) - len(b)) > 1:
        return False
    i = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    rest_a, rest_b = a[i:], b[i:]
    return (
        rest_a[1:] == rest_b[1:]
        or rest_a[1:] == rest_b
        or rest_a == rest_b[1:]
        or (rest_a[:2] == rest_b[1::-1] and rest_a[2:] == rest_b[2:])
    )


def _joined(spaced: str) -> str:
    """Return spaced letters as words: by the wider gaps where there are some, by known words otherwise."""
    if "  " in spaced:
        return " ".join(re.sub(r"\W|_", "", part) for part in spaced.split("  "))
    letters = re.sub(r"[\W_]", "", spaced)
    return " ".join(_segmented(letters) or [letters])


def _segmented(letters: str) -> list[str] | None:
    """Return the fewest known words that spell the letters; None where none do."""
    best: list[list[str] | None] = [[]] + [None] * len(letters)
    for end in range(1, len(letters) + 1):
        for start in range(max(0, end - 14), end):
            before = best[start]
            if before is not None and letters[start:end].translate(_LEET) in words.known():
                candidate = [*before, letters[start:end].translate(_LEET)]
                known = best[end]
                if known is None or len(candidate) < len(known):
                    best[end] = candidate
    return best[-1]
