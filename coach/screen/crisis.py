"""Crisis: danger now, suicide, self-harm, intent to harm. Before all else, and it stays until she says that she is safe."""

from __future__ import annotations

from coach.screen.policy import Findings
from coach.thread import Facts

POLICY = "crisis"
SAFE = "safe"


def told(found: Findings, facts: Facts) -> Facts:
    """Return the facts with a crisis begun, going on, or over."""
    hits = found.of(POLICY)
    if facts.crisis and found.of(
        SAFE
    ):  # "I am safe, he took the pills away": only what is said outright stands against it
        hits = tuple(hit for hit in hits if hit.is_exact)
    if hits:
        return facts.having(crisis=hits[0].kind, n_crisis=facts.n_crisis + 1)
    if not facts.crisis:
        return facts
    if found.of(SAFE):
        return facts.having(crisis="", n_crisis=0)
    return facts.having(n_crisis=facts.n_crisis + 1)
