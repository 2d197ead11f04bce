"""Surveillance: finding, tracking, watching him, his accounts, false names, waiting where he passes."""

from __future__ import annotations

from coach.screen import own_conduct
from coach.screen.policy import Findings, Hit

POLICY = "surveillance"


def asked(found: Findings) -> Hit | None:
    """Return what is asked for; what she tells with regret of having done is `own_conduct`, which helps her stop."""
    hits = found.of(POLICY)
    if own_conduct.is_regretted(found):
        told = {hit.place for hit in found.of(own_conduct.POLICY)}
        hits = tuple(hit for hit in hits if hit.place not in told and hit.is_exact)
    return max(hits, key=lambda hit: hit.score, default=None)
