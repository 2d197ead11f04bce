"""Conditions say what a turn must hold."""

import pytest
from evals_wire import answer, citation, sentence

from evals import conditions
from evals.errors import BadInput

SAID = answer(
    sentence("Give him room. What would you say?", "line", citation()),
    caveats=[{"kind": "contested", "text": "t", "citations": [], "referrals": []}],
)


@pytest.mark.parametrize(
    "condition",
    [
        "outcome:answered|abstained",
        "cited",
        "cites:a#step-1",
        "cites:x#y|a#step-1/1",
        "asks",
        "addresses_you",
        "says:ROOM",
        "words_at_most:7",
        "caveat:any",
        "same_as:1",
        "passages",
    ],
)
def test_conditions_that_hold(condition):
    """Each of them is true of this answer."""
    assert conditions.holds(condition, SAID, ["Give him room. What would you say?"])


@pytest.mark.parametrize(
    "condition",
    [
        "outcome:declined",
        "cites:a#step-10",
        "cites:a#step",
        "referral",
        "no_passages",
        "words_at_most:6",
        "caveat:abuse",
        "caveat:any_but_contested",
        "differs_from:1",
        "promise",
        "lecture",
        "shouts",
    ],
)
def test_conditions_that_do_not_hold(condition):
    """None of them is true of this answer; `step` is not `step-1`."""
    assert not conditions.holds(condition, SAID, ["Give him room. What would you say?"])


@pytest.mark.parametrize("condition", ["outcom:answered", "words_at_most:few", "says:("])
def test_a_condition_that_nobody_can_check_is_refused(condition):
    """A typo would otherwise hold or fail for ever."""
    with pytest.raises(BadInput, match="sample x"):
        conditions.check_known(condition, "sample x")
