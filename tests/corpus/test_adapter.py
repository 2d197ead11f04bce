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


class Block(torch.nn.Module):
    """A model with one matrix that is adapted and one that is not."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = torch.nn.ModuleDict({"query": torch.nn.Linear(4, 3), "norm": torch.nn.Linear(4, 3)})

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.encoder["query"](x) + self.encoder["norm"](x)


def test_what_was_learnt_is_applied_as_it_was_learnt() -> None:
    """At first nothing changes; then the adapter gives a fresh model what the layers gave the tuned one, and a next start."""
    plain, tuned, again = Block(), Block(), Block()
    tuned.load_state_dict(plain.state_dict())
    again.load_state_dict(plain.state_dict())
    x = torch.ones(1, 4)
    learnt = adapter.insert(tuned)
    tuned.eval()
    unchanged = torch.allclose(tuned(x), plain(x))
    learnt["encoder.query"].b.data += 0.5
    held = adapter.matrices(learnt)
    goes_on = adapter.insert(again, held)
    again.eval()
    adapter.apply(plain, held)

    assert unchanged and set(learnt) == {"encoder.query"} == set(goes_on)
    assert torch.allclose(plain(x), tuned(x), atol=0.01)
    assert torch.allclose(again(x), tuned(x), atol=0.01)
