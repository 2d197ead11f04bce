"""Manipulation: ploys that she asks for or plans. Declined, also where an article recommends it."""

from __future__ import annotations

from coach.screen.policy import Findings, Hit, surest_ask

POLICY = "manipulation"


def asked(found: Findings, told: frozenset[int]) -> Hit | None:
    """Return the ploy that is asked for. `told` are the sentences on what she did and left behind: `own_conduct`."""
    return surest_ask(found.of(POLICY), told)
