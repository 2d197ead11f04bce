"""Her own conduct: what she did or does to him. With regret it is help; planned or going on it is also a decline.

A blow with which she defended herself is none of that: whom he held by the throat, he abused.
"""

from __future__ import annotations

from coach.screen.policy import Findings, Hit
from coach.thread import Facts

POLICY = "own_conduct"
VIOLENCE, PLANNED, GOING_ON, REGRET, DEFENDED = "violence", "planned_violence", "going_on", "regret", "defended"


def told(found: Findings, facts: Facts) -> Facts:
    """Return the facts with her own conduct told, or with abuse told where she says that she defended herself."""
    if _of(found, DEFENDED) and (facts.own_conduct or _of(found, VIOLENCE)):
        facts = facts.having(own_conduct=False, abuse=True)  # never without a caveat: who attacks may say that, too
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
    aside = (GOING_ON, REGRET, DEFENDED, *((VIOLENCE,) if _of(found, DEFENDED) else ()))
    return [hit for hit in found.of(POLICY) if hit.kind not in aside]


def _of(found: Findings, kind: str) -> list[Hit]:
    return [hit for hit in found.of(POLICY) if hit.kind == kind]
