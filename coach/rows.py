"""What was learnt of passages one by one: a row of weights for each, and the file that keeps them.

`recognise.py` and `fitting.py` each hold such rows. A row is known by its passage and by the words it was learnt of: whoever edits
those has it forgotten, and a passage of one's own articles has none.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Rows:
    """Weights [n, dimension] and a bias [n] for n texts, for vectors that one embedder made."""

    keys: tuple[str, ...]  # see `key_of`
    weights: Floats
    bias: Floats
    embedder: str  # SHA-256 of the weights that made the vectors

    @cached_property
    def places(self) -> dict[str, int]:
        """The row of each key."""
        return {key: row for row, key in enumerate(self.keys)}

    def write(self, path: Path, **more: Floats) -> None:
        """Keep them, the weights in half precision, and `more` arrays beside them."""
        with path.open("wb") as file:
            np.savez_compressed(
                file,
                keys=np.array(self.keys),
                weights=self.weights.astype(np.float16),
                bias=self.bias.astype(np.float32),
                embedder=np.array(self.embedder),
                **more,  # type: ignore[arg-type]  # its stub takes them for `allow_pickle`
            )


def read(path: Path) -> tuple[Rows, dict[str, Floats]]:
    """Return the rows that a file holds, and the arrays beside them."""
    with np.load(path) as held:
        keys = tuple(str(key) for key in held["keys"])
        rows = Rows(keys, held["weights"].astype(np.float32), held["bias"].astype(np.float32), str(held["embedder"]))
        return rows, {name: held[name] for name in held.files if name not in ("keys", "weights", "bias", "embedder")}


def key_of(passage_id: str, text: str) -> str:
    """Name a passage by the words that were learnt of."""
    return f"{passage_id}@{hashlib.sha256(text.encode()).hexdigest()[:12]}"
