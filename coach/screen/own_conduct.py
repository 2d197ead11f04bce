"""Her own conduct: what she did or does to him. With regret it is help; planned or going on it is also a decline."""

from __future__ import annotations

from coach.screen.policy import Findings, Hit
from coach.thread import Facts

POLICY = "own_conduct"
PLANNED, GOING_ON, REGRET = "planned_violence", "going_on", "regret"


def told(found: Findings, facts: Facts) -> Facts:
    """Return the facts with her own conduct told."""
    return facts.having(own_conduct=True) if _done(found) else facts


def asked(found: Findings) -> Hit | None:
    """Return what she plans or goes on with, None where there is nothing or she regrets it."""
    done = _done(found)
    if _of(found, REGRET) and not any(hit.is_exact for hit in done if hit.kind == PLANNED):
        return None
    now = {place for hit in _of(found, GOING_ON) for place in hit.places}
    return next((hit for hit in done if hit.kind == PLANNED or not now.isdisjoint(hit.places)), None)


def only_told(found: Findings) -> frozenset[int]:
    """Return the sentences in which she tells with regret what she did; empty where she does not."""
    if not _of(found, REGRET) or asked(found):
        return frozenset()
    return frozenset(place for hit in _done(found) for place in hit.places)


def _done(found: Findings) -> list[Hit]:
    return [hit for hit in found.of(POLICY) if hit.kind not in (GOING_ON, REGRET)]


def _of(found: Findings, kind: str) -> list[Hit]:
    return [hit for hit in found.of(POLICY) if hit.kind == kind]
