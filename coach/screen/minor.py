"""Minor: she says or shows that she is under 18. Never lifted."""

from __future__ import annotations

from coach.screen.policy import Findings
from coach.thread import Facts

POLICY = "minor"
AGE, DANGER = "age", "danger"


def told(found: Findings, facts: Facts) -> Facts:
    """Return the facts with her age, and with a grown-up or a harm that is told of: before her age, with it or later."""
    kinds = {hit.kind for hit in found.of(POLICY)}
    if DANGER in kinds or any(hit.kind == "sexual" for hit in found.of("abuse")):
        facts = facts.having(minor_danger=True)
    if AGE in kinds:
        facts = facts.having(minor=True)
    return facts.having(minor_urgent=facts.minor_urgent or (facts.minor and facts.minor_danger))
