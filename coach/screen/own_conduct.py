"""Her own conduct: what she did or does to him. With regret it is help; planned or going on it is also a decline."""

from __future__ import annotations

from coach.screen.policy import Findings, Hit
from coach.thread import Facts

POLICY = "own_conduct"
PLANNED = "planned_violence"
GOING_ON = "going_on"
REGRET = "regret"


def told(found: Findings, facts: Facts) -> Facts:
    """Return the facts with her own conduct told."""
    done = {hit.kind for hit in found.of(POLICY)} - {GOING_ON, REGRET}
    return facts.having(own_conduct=True) if done else facts


def asked(found: Findings) -> Hit | None:
    """Return what she plans or goes on with, None where there is nothing or she regrets it."""
    hits = {hit.kind: hit for hit in found.of(POLICY)}
    if PLANNED in hits:
        return hits[PLANNED]
    done = next((hits[kind] for kind in hits if kind not in (GOING_ON, REGRET)), None)
    return done if done and GOING_ON in hits and REGRET not in hits else None


def is_regretted(found: Findings) -> bool:
    """Return whether she tells it as something she did and wants to stop."""
    kinds = {hit.kind for hit in found.of(POLICY)}
    return REGRET in kinds and bool(kinds - {REGRET, GOING_ON, PLANNED})
