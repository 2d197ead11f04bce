"""Follow-ups: "yes, write it" is what was declined before, a yes to the coach's own question is a crisis, a request split
over turns is one request, and what is let slip over turns is heard together.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from coach.screen.policy import Findings

POLICY = "followup"
MAX_HINT_WORDS = 6  # "maybe", "not tonight"; in a longer message such words are about something else
MAX_WORDS = 25  # a longer message speaks for itself
MAX_TOGETHER_WORDS = 150  # of several messages read as one; what is longer tells by itself
KEPT_TURNS = 3  # so long a decline is remembered

YesOrNo = Literal["yes", "no", "half", ""]


def insists(found: Findings, n_words: int, n_since: int) -> bool:
    """Return whether a short message asks again for what was declined: a bare "ok" right after it, "ok, write it" later, too."""
    kinds = {"insist", "insist_on_it"} if n_since == 0 else {"insist_on_it"}
    return n_words <= MAX_WORDS // 2 and any(hit.kind in kinds for hit in found.of(POLICY))


def answer(found: Findings, n_words: int) -> YesOrNo:
    """Return what is said to the question whether she thinks of killing herself: "half" where it is neither yes nor a clear
    no, "" where it is no answer.
    """
    kinds = {hit.kind for hit in found.of(POLICY)}
    is_short = n_words <= MAX_HINT_WORDS
    if (n_words <= MAX_WORDS and "yes" in kinds) or (is_short and "nearly" in kinds):
        return "yes"
    if is_short and "no" in kinds:
        return "no"
    return "half" if n_words <= MAX_WORDS and "half" in kinds else ""


def joined(text: str, said: Sequence[str]) -> str:
    """Return the message behind the one before it as one sentence, "" where it speaks for itself."""
    if not said or len(text.split()) > MAX_WORDS:
        return ""
    tail = " ".join(said[-1].split()[-2 * MAX_WORDS :])
    return f"{tail.rstrip('.!?… ')} {text}"


def together(text: str, said: Sequence[str]) -> str:
    """Return the message behind her last ones as one text, as many as there is room for; "" where there is none."""
    kept = [text]
    for earlier in reversed(said[-KEPT_TURNS:]):
        if sum(len(message.split()) for message in (earlier, *kept)) > MAX_TOGETHER_WORDS:
            break
        kept.insert(0, earlier)
    return ". ".join(message.rstrip(".!? ") for message in kept) if len(kept) > 1 else ""
