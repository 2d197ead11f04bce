"""The only door to Chroma: how passages and their vectors are kept, built beside the old ones, and switched over.

Every passage has several rows: its text, its line and each question it answers, all with the passage's id. Who reads an
index takes rows and vectors into memory and searches there (`coach.retrieve`); Chroma keeps them. An index is built under a fresh name and becomes the current
one by a single atomic step (a renamed pointer file in a folder, one metadata write on a server). Killed before that step,
the former index still serves; a reader that opened the former one keeps a whole snapshot of it. Chroma's own client for a
folder is for one process and caches vectors, which is why an index that has been switched to is never written again.
"""

from __future__ import annotations

import json
import re
import secrets
import shutil
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Literal, Protocol
from urllib.parse import urlsplit

import chromadb
import chromadb.api.fastapi
import httpx
import numpy as np
from chromadb.config import Settings as ChromaSettings
from chromadb.errors import ChromaError

from corpus.embedding import Vectors
from corpus.passage import Article, Corpus, Disagreement, Passage, Section, Side

RowKind = Literal["text", "line", "asked"]
POINTER = "CURRENT"
COLLECTION = "passages"
SPLITTER = "sentences-1"  # how foreign text is cut (`ingest.split`); here, because the coach compares it and may not import ingest
WRITE_BATCH = 2000  # rows; Chroma's own maximum is 5,461
SPACE = {"hnsw": {"space": "cosine"}}  # the default would be l2
OURS = re.compile(r"index-[0-9a-f]{12}-[0-9a-f]{8}")  # what `Store.build` names an index: nothing else is ever swept
TIMEOUT_S = 5.0  # of a server that is asked which index is current: a turn waits for it
ROWS_TIMEOUT_S = 60.0  # where it reads or takes rows
PAUSE_S = 30.0  # for which a server that did not answer is not asked again: its timeout would hold up every turn


class StoreError(RuntimeError):
    """The index is missing, unreachable or not the one the settings want; the message says what to run."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What an index was built with. The coach refuses one that does not match its own embedder and splitter."""

    embedder: str
    embedder_digest: str
    dimension: int
    splitter: str
    corpus_digest: str
    labels: str = ""  # by what notion foreign passages were labelled; nothing a reader has to match


@dataclass(frozen=True, slots=True)
class Row:
    """One embedded text of a passage."""

    passage_id: str
    kind: RowKind
    text: str

    @property
    def key(self) -> str:
        """What decides whether a vector can be taken over from the former index: the text alone."""
        return self.text


def rows_of(passage: Passage) -> Iterator[Row]:
    """Yield the texts of a passage that are embedded."""
    yield Row(passage.id, "text", passage.text)
    yield Row(passage.id, "line", passage.line)
    for question in passage.asked:
        yield Row(passage.id, "asked", question)


class Index:
    """A whole index as one value: the corpus, its stamp, its rows and their vectors."""

    def __init__(self, name: str, collection: Any):
        self.name = name
        self._collection = collection
        try:
            self.stamp = Stamp(**json.loads(collection.metadata["stamp"]))
            self.rows, passages = _read_rows(collection)
            self.corpus = _corpus(json.loads(collection.metadata["catalogue"]), passages)
        except (KeyError, TypeError, ValueError) as error:
            raise StoreError(f"index {name} is not of this version; run `python -m ingest`") from error

    def vectors_by_text(self) -> dict[str, Vectors]:
        """Read every stored vector, by its text: what search needs, and what a new build takes over."""
        got = self._collection.get(include=["documents", "embeddings"])
        return {
            text: np.asarray(vector, dtype=np.float32)
            for text, vector in zip(got["documents"], got["embeddings"], strict=True)
        }


class _Place(Protocol):
    """Where indexes are kept: a folder or a server."""

    def current(self) -> str | None: ...
    def open(self, name: str) -> Any: ...
    def create(self, name: str, metadata: dict[str, str]) -> Any: ...
    def switch(self, name: str) -> None: ...
    def sweep(self, keep: Sequence[str]) -> None: ...


class Store:
    """Finds, builds and switches indexes."""

    def __init__(self, location: str):
        self._place: _Place = (
            _Server(location) if location.startswith(("http://", "https://")) else _Folder(Path(location))
        )

    def current_name(self) -> str | None:
        """Return the name of the index that serves now, None before the first ingest; cheap enough for every turn."""
        return self._place.current()

    def open(self) -> Index:
        """Open the current index; StoreError where there is none."""
        name = self.current_name()
        if name is None:
            raise StoreError("there is no index yet; run `python -m ingest`")
        try:
            return Index(name, self._place.open(name))
        except ChromaError as error:
            raise StoreError(f"index {name} could not be read to its end: {type(error).__name__}") from error

    def build(self, corpus: Corpus, stamp: Stamp, rows: Sequence[Row], vectors: Vectors) -> str:
        """Write an index beside the current one and return its name; it does not serve until `switch`."""
        name = f"index-{stamp.corpus_digest[:12]}-{secrets.token_hex(4)}"
        collection = self._place.create(name, {"stamp": json.dumps(asdict(stamp)), "catalogue": _catalogue(corpus)})
        by_id = corpus.by_id
        for start in range(0, len(rows), WRITE_BATCH):
            batch = rows[start : start + WRITE_BATCH]
            collection.add(
                ids=[f"{start + i}.{row.kind}" for i, row in enumerate(batch)],
                documents=[row.text for row in batch],
                embeddings=vectors[start : start + len(batch)],
                metadatas=[
                    {"passage_id": row.passage_id, "kind": row.kind}
                    | ({"passage": json.dumps(by_id[row.passage_id].as_dict())} if row.kind == "text" else {})
                    for row in batch
                ],
            )
        return name

    def switch(self, name: str) -> None:
        """Make an index the current one, atomically; the former one is kept for those who still read it."""
        former = self.current_name()
        self._place.open(
            name
        )  # an ingest on another machine may have swept it meanwhile: StoreError, nothing is switched
        self._place.switch(name)
        self._place.sweep(keep=[n for n in (name, former) if n])


class _Folder:
    """Indexes as folders of their own, with a pointer file that is replaced in one step."""

    def __init__(self, root: Path):
        self._root = root

    def current(self) -> str | None:
        try:
            name = (self._root / POINTER).read_text(encoding="utf-8").strip()
        except OSError:
            return None
        return name or None

    def open(self, name: str) -> Any:
        if not (self._root / name / "chroma.sqlite3").is_file():
            raise StoreError(f"index {self._root / name} is not there; run `python -m ingest`")
        return self._client(name).get_collection(COLLECTION, embedding_function=None)

    def create(self, name: str, metadata: dict[str, str]) -> Any:
        self._root.mkdir(parents=True, exist_ok=True)
        return self._client(name).create_collection(
            COLLECTION, metadata=metadata, configuration=SPACE, embedding_function=None
        )

    def switch(self, name: str) -> None:
        fresh = self._root / f".{POINTER}.{secrets.token_hex(4)}"
        fresh.write_text(name, encoding="utf-8")
        fresh.replace(self._root / POINTER)

    def sweep(self, keep: Sequence[str]) -> None:
        for folder in self._root.iterdir():
            if OURS.fullmatch(folder.name) and folder.name not in keep:
                shutil.rmtree(folder, ignore_errors=True)

    def _client(self, name: str) -> Any:
        return chromadb.PersistentClient(str(self._root / name), settings=ChromaSettings(anonymized_telemetry=False))


class _Server:
    """Indexes as collections of one Chroma server, with a pointer collection whose metadata names the current one."""

    def __init__(self, url: str):
        self._url = url
        self._not_before = 0.0  # on the monotonic clock: when a server that did not answer is asked again
        try:
            self._client = _connect(url)
        except Exception as error:  # the client raises several unrelated kinds when nobody listens
            raise StoreError(f"no Chroma server answers at {url}; start one with `chroma run`") from error

    def current(self) -> str | None:
        if time.monotonic() < self._not_before:
            raise StoreError(f"the Chroma server at {self._url} did not answer just now")
        try:
            metadata = self._pointer().metadata or {}
        except Exception as error:  # as above
            self._not_before = time.monotonic() + PAUSE_S
            raise StoreError(f"the Chroma server at {self._url} does not answer; start it again") from error
        return metadata.get("name") or None

    def open(self, name: str) -> Any:
        try:
            return self._client.get_collection(name, embedding_function=None)
        except StoreError:
            raise
        except Exception as error:
            raise StoreError(f"index {name} is not on {self._url}; run `python -m ingest`") from error

    def create(self, name: str, metadata: dict[str, str]) -> Any:
        return self._client.create_collection(name, metadata=metadata, configuration=SPACE, embedding_function=None)

    def switch(self, name: str) -> None:
        self._pointer().modify(metadata={"name": name})

    def sweep(self, keep: Sequence[str]) -> None:
        for collection in self._client.list_collections():
            if OURS.fullmatch(collection.name) and collection.name not in keep:
                self._client.delete_collection(collection.name)

    def _pointer(self) -> Any:
        return self._client.get_or_create_collection(POINTER, embedding_function=None)


class _Session(httpx.Client):
    """What Chroma's client sends with: it would wait for ever, and go through any proxy that the environment names."""

    def __init__(self, **options: Any):
        super().__init__(**options | {"trust_env": False})

    def request(self, method: str, url: Any, **options: Any) -> httpx.Response:
        timeout_s = ROWS_TIMEOUT_S if str(url).endswith(("/get", "/add")) else TIMEOUT_S
        try:
            return super().request(method, url, **options | {"timeout": timeout_s})
        except httpx.HTTPError as error:
            raise StoreError(f"the Chroma server does not answer ({type(error).__name__}); start it again") from error


def _connect(url: str) -> Any:
    parts = urlsplit(url)
    is_secure = parts.scheme == "https"
    chromadb.api.fastapi.httpx = SimpleNamespace(Client=_Session)  # its settings know neither timeouts nor proxies
    return chromadb.HttpClient(
        host=parts.hostname or "localhost",
        port=parts.port or (443 if is_secure else 80),
        ssl=is_secure,
        settings=ChromaSettings(anonymized_telemetry=False),
    )


def _read_rows(collection: Any) -> tuple[list[Row], tuple[Passage, ...]]:
    got = collection.get(include=["documents", "metadatas"])
    rows: list[Row] = []
    passages: list[tuple[int, Passage]] = []  # with their place in reading order: Chroma returns rows in any order
    for row_id, document, row in zip(got["ids"], got["documents"], got["metadatas"], strict=True):
        rows.append(Row(row["passage_id"], row["kind"], document))
        if row["kind"] == "text":
            passages.append((int(row_id.split(".")[0]), Passage.from_dict(json.loads(row["passage"]))))
    return rows, tuple(passage for _, passage in sorted(passages, key=lambda pair: pair[0]))


def _catalogue(corpus: Corpus) -> str:
    return json.dumps(
        {"articles": [asdict(a) for a in corpus.articles], "disagreements": [asdict(d) for d in corpus.disagreements]}
    )


def _corpus(catalogue: dict[str, Any], passages: tuple[Passage, ...]) -> Corpus:
    articles = tuple(
        Article(**{**a, "authors": tuple(a["authors"]), "sections": tuple(Section(**s) for s in a["sections"])})
        for a in catalogue["articles"]
    )
    disagreements = tuple(
        Disagreement(d["id"], d["says"], tuple(Side(s["stance"], tuple(s["passages"])) for s in d["sides"]))
        for d in catalogue["disagreements"]
    )
    return Corpus(articles, passages, disagreements)
