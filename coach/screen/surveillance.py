"""Surveillance: finding, tracking, watching him, his accounts, false names, waiting where he passes."""

from __future__ import annotations

from coach.screen.policy import Findings, Hit, surest_ask

POLICY = "surveillance"


def asked(found: Findings, confessed: frozenset[int], at_least: float) -> Hit | None:
    """Return what is asked for. `confessed` are the sentences on what she did and left behind: that is `own_conduct`."""
    return surest_ask(found.of(POLICY), confessed, at_least)
