"""`make run`: the service and the page as two processes that end together. `--check` only looks at the machine first.

A busy port, too little disk or too little memory is said at once, with what to do, before anything is downloaded.
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
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

NEEDS_DISK_MB = 3_500  # weights 1.2 GB and as much again while they are joined, index, a little air
NEEDS_MEMORY_MB = 3_000  # engine 1.6 GB, embedder and service 1 GB, page 0.3 GB
READY_TIMEOUT_S = 300.0  # the first start trains the guardrails' classifiers: about 40 s on two idle cores
COACH = ("127.0.0.1", int(os.environ.get("COACH_PORT", "8000")))
PAGE = ("127.0.0.1", int(os.environ.get("UI_PORT", "7860")))


def problems() -> list[str]:
    """Return what stands in the way on this machine, each with what to do."""
    found = []
    for name, variable, (host, port) in (("service", "COACH_PORT", COACH), ("page", "UI_PORT", PAGE)):
        if not _is_free(host, port):
            found.append(
                f"port {port} for the {name} is in use: end the program that listens there, or choose another with "
                f"{variable}=…"
            )
    free_mb = shutil.disk_usage(Path.cwd()).free >> 20
    if free_mb < NEEDS_DISK_MB:
        found.append(f"{free_mb} MB of disk are free here, {NEEDS_DISK_MB} MB are needed: free some space")
    memory_mb = None if os.environ.get("COACH_MODEL") == "none" else _available_memory_mb()
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
    if found := problems():
        print("\n".join(f"make run: {problem}" for problem in found), file=sys.stderr)
        return 1
    if args.check:
        return 0
    start = time.monotonic()
    with (
        _process("coach", COACH_PORT=str(COACH[1])) as coach,
        _process("ui", UI_PORT=str(PAGE[1]), UI_COACH_URL=f"http://{COACH[0]}:{COACH[1]}") as page,
    ):
        if not _wait_ready(coach, page):
            return 1
        seconds = time.monotonic() - start
        print(f"\nReady after {seconds:.0f} s: http://{PAGE[0]}:{PAGE[1]}   (Ctrl-C ends everything)", flush=True)
        return _wait_for_end(coach, page)


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


def _wait_ready(*processes: subprocess.Popen[bytes]) -> bool:
    deadline = time.monotonic() + READY_TIMEOUT_S
    waiting = {f"http://{COACH[0]}:{COACH[1]}/health/ready", f"http://{PAGE[0]}:{PAGE[1]}/"}
    while waiting and time.monotonic() < deadline:
        if any(p.poll() is not None for p in processes):
            return False  # the process said why
        waiting = {url for url in waiting if not _answers(url)}
        time.sleep(0.2)
    if waiting:
        print(f"make run: not ready after {READY_TIMEOUT_S:.0f} s: {', '.join(sorted(waiting))}", file=sys.stderr)
    return not waiting


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2, trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False


def _wait_for_end(*processes: subprocess.Popen[bytes]) -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        while all(p.poll() is None for p in processes):
            time.sleep(0.3)
    except KeyboardInterrupt:
        print("\nEnding…")
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


def _available_memory_mb() -> int | None:
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    except OSError:
        return None  # no such file outside Linux; the engine then says what it lacks
    return next((int(line.split()[1]) >> 10 for line in lines if line.startswith("MemAvailable")), None)


if __name__ == "__main__":
    sys.exit(main())
