"""Scope: law, medicine, a diagnosis of him, code, news. After safety, and only where that is what is asked."""

from __future__ import annotations

from coach.screen.policy import Findings, Hit

POLICY = "scope"
MAX_WORDS = 90  # in a long story a legal word in passing is not what she came for
MAX_LEARNED_WORDS = 40  # what only sounds like it is the whole message or nothing


def asked(found: Findings, n_words: int, *, is_sure: bool) -> Hit | None:
    """Return what is asked beyond this coach's ground; `is_sure` asks for an exact pattern."""
    if n_words > MAX_WORDS:
        return None
    hits = (hit for hit in found.of(POLICY) if hit.is_exact or not (is_sure or n_words > MAX_LEARNED_WORDS))
    return next(hits, None)
