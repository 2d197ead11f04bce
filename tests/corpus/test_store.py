"""The index: built beside, switched at once, read as a snapshot."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from fakes import WALKS, WordEmbedder, build, serve, tiny_corpus

from corpus import store as stores
from corpus.store import Store, StoreError

GREETINGS = {
    "/api/v2/auth/identity": b'{"user_id": "", "tenant": "default_tenant", "databases": ["default_database"]}',
    "/api/v2/tenants/default_tenant": b'{"name": "default_tenant"}',
    "/api/v2/tenants/default_tenant/databases/default_database": b'{"id": "00000000-0000-0000-0000-000000000000", '
    b'"name": "default_database", "tenant": "default_tenant"}',
}


class ChromaLike(http.server.ThreadingHTTPServer):
    """Greets like a Chroma server and answers nothing else: it keeps the connection and says no word."""

    def __init__(self) -> None:
        self.is_silent, self.n_unanswered, self._ended = False, 0, threading.Event()
        super().__init__(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self.server_port}"

    def __enter__(self) -> ChromaLike:
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self.shutdown()
        self.server_close()

    def _handler(self) -> type[http.server.BaseHTTPRequestHandler]:
        server = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                greeting = GREETINGS.get(self.path)
                if server.is_silent or greeting is None:
                    server.n_unanswered += 1
                    server._ended.wait()
                    return
                self.send_response(200)
                self.send_header("Content-Length", str(len(greeting)))
                self.end_headers()
                self.wfile.write(greeting)

            def do_POST(self) -> None:
                self.do_GET()

            def log_message(self, *_: object) -> None:
                pass

        return Handler


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(str(tmp_path / "store"))


def test_without_an_index_it_says_what_to_run(store: Store) -> None:
    """A fresh machine is told, not puzzled."""
    with pytest.raises(StoreError, match="python -m ingest"):
        store.open()


def test_an_index_holds_the_corpus_whole(tiny_store: Store) -> None:
    """Articles, passages in reading order, contradictions and the digest come back as they went in."""
    index = tiny_store.open()

    assert index.corpus == tiny_corpus()
    assert index.stamp.corpus_digest == tiny_corpus().digest
    assert [p.id for p in index.corpus][:2] == ["walks#sleep/1", "walks#sleep/2"]


def test_an_index_that_was_built_does_not_serve_before_the_switch(store: Store, words: WordEmbedder) -> None:
    """Killed before the switch, the former one still serves."""
    former = serve(store, tiny_corpus(), words)
    fresh = build(store, tiny_corpus(WALKS, ()), words)

    assert store.current_name() == former
    assert len(store.open().corpus) == len(tiny_corpus())
    store.switch(fresh)
    assert len(store.open().corpus) == len(WALKS)


def test_a_reader_keeps_its_snapshot_over_a_switch(store: Store, words: WordEmbedder) -> None:
    """A turn that began with the former index ends with it, vectors included."""
    serve(store, tiny_corpus(), words)
    former = store.open()
    serve(store, tiny_corpus(WALKS, ()), words)

    assert former.corpus == tiny_corpus()
    assert "sundays are so lonely" in former.vectors_by_text()


def test_only_the_current_and_the_former_index_are_kept(store: Store, words: WordEmbedder, tmp_path: Path) -> None:
    """What is older is swept, so the folder does not grow."""
    names = [serve(store, tiny_corpus(WALKS[:n], ()), words) for n in (1, 2, 3)]

    assert {p.name for p in (tmp_path / "store").glob("index-*")} == set(names[1:])


def test_only_what_an_ingest_made_is_swept(store: Store, words: WordEmbedder, tmp_path: Path) -> None:
    """A folder of somebody else's, or a file, whose name begins alike stays."""
    theirs = tmp_path / "store" / "index-2025" / "letters.txt"
    theirs.parent.mkdir(parents=True)
    theirs.write_text("mine")
    for n in (1, 2, 3):
        serve(store, tiny_corpus(WALKS[:n], ()), words)

    assert theirs.read_text() == "mine"


def test_vectors_are_read_back_by_text(tiny_store: Store, words: WordEmbedder) -> None:
    """What the next ingest takes over instead of embedding it again."""
    vectors = tiny_store.open().vectors_by_text()

    assert np.allclose(vectors[WALKS[0].line], words.encode([WALKS[0].line])[0], atol=1e-6)


def test_an_index_of_another_version_says_what_to_run(store: Store, words: WordEmbedder, tmp_path: Path) -> None:
    """A pointer to what is gone, or metadata that this version cannot read."""
    serve(store, tiny_corpus(WALKS[:1], ()), words)
    (tmp_path / "store" / "CURRENT").write_text("index-gone", encoding="utf-8")

    with pytest.raises(StoreError, match="python -m ingest"):
        store.open()


def test_a_server_that_does_not_answer_is_named() -> None:
    """With its address, and how one is started."""
    with pytest.raises(StoreError, match=r"http://127\.0\.0\.1:9.*chroma run"):
        Store("http://127.0.0.1:9")


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ChromaLike]:
    """A server that answers as Chroma does where a client says hello, and is silent from then on."""
    monkeypatch.setattr(stores, "TIMEOUT_S", 0.2)
    with ChromaLike() as one:
        yield one


def test_a_server_that_hangs_is_not_waited_for_twice(server: ChromaLike) -> None:
    """It accepts and never answers: that is a StoreError in time, and the next turn does not ask at all."""
    store = Store(server.url)

    for _ in range(2):
        with pytest.raises(StoreError, match=server.url):
            store.current_name()
    assert server.n_unanswered == 1


def test_a_server_that_hangs_at_start_is_named(server: ChromaLike) -> None:
    """Starting ends with what to do."""
    server.is_silent = True

    with pytest.raises(StoreError, match="chroma run"):
        Store(server.url)


def test_no_proxy_stands_before_the_store(server: ChromaLike, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the environment names: here one that nobody answers at."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")

    assert Store(server.url)
