"""Crisis: danger now, suicide, self-harm, intent to harm. Before all else, and it stays until she says that she is safe.

Each kind that was told stands until it is answered itself, or all by a plain "I am safe": that he has gone says nothing of
the pills, and "I am not suicidal" says nothing of him at the door.
"""

from __future__ import annotations

from coach.screen.policy import Findings
from coach.thread import Facts

POLICY = "crisis"
SAFE = "safe"
DANGER_NOW, SUICIDE, SELF_HARM, HARM_OTHERS = "danger_now", "suicide", "self_harm", "harm_others"
LIFTS = {  # what she says in answer (`safe.toml`), and what it ends
    "safe": (DANGER_NOW, SUICIDE, SELF_HARM, HARM_OTHERS),
    "not_suicidal": (SUICIDE, SELF_HARM),
    "danger_over": (DANGER_NOW,),
    "nobody_hurt": (HARM_OTHERS,),
}


def told(found: Findings, facts: Facts) -> Facts:
    """Return the facts with a crisis begun, going on, or over; once over, who was a danger, to her or to others, stays told."""
    hits, answers = found.of(POLICY), found.of(SAFE)
    if facts.crisis and answers:  # "I am safe, he took the pills away": only what is said outright stands against it
        hits = tuple(hit for hit in hits if hit.is_exact)
    now = tuple(hit.kind for hit in hits)
    over = () if now else tuple(kind for answer in answers for kind in LIFTS[answer.kind])
    stands = (*now, *(kind for kind in facts.crisis if kind not in (*now, *over)))
    ended = set(facts.crisis) - set(stands)
    return facts.having(
        crisis=stands,
        n_crisis=facts.n_crisis + 1 if stands else 0,
        abuse=facts.abuse or DANGER_NOW in ended,
        abuse_urgent=facts.abuse_urgent or DANGER_NOW in ended,
        own_conduct=facts.own_conduct or HARM_OTHERS in ended,
    )
