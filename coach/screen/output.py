"""The output rail: what may not leave in a sentence that a model wrote or a line says.

Only sentences that advise are caught: "do not try to make him jealous" says the word and does the opposite. The refusal has
to be one of just that: "send him a short text, no pressure" refuses nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from coach.screen.hear import Heard
from coach.screen.policy import Hit
from coach.thread import Facts

POLICY = "output"
_AGAINST = (
    r"(?:not|never|avoid|avoids|avoiding|without|instead of|rather than|warn|warns|stop|stopping|resist|resisting|no|against|nor) "
    r"(?!(?:too late|pressure|strings|harm|hurry|doubt|need|wait|hesitate|worry|forget|regret|give up|only|just|be (?:afraid|shy|scared)) )"
)
_JUDGEMENT = (
    r"(?:better leave|better not|leave (?:it|them) be|backfires?|harms?|hurtful|unkind|unfair|risky|worse|bad|dishonest|tempting|wrong|"
    r"(?:not|never|rarely|seldom) (?:works?|helps?|bring|win|the|a|fair|kind|honest|wise|worth)) "
)
_BEFORE = re.compile(
    rf" {_AGAINST}(?:[^ |]+ ){{0,10}}$"
)  # "do not ask whom he saw while you were apart or watch his likes"
_AFTER = re.compile(rf"(?:(?!(?:not|never|no|nothing|nor|hardly) )[^ |]+ ){{0,6}}{_JUDGEMENT}")
_ANYWHERE = re.compile(rf" (?:{_AGAINST}|{_JUDGEMENT})")
_NUMBER = re.compile(r"\d[\d\s().-]{5,}\d|\d+(?:\.\d+)?\s?(?:%|percent)|https?://|www\.|\S+@\S+\.\w+|[$€£]\s?\d")
_NAME = re.compile(r"(?<![.!?:\"“‘(\[]\s)(?<!^)(?<![.!?:\"“‘(\[])\b[A-Z][a-z]{2,}\b")
_NO_NAME = frozenset(
    "Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April May June July August September "
    "October November December Facebook Instagram Christmas Valentine English American WhatsApp TikTok Snapchat Netflix "
    "Easter God Sundays Fridays Saturdays Internet Kung".split()
)


def violations(
    heard: Heard, hits: Sequence[Hit], asks: Sequence[Hit], facts: Facts, *, is_line: bool = False
) -> list[tuple[str, str, float]]:
    """Return (kind, evidence, score) for what may not be said, given what was told. `asks` are hits of ask policies.

    A line may name who wrote an article: people wrote it, and it was checked against its passage.
    """
    forbidden = [(hit.policy, hit.evidence, hit.score) for hit in asks if not _is_refused(hit, heard)]
    always = dict.fromkeys(("promise", "premise", "diagnosis", "invented"), True)
    depends = {"contact": bool(facts.no) or facts.abuse, "faults": facts.abuse, "looks": facts.minor}
    for hit in hits:
        if always.get(hit.kind) or (depends.get(hit.kind) and not _is_refused(hit, heard)):
            forbidden.append((hit.kind, hit.evidence, hit.score))
    if match := _NUMBER.search(heard.text):
        forbidden.append(("invented", match.group(), 1.0))
    if not is_line:
        forbidden += [("invented", name, 1.0) for name in _NAME.findall(heard.text) if name not in _NO_NAME][:1]
    return forbidden


def _is_refused(hit: Hit, heard: Heard) -> bool:
    """Return whether a sentence speaks against all that was hit: "not" and the like before it, or a judgement after it.

    What only the second tier heard stands at no known place: the whole of the sentence is looked at.
    """
    if not hit.spans:
        return bool(_ANYWHERE.search(heard.flat))
    return all(_BEFORE.search(heard.flat[:start]) or _AFTER.match(heard.flat, end) for start, end in hit.spans)
