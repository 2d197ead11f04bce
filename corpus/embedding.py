"""Sentences to vectors: the only door to sentence-transformers.

`Embedder` is the seam that tests fake; `MiniLM` is the real thing, loaded from the checked weights and from nothing else.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from corpus import adapter, weights

Vectors = NDArray[np.float32]

BATCH_SIZE = 32  # 64 and 128 were no faster on two cores


class Embedder(Protocol):
    """What this project asks of an embedding model."""

    name: str
    digest: str  # SHA-256 of the weights
    dimension: int
    max_tokens: int  # what lies beyond is cut off by the model

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return unit vectors [len(texts), dimension]; the dot product of two is their cosine."""
        ...

    def n_tokens(self, text: str) -> int:
        """Count the model's own tokens, start and end marks included."""
        ...


class MiniLM:
    """all-MiniLM-L6-v2 (Apache-2.0), 384 dimensions, 256 tokens; as it is in fp32, or with an adapter.

    With an adapter it computes in bfloat16 where the processor does so natively: the guardrails hear every word of a message
    before anything else happens, and that takes them half the time. Cosines to the fp32 vectors are above 0.999.
    """

    name = weights.MINILM.name
    digest = weights.MINILM.sha256
    dimension = 384
    max_tokens = 256

    def __init__(self, adapted: adapter.Matrices | None = None, digest: str = "") -> None:
        """Load the weights. `digest` names the adapter, so that nobody takes its vectors for those of the plain model."""
        if adapted:
            self.digest = f"{weights.MINILM.sha256}+{digest}"
        path = weights.require(weights.MINILM)
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")  # the tokenizer warns after every fork otherwise
        from sentence_transformers import SentenceTransformer  # 3 s of import: only who embeds pays it
        from transformers.utils import logging as transformers_logging

        transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        self._model = SentenceTransformer(str(path.parent), device="cpu", local_files_only=True)
        if adapted:
            adapter.apply(self._model[0].auto_model, adapted)
            if has_bfloat16():
                self._model.bfloat16()

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return unit vectors [len(texts), 384]."""
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        vectors = self._model.encode(
            list(texts),
            batch_size=BATCH_SIZE,
            show_progress_bar=False,
            convert_to_numpy=True,
        )
        full = np.asarray(vectors, dtype=np.float32)
        # Made of unit length here: in bfloat16 it would be off by a hundredth.
        return np.asarray(full / np.maximum(np.linalg.norm(full, axis=1, keepdims=True), 1e-12), dtype=np.float32)

    def n_tokens(self, text: str) -> int:
        """Count MiniLM's word pieces, [CLS] and [SEP] included."""
        return len(self._model.tokenizer.encode(text, truncation=False, verbose=False))


def has_bfloat16() -> bool:
    """Return whether the processor computes in bfloat16 natively; where it does not, that is ten times as slow."""
    import torch

    capabilities: dict[str, object] = getattr(torch.cpu, "get_capabilities", dict)()  # torch 2.9 has no such function
    return bool(capabilities.get("avx512_bf16") or capabilities.get("amx_bf16"))


@cache
def minilm() -> MiniLM:
    """Return the one MiniLM of this process; loading takes about two seconds."""
    return MiniLM()
