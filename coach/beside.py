"""What stands beside the sentences of a turn: caveats with their places to turn to, and what is said when a rail broke.

One `Beside` a turn, for the region she is in. It knows which entry of `replies.toml` names which purposes, and how many
places are shown; where the places come from is `referrals.py`'s business.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from coach.replies import Replies, spoken
from coach.screen import language
from coach.screen.normalise import plain
from coach.thread import Caveat, CaveatKind, Outcome, Referral, Screening

REFERRALS_SHOWN = 3
HELP = ("emergency", "crisis")  # what is shown when a rail broke
Places = tuple[Referral, ...]


@dataclass(frozen=True, slots=True)
class Beside:
    """Finds the words and places of one region."""

    replies: Replies
    referrals_for: Callable[[str, str], Places]  # by purpose and region, the best first
    region: str

    def here(self, screening: Screening) -> Screening:
        """Return the same with its language as it is spoken in this region."""
        return replace(screening, language=spoken(screening.language, self.region))

    def caveats(self, screening: Screening) -> list[Caveat]:
        """Return the caveats of what was told, each with its places."""
        return [self._caveat(kind, screening) for kind in screening.facts.caveats]

    def reply(self, screening: Screening) -> Places:
        """Return the places that go with the reply a screening names; youth lines are for who is young, in a crisis, too."""
        purposes = self.replies.purposes(screening.reply)
        if not screening.facts.minor:
            purposes = tuple(purpose for purpose in purposes if purpose != "youth")
        elif screening.outcome is Outcome.CRISIS:
            purposes = (*purposes[:1], "youth", *purposes[1:])
        return self._places(purposes)

    def asked(self, screening: Screening) -> Places:
        """Return the places beside the question whether she thinks of hurting herself, where it is asked."""
        return self._places(self.replies.purposes("safety.unsure")) if screening.facts.asked else ()

    def safety(self, screening: Screening, caveats: Sequence[Caveat]) -> tuple[str, ...]:
        """Return what has to be said before anything else, with the places that stand beside it."""
        beside = tuple(r for caveat in caveats for r in caveat.referrals)
        return self.replies.safety(screening, self.asked(screening) or beside)

    def failed(self, message: str) -> tuple[tuple[str, ...], Places]:
        """Return what is said where a rail broke, and help."""
        try:
            found = language.of(plain(message))
        except Exception:  # what broke the rail may break this; help is shown all the same
            found = language.ENGLISH
        places = self._places(HELP)
        return self.replies.said("failed", spoken(found, self.region), places), places

    def _caveat(self, kind: CaveatKind, screening: Screening) -> Caveat:
        places = self._places(self.replies.caveat_purposes(kind, screening))
        return Caveat(kind, self.replies.caveat(kind, screening, places), (), places)

    def _places(self, purposes: tuple[str, ...]) -> Places:
        # Taking turns: each purpose has its best place among the few that are shown.
        ranks = zip_longest(*(self.referrals_for(purpose, self.region) for purpose in purposes))
        rows = {r.id: r for rank in ranks for r in rank if r is not None}
        return tuple(rows.values())[: max(REFERRALS_SHOWN, len(purposes))]
