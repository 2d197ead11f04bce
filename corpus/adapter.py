"""Low-rank adapters (LoRA; Hu et al. 2021, arXiv 2106.09685): what tuning added to an embedding model, as one small file.

Of each tuned weight matrix W [out, in] the file holds A [rank, in] and B [out, rank] in half precision; applied, W becomes
W + B A. Three hundred thousand numbers stand for what would be a model of ninety megabytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Matrices = Mapping[str, NDArray[Any]]
IN, OUT = ".A", ".B"
RANK = 16
SCALE = 2.0  # of B A while it is learnt
DROPOUT = 0.05
LAYERS = ("query", "key", "value", "attention.output.dense", "intermediate.dense", "output.dense")  # of each block


def apply(model: Any, matrices: Matrices) -> None:
    """Add an adapter to the weights of a torch model, in place; ValueError where it was made for another one."""
    import torch  # two seconds of import: only who embeds pays it

    layers = dict(model.named_modules())
    for key in matrices:
        if not key.endswith(IN):
            continue
        name = key.removesuffix(IN)
        if name not in layers:
            raise ValueError(f"the adapter was made for another model: it has no layer {name}")
        added = matrices[name + OUT].astype(np.float32) @ matrices[key].astype(np.float32)
        with torch.no_grad():
            layers[name].weight += torch.from_numpy(added)


def insert(model: Any, start: Matrices | None = None) -> dict[str, Any]:
    """Put a layer to be learnt beside each weight matrix of a frozen torch model; return them by the matrix's name.

    They begin where `start` ends, and ranks that it lacks at nothing; without it the model says at first what it said before.
    """
    import torch
    from torch import nn

    class LowRank(nn.Module):  # here, since torch is imported late
        def __init__(self, linear: Any):
            super().__init__()
            self.linear, self.drop = linear, nn.Dropout(DROPOUT)
            self.a = nn.Parameter(torch.randn(RANK, linear.in_features) / linear.in_features**0.5)
            self.b = nn.Parameter(torch.zeros(linear.out_features, RANK))

        def forward(self, x: Any) -> Any:
            low = nn.functional.linear(self.drop(x), self.a)
            return self.linear(x) + nn.functional.linear(low, self.b) * SCALE

    model.requires_grad_(requires_grad=False)
    learnt = {}
    for name, layer in list(model.named_modules()):
        if not (isinstance(layer, nn.Linear) and name.startswith("encoder.") and name.endswith(LAYERS)):
            continue
        parent, _, last = name.rpartition(".")
        learnt[name] = LowRank(layer)
        setattr(model.get_submodule(parent), last, learnt[name])
        if start:
            a, b = (torch.from_numpy(start[name + end].astype(np.float32)) for end in (IN, OUT))
            learnt[name].a.data[: len(a)] = a
            learnt[name].b.data[:, : len(a)] = b / SCALE
    return learnt


def matrices(learnt: Mapping[str, Any]) -> dict[str, NDArray[Any]]:
    """Return what `insert` put there, once it is learnt, as an adapter."""
    found = {}
    for name, layer in learnt.items():
        found[name + IN] = layer.a.detach().numpy().astype(np.float16)
        found[name + OUT] = (layer.b.detach().numpy() * SCALE).astype(np.float16)
    return found
