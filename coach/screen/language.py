"""Which of six languages a message is in, and a word-for-word English of the other five for the sentence vectors.

MiniLM was learnt from English. Looked up word by word in `glossary/`, "sono salita sul terrazzo e sono rimasta sul bordo"
becomes "am went up on roof and am stayed on edge", which lies near what the English examples say. `core.toml` has the
words that tell most, with all their endings; `es.txt` and the like have the rest, each just as it stands.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from coach.screen import words
from coach.screen.normalise import fold

ENGLISH = "en"
OTHERS = ("es", "fr", "de", "pt", "it")  # in the order of the glossary's columns
MIN_SHARE = 0.2  # of all words; a message in one of the six has about 0.4
MIN_LEAD = 1.25  # over English, which wins where it is close: people mix it in
MIN_STEM = 4  # letters of a beginning that is looked up; shorter ones stand for too many words
LONGEST_PHRASE = 4  # words
FOLDER = Path(__file__).parent / "glossary"


@dataclass(frozen=True, slots=True)
class Glossary:
    """One language to English: whole words and phrases, and beginnings of words."""

    whole: dict[str, str]
    stems: dict[str, str]
    further: dict[str, str]  # whole words that do not tell the language: some are English, too

    def english(self, said: list[str]) -> list[str]:
        """Return the words in English, in the order they were said; what is not known stays."""
        found: list[str] = []
        at = 0
        while at < len(said):
            n_words, meant = self._longest(said[at : at + LONGEST_PHRASE])
            found.append(meant)
            at += n_words
        return found

    def _longest(self, ahead: list[str]) -> tuple[int, str]:
        for n_words in range(len(ahead), 0, -1):
            if meant := self.whole.get(" ".join(ahead[:n_words])):
                return n_words, meant
        word = ahead[0]
        if meant := self.further.get(word):
            return 1, meant
        for end in range(len(word), MIN_STEM - 1, -1):
            if meant := self.stems.get(word[:end]):
                return 1, meant
        return 1, word


def of(plain_text: str) -> str:
    """Return the ISO code of the language of a text that `normalise.plain` made; "en" where it is not clear."""
    said = plain_text.split()
    counts = {language: sum(word in small for word in said) for language, small in _telling().items()}
    best = max(counts, key=lambda language: counts[language])
    if counts[best] < MIN_SHARE * len(said) or counts[best] < MIN_LEAD * counts[ENGLISH]:
        return ENGLISH
    return best


def gloss(text: str, language: str) -> str:
    """Return a text word by word in English; an English one as it is."""
    if language == ENGLISH:
        return text
    return " ".join(_glossaries()[language].english(re.findall(r"[^\W_]+", fold(text))))


@cache
def _telling() -> dict[str, frozenset[str]]:
    """Return, per language, the words by which it is told from the others."""
    told = {
        language: small | _glossaries()[language].whole.keys()
        for language, small in words.function_words().items()
        if language != ENGLISH
    }
    return {language: frozenset(known) for language, known in told.items()} | {
        ENGLISH: words.function_words()[ENGLISH] | words.known()
    }


@cache
def _glossaries() -> dict[str, Glossary]:
    made = {language: Glossary({}, {}, _further(FOLDER / f"{language}.txt")) for language in OTHERS}
    for line in tomllib.loads((FOLDER / "core.toml").read_text(encoding="utf-8"))["words"].strip().splitlines():
        english, *columns = (column.strip() for column in line.split("|"))
        for language, column in zip(OTHERS, columns, strict=True):
            for word in column.split(","):
                told = " ".join(re.findall(r"[^\W_]+", fold(word)))
                made[language].whole.setdefault(told, english)
                if len(told) >= MIN_STEM and " " not in told:
                    made[language].stems.setdefault(told, english)
    return made


def _further(path: Path) -> dict[str, str]:
    pairs = (line.partition(" = ") for line in path.read_text(encoding="utf-8").splitlines())
    return {word: english for word, _, english in pairs}
