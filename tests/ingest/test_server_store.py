"""The same promises where the index lives on a Chroma server: a real one, on loopback, for these tests."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from corpus.store import Store, StoreError

pytestmark = pytest.mark.server
Ingest = Callable[..., int]
Write = Callable[..., str]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a Chroma server that lives as long as these tests."""
    port = free_port()
    chroma = Path(sys.executable).with_name("chroma")
    folder = tmp_path_factory.mktemp("chroma")
    command = [str(chroma), "run", "--path", str(folder), "--host", "127.0.0.1", "--port", str(port)]
    server = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        transport = httpx.HTTPTransport(retries=10)  # with growing pauses: about half a minute in all
        with httpx.Client(transport=transport) as client:
            assert client.get(f"http://127.0.0.1:{port}/api/v2/heartbeat").status_code == 200
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=20)


@pytest.fixture
def on_server(ingest: Ingest, url: str, monkeypatch: pytest.MonkeyPatch) -> Ingest:
    monkeypatch.setenv("CORPUS_STORE", url)
    return ingest


def test_an_ingest_into_a_server_is_read_back_and_skipped_the_second_time(
    on_server: Ingest, folder: Path, url: str, embedder: Any
) -> None:
    """What a folder promises holds on a server."""
    assert on_server(folder) == 0
    assert [p.id for p in Store(url).open().corpus.passages] == ["01-walks#step-1/1"]
    embedder.asked.clear()

    assert on_server(folder) == 0
    assert embedder.asked == []


def test_an_index_that_was_never_switched_to_does_not_serve(
    on_server: Ingest, folder: Path, url: str, write: Write, embedder: Any
) -> None:
    """An ingest killed before the switch leaves the former one serving; the next sweeps what it left."""
    on_server(folder)
    store = Store(url)
    index = store.open()
    left = store.build(index.corpus, index.stamp, index.rows, embedder.encode([row.text for row in index.rows]))
    assert store.current_name() == index.name

    (folder / "01-walks.md").write_text(write(sections={"step-1": ["Changed."]}), encoding="utf-8")
    on_server(folder)
    assert [p.text for p in store.open().corpus.passages] == ["Changed."]
    with pytest.raises(StoreError, match=f"index {left} is not"):
        store.switch(left)


def test_a_reader_keeps_its_whole_index_over_a_switch(
    on_server: Ingest, folder: Path, url: str, write: Write, embedder: Any
) -> None:
    """A turn that began with one index ends with it."""
    (folder / "01-walks.md").write_text(write(sections={"step-1": ["Before."]}), encoding="utf-8")
    on_server(folder)
    reader = Store(url).open()
    (folder / "01-walks.md").write_text(write(sections={"step-1": ["After."]}), encoding="utf-8")
    on_server(folder)

    assert "Before." in reader.vectors_by_text()
    assert reader.corpus.passages[0].text == "Before."


def test_a_server_that_does_not_answer_is_named(
    ingest: Ingest, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit 1, and what to start."""
    monkeypatch.setenv("CORPUS_STORE", f"http://127.0.0.1:{free_port()}")

    assert ingest(folder) == 1
    assert "start one with `chroma run`" in capsys.readouterr().err
