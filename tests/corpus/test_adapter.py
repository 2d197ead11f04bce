"""A low-rank adapter is added to the weights it was made for, and to no others."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from corpus import adapter


def test_a_and_b_are_multiplied_and_added() -> None:
    model = torch.nn.Sequential(torch.nn.Linear(3, 2))
    before = model[0].weight.detach().numpy().copy()
    a, b = np.ones((1, 3), dtype=np.float16), np.array([[1.0], [2.0]], dtype=np.float16)

    adapter.apply(model, {"0.A": a, "0.B": b})

    assert np.allclose(model[0].weight.detach().numpy() - before, [[1, 1, 1], [2, 2, 2]])


def test_an_adapter_of_another_model_is_refused() -> None:
    with pytest.raises(ValueError, match="no layer encoder"):
        adapter.apply(torch.nn.Linear(2, 2), {"encoder.A": np.ones((1, 2)), "encoder.B": np.ones((2, 1))})
