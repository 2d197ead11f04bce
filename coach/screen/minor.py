"""Minor: she says or shows that she is under 18. Never lifted."""

from __future__ import annotations

from coach.screen.policy import Findings
from coach.thread import Facts

POLICY = "minor"
AGE, DANGER = "age", "danger"


def told(found: Findings, facts: Facts) -> Facts:
    """Return the facts with her age, and whether a grown-up or a harm is in it."""
    kinds = {hit.kind for hit in found.of(POLICY)}
    if AGE in kinds:
        facts = facts.having(minor=True)
    if facts.minor and (DANGER in kinds or any(hit.kind == "sexual" for hit in found.of("abuse"))):
        facts = facts.having(minor_urgent=True)
    return facts
