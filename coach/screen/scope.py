"""Scope: law, medicine, a diagnosis of him, code, news. After safety, and only where that is what is asked."""

from __future__ import annotations

from coach.screen.policy import Findings, Hit

POLICY = "scope"
MAX_WORDS = 90  # in a long story a legal word in passing is not what she came for


def asked(found: Findings, n_words: int) -> Hit | None:
    """Return what is asked beyond this coach's ground."""
    if n_words > MAX_WORDS:
        return None
    return next(iter(found.of(POLICY)), None)
