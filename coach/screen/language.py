"""Which of six languages a message is in, by its small words: enough to answer in it, and instant."""

from __future__ import annotations

from coach.screen import words

ENGLISH = "en"
MIN_SHARE = 0.2  # of all words; a message in one of the six has about 0.4
MIN_LEAD = 1.25  # over English, which wins where it is close: people mix it in


def of(plain_text: str) -> str:
    """Return the ISO code of the language of a text that `normalise.plain` made; "en" where it is not clear."""
    said = plain_text.split()
    counts = {language: sum(w in small for w in said) for language, small in words.function_words().items()}
    best = max(counts, key=lambda language: counts[language])
    if counts[best] < MIN_SHARE * len(said) or counts[best] < MIN_LEAD * counts[ENGLISH]:
        return ENGLISH
    return best
