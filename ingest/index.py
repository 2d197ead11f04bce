"""From a corpus to a serving index: what changed, which texts want new vectors, build beside, switch.

Vectors are taken over by text from the index that serves now, if the same weights made them, so a second run embeds
nothing. Nothing here knows files or formats (`articles.py`, `foreign.py`) or Chroma (`corpus.store`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from tqdm import tqdm

from corpus.embedding import Embedder, Vectors
from corpus.passage import Corpus
from corpus.store import SPLITTER, Index, Row, Stamp, Store, StoreError, rows_of

EMBED_CHUNK = 512  # texts between two moves of the progress bar; below 256 the encoder's padding costs more than 5 %


@dataclass(frozen=True, slots=True)
class Report:
    """What an ingest did, in passages; `n_embedded` counts texts (a passage has several)."""

    added: int
    replaced: int
    deleted: int
    skipped: int
    n_embedded: int
    n_taken_over: int
    index: str


def write(corpus: Corpus, store: Store, embedder: Embedder) -> Report:
    """Make `corpus` the one that serves; nothing is written where it serves already."""
    former = current(store)
    stamp = Stamp(embedder.name, embedder.digest, embedder.dimension, SPLITTER, corpus.digest)
    old = {p.id: p.digest for p in former.corpus.passages} if former else {}
    new = {p.id: p.digest for p in corpus.passages}
    skipped = sum(old.get(i) == digest for i, digest in new.items())
    replaced = sum(i in old for i in new) - skipped
    counts = {"added": len(new) - skipped - replaced, "replaced": replaced, "deleted": len(old.keys() - new.keys())}
    if former and former.stamp == stamp:
        return Report(**counts, skipped=skipped, n_embedded=0, n_taken_over=len(former.rows), index=former.name)
    rows = [row for passage in corpus.passages for row in rows_of(passage)]
    known = former.vectors_by_text() if former and former.stamp.embedder_digest == embedder.digest else {}
    fresh = list(dict.fromkeys(row.text for row in rows if row.text not in known))
    known |= dict(zip(fresh, embed(fresh, embedder), strict=True))
    name = store.build(corpus, stamp, rows, np.stack([known[row.text] for row in rows]))
    store.switch(name)
    return Report(
        **counts, skipped=skipped, n_embedded=len(fresh), n_taken_over=len(rows) - len(fresh), index=name
    )


def current(store: Store) -> Index | None:
    """Return the index that serves now; None where there is none, or none that this version can read."""
    try:
        return store.open() if store.current_name() else None
    except StoreError:
        return None


def embed(texts: Sequence[str], embedder: Embedder) -> Vectors:
    """Return the vectors of texts, [len(texts), dimension], with a progress bar on standard error.

    Sorted by length first, so that a batch pads little; that is what the encoder does itself within one call.
    """
    vectors = np.zeros((len(texts), embedder.dimension), dtype=np.float32)
    order = sorted(range(len(texts)), key=lambda i: -len(texts[i]))
    with tqdm(total=len(texts), desc="embedding", unit="text", disable=not texts) as bar:
        for start in range(0, len(order), EMBED_CHUNK):
            chunk = order[start : start + EMBED_CHUNK]
            vectors[chunk] = embedder.encode([texts[i] for i in chunk])
            bar.update(len(chunk))
    return vectors
