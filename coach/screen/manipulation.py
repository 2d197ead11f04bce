"""Manipulation: ploys that she asks for or plans. Declined, also where an article recommends it."""

from __future__ import annotations

from coach.screen.policy import Findings, Hit, surest_ask

POLICY = "manipulation"


def asked(found: Findings, confessed: frozenset[int], at_least: float) -> Hit | None:
    """Return the ploy that is asked for. `confessed` are the sentences on what she did and left behind: `own_conduct`."""
    return surest_ask(found.of(POLICY), confessed, at_least)
