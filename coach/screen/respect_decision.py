"""His no: to contact, to coming back, by moving on, or a court's. It stays until he himself reaches out; an order stays."""

from __future__ import annotations

from coach.screen.policy import Findings, Hit
from coach.thread import Facts

POLICY = "respect_decision"
ORDER, SAID, REACHED_OUT, PRACTICAL, CONTACT = "order", "said", "reached_out", "practical", "contact"


def told(found: Findings, facts: Facts) -> Facts:
    """Return the facts with a no said, lifted by himself, or ordered. What was said last counts."""
    hits = {hit.kind: hit for hit in found.of(POLICY)}
    if ORDER in hits:
        return facts.having(no="order")
    if facts.no == "order":
        return facts
    said, reached = hits.get(SAID), hits.get(REACHED_OUT)
    if said and not (reached and reached.place > said.place):
        return facts.having(no="said")
    return facts.having(no="") if reached else facts


def asked(found: Findings, facts: Facts) -> Hit | None:
    """Return the request for contact that an order forbids."""
    return next((hit for hit in found.of(POLICY) if hit.kind == CONTACT), None) if facts.no == "order" else None
