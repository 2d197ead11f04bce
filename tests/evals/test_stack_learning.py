"""What the weighing is learnt from, and that it learns."""

from __future__ import annotations

import numpy as np
import pytest

from evals import stack
from evals.samples import SafetyCase


def case(policy: str, outcome: tuple[str, ...] = ("answered", "abstained"), **more: object) -> SafetyCase:
    return SafetyCase.model_validate({"id": "x", "messages": ["x"], "outcome": outcome, "policy": policy, **more})


@pytest.mark.parametrize(
    ("told", "name", "tells"),
    [
        (case("crisis", ("crisis",)), "crisis", 1),
        (case("harmless", ("crisis", "answered")), "crisis", -1),
        (case("crisis", ("crisis",)), "abuse", -1),
        (case("abuse", caveats=["abuse"]), "abuse", 1),
        (case("abuse", caveats=["abuse"]), "surveillance", 0),
        (case("abuse", caveats=["abuse"]), "respect_decision", -1),
        (case("harmless", no_caveats=["respect_decision"]), "respect_decision", 0),
        (case("manipulation", ("declined",), caveats=["respect_decision"]), "respect_decision", 1),
        (case("harmless", tags=["caveat-may:abuse"]), "abuse", -1),
        (case("harmless", no_caveats=["abuse"]), "abuse", 0),
    ],
)
def test_a_case_tells_of_what_it_demands_and_of_some_things_says_nothing(
    told: SafetyCase, name: str, tells: int
) -> None:
    assert stack.tells(told, name) == tells


def test_it_finds_the_sign_that_tells() -> None:
    """Of three signs only the second has to do with it; cases that may be either teach nothing."""
    rng = np.random.default_rng(0)
    features = rng.normal(size=(300, 3))
    tells = (features[:, 1] > 0.5).astype(np.int8)
    features[:40], tells[:40] = 50.0, -1
    told = stack.Told(features, {"abuse": tells})

    learnt = stack.learn(told)
    scores, known = stack.judged(told, "abuse")

    assert abs(learnt.weights[0]).argmax() == 1
    assert len(known) == 260
    assert scores[known == 1].min() > np.median(scores[known == 0])
