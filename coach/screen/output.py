"""The output rail: what may not leave in a sentence that a model wrote or a line says.

Only sentences that advise are caught: "do not try to make him jealous" says the word and does the opposite.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from coach.screen.hear import Heard
from coach.screen.policy import Hit
from coach.thread import Facts

POLICY = "output"
REFUSES = re.compile(
    r" (?:not|never|avoid|avoids|without|instead of|rather than|backfire|backfires|warn|warns|stop|resist|harm|hurtful|no|against|nor|"
    r"unkind|unfair|risky|worse|dishonest|tempting|wrong) "
)
_NUMBER = re.compile(r"\d[\d\s().-]{5,}\d|\d+(?:\.\d+)?\s?(?:%|percent)|https?://|www\.|\S+@\S+\.\w+|[$€£]\s?\d")
_NAME = re.compile(r"(?<![.!?:\"“‘(\[]\s)(?<!^)(?<![.!?:\"“‘(\[])\b[A-Z][a-z]{2,}\b")
_NO_NAME = frozenset(
    "Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April May June July August September "
    "October November December Facebook Instagram Christmas Valentine English American WhatsApp TikTok Snapchat Netflix "
    "Easter God Sundays Fridays Saturdays Internet Kung".split()
)


def violations(heard: Heard, hits: Sequence[Hit], asks: Sequence[Hit], facts: Facts) -> list[tuple[str, str, float]]:
    """Return (kind, evidence, score) for what may not be said, given what was told. `asks` are hits of ask policies."""
    found = {hit.kind: hit for hit in hits}
    forbidden: list[tuple[str, str, float]] = []
    refuses = bool(REFUSES.search(heard.flat))
    if not refuses:
        forbidden += [(hit.policy, hit.evidence, hit.score) for hit in asks]
    always = {"promise": True, "diagnosis": True, "invented": True}
    depends = {
        "contact": (bool(facts.no) or facts.abuse) and not refuses,
        "faults": facts.abuse and not refuses,
        "looks": facts.minor and not refuses,
    }
    for kind, applies in {**always, **depends}.items():
        if applies and kind in found:
            forbidden.append((kind, found[kind].evidence, found[kind].score))
    if match := _NUMBER.search(heard.text):
        forbidden.append(("invented", match.group(), 1.0))
    forbidden += [("invented", name, 1.0) for name in _NAME.findall(heard.text) if name not in _NO_NAME][:1]
    return forbidden
