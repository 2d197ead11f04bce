"""Abuse: what she tells of him is violence, coercion, threats, control. It stays; only a corrected subject lifts it."""

from __future__ import annotations

from coach.screen.policy import Findings
from coach.thread import Facts

POLICY = "abuse"
URGENT = "urgent"
CORRECTED = "corrected"
SAFETY = "safety"  # `safety.toml`: what else must be said where abuse is told


def told(found: Findings, facts: Facts) -> Facts:
    """Return the facts with abuse told, or taken back because it was somebody else."""
    kinds = {hit.kind for hit in found.of(POLICY)}
    if facts.abuse and CORRECTED in kinds:  # what else she tells in that message is about somebody else
        return facts.having(abuse=False, abuse_urgent=False)
    kinds.discard(CORRECTED)
    if not kinds:
        return facts
    return facts.having(abuse=True, abuse_urgent=facts.abuse_urgent or URGENT in kinds)
