"""Manipulation: ploys that she asks for or plans. Declined, also where an article recommends it."""

from __future__ import annotations

from coach.screen.policy import Findings, Hit

POLICY = "manipulation"


def asked(found: Findings) -> Hit | None:
    """Return the ploy that is asked for, the surest first."""
    return max(found.of(POLICY), key=lambda hit: hit.score, default=None)
