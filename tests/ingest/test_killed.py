"""Killed at any moment, an ingest leaves the former index serving, and the next one cleans up."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from corpus.store import Store

SCRIPT = Path(__file__).with_name("killed_ingest.py")
Run = Callable[[str], int]


@pytest.fixture
def run(tmp_path: Path, folder: Path) -> Run:
    """The function that runs an ingest in a process of its own, killed at a point, and returns how it ended."""
    env = os.environ | {
        "CORPUS_STORE": str(tmp_path / "store"),
        "CORPUS_WEIGHTS": str(tmp_path / "weights"),
        "CORPUS_ARTICLES": str(folder),
        "PYTHONPATH": str(Path.cwd()),
    }

    def ingest(point: str) -> int:
        command = [sys.executable, str(SCRIPT), point, str(folder)]
        return subprocess.run(command, env=env, cwd=tmp_path, capture_output=True, check=False).returncode

    return ingest


def texts(store: Store) -> list[str]:
    return [p.text for p in store.open().corpus.passages]


@pytest.mark.parametrize("point", ["reading", "embedding", "building", "built", "switching"])
def test_a_killed_ingest_leaves_the_former_index_serving(
    run: Run, folder: Path, write: Callable[..., str], store: Store, tmp_path: Path, point: str
) -> None:
    """No moment is too early or too late: not even that between a whole new index and the switch to it."""
    assert run("none") == 0
    (folder / "01-walks.md").write_text(write(sections={"step-1": ["Changed."]}), encoding="utf-8")

    assert run(point) == -signal.SIGKILL
    assert texts(store) == ["Walk by the river every morning."]

    assert run("none") == 0
    assert texts(Store(str(tmp_path / "store"))) == ["Changed."]


def test_what_was_half_built_is_swept_by_the_next_ingest(
    run: Run, folder: Path, write: Callable[..., str], tmp_path: Path
) -> None:
    """The new index and the one it replaced remain; a reader may still be in the latter."""
    run("none")
    (folder / "01-walks.md").write_text(write(sections={"step-1": ["Changed."]}), encoding="utf-8")
    run("building")
    run("built")
    assert len(list((tmp_path / "store").glob("index-*"))) == 3

    run("none")
    assert len(list((tmp_path / "store").glob("index-*"))) == 2


def test_a_killed_ingest_leaves_no_lock(run: Run, tmp_path: Path) -> None:
    """The operating system lets go of it with the process."""
    assert run("embedding") == -signal.SIGKILL
    assert run("none") == 0
