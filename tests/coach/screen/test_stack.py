"""How signs are weighed: kept, read back, and bounded."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from coach.errors import Misconfigured
from coach.screen import guardrails, stack
from coach.screen.stack import Stack


def test_what_ships_weighs_every_policy() -> None:
    """Three signs a policy, as log odds and as probabilities, and four numbers of size."""
    shipped = stack.read()

    assert shipped.policies == guardrails.LEARNED
    assert shipped.weights.shape == (len(guardrails.LEARNED), 2 * 3 * len(guardrails.LEARNED) + 4)


def test_it_is_read_back(tmp_path: Path) -> None:
    Stack(("a", "b"), np.eye(2, 5), np.array([0.5, -1.0])).write(tmp_path / "x.npz")

    read = stack.read(tmp_path / "x.npz")

    assert read.policies == ("a", "b")
    assert np.allclose(read.logits(np.array([2.0, 0.0]), np.array([3.0])), [2.5, -1.0])


def test_a_damaged_file_is_named_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "cut.npz").write_bytes(b"PK\x03\x04 and no more")

    for name in ("none.npz", "cut.npz"):
        with pytest.raises(Misconfigured, match=f"{name}.*evals.stack"):
            stack.read(tmp_path / name)


def test_a_sign_that_could_not_be_surer_counts_as_the_surest() -> None:
    sure, surer = (stack.features(np.array([sign]), np.zeros(1)) for sign in (stack.LIMIT, 1e9))

    assert np.array_equal(sure, surer)
