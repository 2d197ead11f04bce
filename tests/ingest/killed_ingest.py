"""An ingest that is killed at a named point, as by `kill -9`: run as a script by `test_killed.py`, in a process of its own.

usage: killed_ingest.py POINT FOLDER    (POINT: none, reading, embedding, building, built, switching)
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

import conftest

from corpus import store as stores
from corpus.embedding import Vectors
from corpus.passage import Corpus
from corpus.store import Row, Stamp, Store
from ingest import reading
from ingest.__main__ import main

POINT, FOLDER = sys.argv[1], sys.argv[2]


def die_at(point: str) -> None:
    if point == POINT:
        os.kill(os.getpid(), signal.SIGKILL)


class DyingEmbedder(conftest.WordEmbedder):
    def encode(self, texts: Sequence[str]) -> Vectors:
        die_at("embedding")
        return super().encode(texts)


class DyingStore(Store):
    def build(self, corpus: Corpus, stamp: Stamp, rows: Sequence[Row], vectors: Vectors) -> str:
        if POINT == "building":  # after the first batch of several
            stores.WRITE_BATCH = 2
            rows = DyingRows(rows)
        name = super().build(corpus, stamp, rows, vectors)
        die_at("built")
        return name


class DyingRows(list[Row]):
    def __getitem__(self, part: slice) -> list[Row]:  # type: ignore[override]
        if part.start:
            die_at("building")
        return list(self)[part]


class DyingPath(type(Path())):  # type: ignore[misc]
    """A path that dies in the moment when the pointer is written and not yet in place."""

    def replace(self, target: object) -> None:
        die_at("switching")
        super().replace(target)


if POINT == "switching":
    stores.Path = DyingPath  # type: ignore[misc]
if POINT == "reading":
    reading.articles.read = lambda *_: die_at("reading")  # type: ignore[assignment]
embedder = DyingEmbedder()
sys.exit(main([FOLDER], load=lambda: embedder, kind=embedder, open_store=DyingStore))
