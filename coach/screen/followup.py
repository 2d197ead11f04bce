"""Follow-ups: "yes, write it" is what was declined before, and a request split over turns is one request."""

from __future__ import annotations

from collections.abc import Sequence

from coach.screen.policy import Findings

POLICY = "followup"
MAX_YES_WORDS = 6
MAX_WORDS = 25  # a longer message speaks for itself


def insists(found: Findings, n_words: int) -> bool:
    """Return whether a short message leans on what stood before."""
    return n_words <= MAX_WORDS // 2 and any(hit.kind == "insist" for hit in found.of(POLICY))


def affirms(found: Findings, n_words: int) -> bool:
    """Return whether a few words say yes to a question."""
    return n_words <= MAX_YES_WORDS and any(hit.kind == "yes" for hit in found.of(POLICY))


def denies(found: Findings, n_words: int) -> bool:
    """Return whether a few words say no to a question."""
    return n_words <= MAX_YES_WORDS and any(hit.kind == "no" for hit in found.of(POLICY))


def joined(text: str, said: Sequence[str]) -> str:
    """Return the message behind the one before it as one sentence, "" where it speaks for itself."""
    if not said or len(text.split()) > MAX_WORDS:
        return ""
    tail = " ".join(said[-1].split()[-2 * MAX_WORDS :])
    return f"{tail.rstrip('.!?… ')} {text}"
