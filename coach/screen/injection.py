"""Injection: attempts to change the rules are cut out of the request; what remains is judged and answered by itself."""

from __future__ import annotations

from coach.screen.hear import Heard
from coach.screen.policy import Findings

POLICY = "injection"
FRAMING = "framing"
MIN_WORDS = 3  # fewer words beneath the attempt ask for nothing


def request(heard: Heard, found: Findings) -> str:
    """Return the message without the sentences that try to change the rules; "" where nothing else was said."""
    hits = found.of(POLICY)
    if not any(hit.kind != FRAMING for hit in hits):
        return heard.text
    tries = {place for hit in hits for place in hit.places}
    left = [s for n, s in enumerate(heard.sentences) if n not in tries]
    rest = " ".join(left)
    return rest if len(rest.split()) >= MIN_WORDS else ""
