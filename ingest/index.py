"""From a corpus to a serving index: what changed, build beside, switch.

Nothing here knows files or formats (`reading.py`) or Chroma (`corpus.store`). Killed before the switch, the former index
serves on, and what was half built is swept by the next switch.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from corpus.embedding import Vectors
from corpus.passage import Corpus
from corpus.store import SPLITTER, Index, Stamp, Store, StoreError, rows_of
from ingest import lines
from ingest.remembered import Remembered


@dataclass(frozen=True, slots=True)
class Report:
    """What an ingest did, in passages; `n_embedded` counts texts (a passage has several, and its sentences are judged)."""

    added: int
    replaced: int
    deleted: int
    skipped: int
    n_articles: int
    n_passages: int
    n_embedded: int
    index: str

    def __str__(self) -> str:
        return (
            f"{self.n_articles} articles, {self.n_passages} passages: added {self.added}, replaced {self.replaced}, "
            f"deleted {self.deleted}, skipped {self.skipped} unchanged. Embedded {self.n_embedded} texts."
        )


def current(store: Store) -> Index | None:
    """Return the index that serves now; None where there is none, or none that this version can read."""
    try:
        return store.open() if store.current_name() else None
    except StoreError:
        return None


def vectors(former: Index | None, embedder_digest: str) -> Mapping[str, Vectors]:
    """Return the vectors by text that the same weights made before."""
    return former.vectors_by_text() if former and former.stamp.embedder_digest == embedder_digest else {}


def write(
    corpus: Corpus, store: Store, former: Index | None, embedder: Remembered, labels: str, supports: dict[str, float]
) -> Report:
    """Make `corpus` the one that serves; nothing is written where it serves already."""
    corpus = lines.settle(corpus, former.corpus if former else None, supports, embedder)
    stamp = Stamp(embedder.name, embedder.digest, embedder.dimension, SPLITTER, corpus.digest, labels)
    old = {p.id: p.digest for p in former.corpus.passages} if former else {}
    new = {p.id: p.digest for p in corpus.passages}
    name = former.name if former and former.stamp == stamp else _build(corpus, store, stamp, embedder)
    n_same = sum(old.get(i) == digest for i, digest in new.items())
    n_known = sum(i in old for i in new)
    return Report(
        added=len(new) - n_known,
        replaced=n_known - n_same,
        deleted=len(old.keys() - new.keys()),
        skipped=n_same,
        n_articles=len(corpus.articles),
        n_passages=len(corpus),
        n_embedded=embedder.n_embedded,
        index=name,
    )


def _build(corpus: Corpus, store: Store, stamp: Stamp, embedder: Remembered) -> str:
    rows = [row for passage in corpus.passages for row in rows_of(passage)]
    name = store.build(corpus, stamp, rows, embedder.encode([row.text for row in rows]))
    store.switch(name)
    return name
