"""His no: to contact, to coming back, by moving on, or a court's. It stays until he himself reaches out; an order stays.

An order that protects her is no such thing: it tells of abuse.
"""

from __future__ import annotations

from coach.screen.policy import Findings, Hit
from coach.thread import Facts

POLICY = "respect_decision"
SURE = 0.8
ORDER, HERS, SAID, REACHED_OUT, OTHERS = "order", "hers", "said", "reached_out", "others"
PRACTICAL, CONTACT = "practical", "contact"


def told(found: Findings, facts: Facts) -> Facts:
    """Return the facts with a no said, lifted by himself, or ordered, or abuse told. What was said last counts."""
    hits = {hit.kind: hit for hit in found.of(POLICY)}
    if HERS in hits:
        facts = facts.having(abuse=True)
    if _order(found):
        return facts.having(no="order")
    if facts.no == "order":
        return facts
    said, reached = hits.get(SAID) or hits.get(ORDER), hits.get(REACHED_OUT)
    if reached and OTHERS in hits and reached.place - 1 in hits[OTHERS].places:
        reached = None  # "My sister is great. She called me last night."
    if said and not (reached and _outweighs(reached, said, facts)):
        return facts.having(no="said")
    return facts.having(no="") if reached else facts


def _outweighs(reached: Hit, said: Hit, before: Facts) -> bool:
    # After a no that was told before, "he unblocked me and texted me first" is his step, though likeness alone hears a no in it.
    is_likeness = reached.is_exact and not said.is_exact and before.no == SAID
    return reached.place > said.place or (reached.place == said.place and is_likeness)


def asked(found: Findings, facts: Facts) -> Hit | None:
    """Return the request that an order forbids: any for contact, and whatever is asked in one breath with the order."""
    if facts.no != "order":
        return None
    return next((hit for hit in found.of(POLICY) if hit.kind == CONTACT), None) or _order(found)


def _order(found: Findings) -> Hit | None:
    """Return an order against her. One that only sounds so counts where it is sure and abuse is not: whom it protects decides."""
    is_hers = any(hit.is_exact for hit in found.of("abuse") if hit.kind == "control") or any(
        hit.kind == HERS for hit in found.of(POLICY)
    )
    orders = (hit for hit in found.of(POLICY) if hit.kind == ORDER)
    return next((hit for hit in orders if hit.is_exact or (hit.score >= SURE and not is_hers)), None)
