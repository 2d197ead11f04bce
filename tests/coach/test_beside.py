"""Which places stand beside what is said."""

from __future__ import annotations

import pytest

from coach import referrals, replies
from coach.beside import Beside
from coach.thread import Facts, Outcome, Screening

BESIDE = Beside(replies.load(), referrals.for_purpose, "US")


@pytest.mark.parametrize(("is_minor", "places"), [(False, set()), (True, {"youth"})])
def test_beside_a_pregnancy_scare_only_who_is_young_is_shown_youth_lines(is_minor: bool, places: set[str]) -> None:
    """A grown woman is told where to go; a line for teenagers beside it would say that this is not meant for her."""
    told = Screening(Facts(minor=is_minor), "x", Outcome.OUT_OF_SCOPE, "out_of_scope.pregnancy_scare")

    shown = {purpose for place in BESIDE.reply(told) for purpose in referrals.load().purposes[place.id]}

    assert shown & {"youth"} == places


def test_in_a_crisis_who_is_young_is_shown_a_youth_line() -> None:
    """Beside the emergency number, which stays the first."""
    told = Screening(Facts(minor=True, crisis="suicide"), "x", Outcome.CRISIS, "crisis.suicide")

    shown = [referrals.load().purposes[place.id] for place in BESIDE.reply(told)]

    assert "emergency" in shown[0]
    assert any("youth" in purposes for purposes in shown[1:])
