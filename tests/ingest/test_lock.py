"""Two ingests of one store never write at a time."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.errors import Busy
from ingest.lock import only_one


def test_a_second_ingest_is_told_to_wait(tmp_path: Path) -> None:
    """The message says who is at it and what to do."""
    with (
        only_one(str(tmp_path)),
        pytest.raises(Busy, match=r"another ingest is writing to .*; wait"),
        only_one(str(tmp_path)),
    ):
        pass


def test_a_lock_goes_with_its_holder(tmp_path: Path) -> None:
    """Nothing has to be cleaned up by hand."""
    with only_one(str(tmp_path)):
        pass
    with only_one(str(tmp_path)):
        pass


def test_a_server_s_store_is_locked_by_its_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two addresses are two stores."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with (
        only_one("http://localhost:9/"),
        only_one("http://localhost:8"),
        pytest.raises(Busy),
        only_one("http://localhost:9"),
    ):
        pass


def test_a_busy_store_ends_the_command_with_1(
    ingest: Callable[..., int], tmp_path: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is no fault of the input."""
    with only_one(str(tmp_path / "store")):
        assert ingest(folder) == 1

    assert "another ingest is writing" in capsys.readouterr().err
