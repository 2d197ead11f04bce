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
    hits = found.of(POLICY)
    is_corrected = any(hit.kind == CORRECTED for hit in hits)
    told_of = [hit for hit in hits if hit.kind != CORRECTED]
    if facts.abuse and is_corrected and not any(hit.is_exact for hit in told_of):
        # What else sounds like it is then about somebody else. Said outright it may be new, so the caveat stays.
        return facts.having(abuse=False, abuse_urgent=False)
    if not told_of:
        return facts
    return facts.having(abuse=True, abuse_urgent=facts.abuse_urgent or any(hit.kind == URGENT for hit in told_of))
