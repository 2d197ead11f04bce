"""`make run`: the service and the page as two processes that end together. `--check` only looks at the machine first.

A busy port or too little memory is said at once, with what to do, and under `--check`, which `make run` does before the
weights are fetched, also too little disk for those of them that are missing.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx
from pydantic import ValidationError

from corpus.settings import CorpusSettings
from corpus.weights import MODELS
from ui.settings import RunSettings, told

AIR_MB = 200  # of disk beside the weights: the index and a little more
NEEDS_MEMORY_MB = 3_500  # engine 1.8 GB, two embedders and service 1.4 GB, page 0.3 GB
READY_TIMEOUT_S = 300.0  # after an edit of their examples the guardrails learn anew: about a minute on two idle cores
HOST = "127.0.0.1"


def problems(settings: RunSettings, *, fetches: bool = False) -> list[str]:
    """Return what stands in the way on this machine, each with what to do; disk only where weights are fetched next."""
    found = []
    for name, variable, port in (("service", "COACH_PORT", settings.coach_port), ("page", "UI_PORT", settings.ui_port)):
        if not _is_free(HOST, port):
            found.append(
                f"port {port} for the {name} is in use: end the program that listens there, or choose another with "
                f"{variable}=…"
            )
    if fetches and (problem := _lacking_disk(CorpusSettings().weights)):
        found.append(problem)
    memory_mb = _available_memory_mb() if settings.coach_model == "embedded" else None
    if memory_mb is not None and memory_mb < NEEDS_MEMORY_MB:
        found.append(
            f"{memory_mb} MB of memory are available, {NEEDS_MEMORY_MB} MB are needed: close something large, or set "
            "COACH_MODEL=none to run without the language model"
        )
    return found


def main(argv: list[str] | None = None) -> int:
    """Check the machine; unless that was all, run both processes until Ctrl-C or until one ends."""
    parser = argparse.ArgumentParser(prog="python -m ui.run", description=__doc__)
    parser.add_argument("--check", action="store_true", help="only look at ports, disk and memory")
    args = parser.parse_args(argv)
    try:
        settings = RunSettings()
    except ValidationError as error:
        print("\n".join(f"make run: {line}" for line in told(error)), file=sys.stderr)
        return 1
    if found := problems(settings, fetches=args.check):
        print("\n".join(f"make run: {problem}" for problem in found), file=sys.stderr)
        return 1
    if args.check:
        return 0
    # A terminate and a closed terminal end the children in order, like Ctrl-C, which a background job would ignore. They are
    # noted, not raised: an exception in the middle of `Popen.poll` leaves its lock held, and the last `wait` never returns.
    stopped: list[int] = []
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, lambda number, _frame: stopped.append(number))
    code = _run(settings, stopped)
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, signal.SIG_IGN)  # all has ended; while Python ends, a signal would be told as a failure
    if stopped:
        print("\nEnding…")
        return 0
    return code


def _run(settings: RunSettings, stopped: Sequence[int]) -> int:
    start = time.monotonic()
    service, address = f"http://{HOST}:{settings.coach_port}", f"http://{HOST}:{settings.ui_port}"
    with (
        _process("coach", COACH_HOST=HOST, COACH_PORT=str(settings.coach_port)) as coach,
        _process(
            "ui", UI_HOST=HOST, UI_PORT=str(settings.ui_port), UI_COACH_URL=service, UI_API_KEY=settings.key
        ) as page,
    ):
        if not _wait_ready({f"{service}/health/ready", f"{address}/"}, settings.key, stopped, coach, page):
            return 1
        seconds = time.monotonic() - start
        print(f"\nReady after {seconds:.0f} s: {address}   (Ctrl-C ends everything)", flush=True)
        return _wait_for_end(stopped, coach, page)


@contextmanager
def _process(module: str, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    # A session of its own, so that Ctrl-C reaches this process alone and it ends its children in order.
    command = [sys.executable, "-m", module]
    process = subprocess.Popen(command, env=os.environ | environment, start_new_session=True)  # noqa: S603 - our own
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_ready(waiting: set[str], key: str, stopped: Sequence[int], *processes: subprocess.Popen[bytes]) -> bool:
    deadline = time.monotonic() + READY_TIMEOUT_S
    while waiting and time.monotonic() < deadline:
        if stopped or any(p.poll() is not None for p in processes):
            return False  # the process said why
        waiting = {url for url in waiting if not _answers(url, key)}
        time.sleep(0.2)
    if waiting:
        print(f"make run: not ready after {READY_TIMEOUT_S:.0f} s: {', '.join(sorted(waiting))}", file=sys.stderr)
    return not waiting


def _answers(url: str, key: str) -> bool:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    try:
        return httpx.get(url, headers=headers, timeout=2, trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False


def _wait_for_end(stopped: Sequence[int], *processes: subprocess.Popen[bytes]) -> int:
    while not stopped and all(p.poll() is None for p in processes):
        time.sleep(0.3)
    if stopped:
        return 0
    print("make run: one of the processes ended; the other is ended too", file=sys.stderr)
    return 1


def _is_free(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True


def _lacking_disk(folder: Path) -> str:
    missing = [model.n_bytes for model in MODELS if not (model.folder(folder) / model.file).is_file()]
    if not missing:
        return ""
    needed_mb = (sum(missing) + max(missing) >> 20) + AIR_MB  # each is there twice while its parts are joined
    there = next(place for place in (folder, *folder.absolute().parents) if place.is_dir())
    free_mb = shutil.disk_usage(there).free >> 20
    if free_mb >= needed_mb:
        return ""
    return (
        f"{free_mb} MB of disk are free in {there}, {needed_mb} MB are needed for the weights: free some space, or set "
        "CORPUS_WEIGHTS to a folder on a larger disk"
    )


def _available_memory_mb() -> int | None:
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    except OSError:
        return None  # no such file outside Linux; the engine then says what it lacks
    return next((int(line.split()[1]) >> 10 for line in lines if line.startswith("MemAvailable")), None)


if __name__ == "__main__":
    sys.exit(main())
