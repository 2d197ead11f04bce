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
