"""The embedded language model as a child process: llama.cpp's server through xllamacpp, on loopback, with a random key.

A child, because the engine's native code may die (an old processor, too little memory) and its death must cost one
sentence, not the service. The parent starts it, watches it, starts it again. Run as a module this file *is* the child:
it reads its orders as one JSON line on standard input and lives until that input closes, so it cannot outlive its parent.
It counts as ready once it was warmed up: a cold one would keep the first who asks waiting for its prompts to be read.
Who talks to it: `llm.py`, over the OpenAI protocol at `Engine.url`.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import secrets
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

from coach.errors import CoachError, Unavailable

log = logging.getLogger(__name__)

N_SLOTS = 8  # one per prompt kind, so that each keeps its fixed prefix cached, and room for a second talk
N_CTX = 8192  # tokens, shared among the slots; about 230 MB of key-value cache for this model
# Tokens of a prompt read at once: only between two batches it sees who hung up. On two slow cores it was free after 0.7 to 1.1 s, with
# 64 after 1.2 to 1.6 s (n 3), with 2,048 not for seconds; that prompts are read slower could not be told from three runs.
N_BATCH = 32
START_TIMEOUT_S = 60.0  # until it listens
READY_TIMEOUT_S = 180.0  # until it is warm, too
RESTART_AFTER_S = (0.0, 1.0, 5.0, 15.0, 60.0)  # pauses before the n-th restart in a row; the last one repeats
STEADY_AFTER_S = 120.0  # an engine that lived this long starts the count anew


class Engine:
    """Keeps one engine process alive. `url` is None while it is starting or between two lives; `is_ready` comes after it."""

    def __init__(
        self, model: Path, n_threads: int = 0, command: tuple[str, ...] = (sys.executable, "-m", "coach.engine")
    ):
        self.key = secrets.token_urlsafe(32)
        self.url: str | None = None
        self.n_starts = 0
        self._orders = {"model": str(model), "key": self.key, "n_threads": n_threads or os.cpu_count() or 2}
        self._command = command
        self._process: asyncio.subprocess.Process | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._warm_up: Callable[[], Awaitable[None]] | None = None
        self._ready = asyncio.Event()

    @property
    def pid(self) -> int | None:
        """The child's process id, None between two lives."""
        return self._process.pid if self._process and self._process.returncode is None else None

    @property
    def is_ready(self) -> bool:
        """Whether it listens and is warm."""
        return self._ready.is_set()

    def start(self, warm_up: Callable[[], Awaitable[None]] | None = None) -> None:
        """Start the engine in the background; `ready` waits for it. Each of its lives begins with `warm_up`."""
        self._warm_up = warm_up
        self._keeper = asyncio.create_task(self._keep_alive(), name="engine-keeper")

    async def ready(self, timeout_s: float = READY_TIMEOUT_S) -> str:
        """Wait until the engine is warm and return its URL; Unavailable if it does not come up in time."""
        try:
            await asyncio.wait_for(self._ready.wait(), timeout_s)
        except TimeoutError:
            raise Unavailable(f"the embedded model did not start within {timeout_s:.0f} s") from None
        assert self.url is not None
        return self.url

    async def stop(self) -> None:
        """End the child and its keeper; the child's input closes, so it also ends when this process is killed."""
        while self._keeper and not self._keeper.done():
            # Again and again: a cancellation that arrives just as a wait ends can be swallowed (asyncio before 3.12).
            self._keeper.cancel()
            await asyncio.wait({self._keeper}, timeout=0.2)
        self.url = None
        self._ready.clear()
        await self._end_child()

    async def _keep_alive(self) -> None:
        clock = asyncio.get_running_loop().time
        n_failed = 0
        while True:
            born = clock()
            try:
                await self._live_once()
            except (OSError, Unavailable) as error:
                log.warning("engine: %s", error)
            self.url = None
            self._ready.clear()
            await self._end_child()
            n_failed = 0 if clock() - born > STEADY_AFTER_S else n_failed + 1
            pause_s = RESTART_AFTER_S[min(n_failed, len(RESTART_AFTER_S)) - 1] if n_failed else 0.0
            log.warning("engine: the embedded model's process ended; starting it again in %.0f s", pause_s)
            await asyncio.sleep(pause_s)

    async def _live_once(self) -> None:
        self.n_starts += 1
        pipe = asyncio.subprocess.PIPE
        self._process = process = await asyncio.create_subprocess_exec(
            *self._command, stdin=pipe, stdout=pipe, stderr=asyncio.subprocess.DEVNULL
        )
        assert process.stdin
        assert process.stdout
        process.stdin.write(json.dumps(self._orders).encode() + b"\n")
        with contextlib.suppress(ConnectionError):  # it ended before it read; its exit code says more
            await process.stdin.drain()
        line = await asyncio.wait_for(process.stdout.readline(), START_TIMEOUT_S)
        if not line.startswith(b"http"):
            raise Unavailable(f"the embedded model's process ended at start (exit {await process.wait()})")
        self.url = line.decode().strip()
        warming = asyncio.create_task(self._warm(process), name="warm-up")
        try:
            while await process.stdout.read(4096):  # the engine's chatter is read and dropped: it may hold users' words
                pass
            await process.wait()
        finally:
            warming.cancel()
            await asyncio.wait({warming})  # it must not call ready what has ended

    async def _warm(self, process: asyncio.subprocess.Process) -> None:
        try:
            if self._warm_up:
                await self._warm_up()
        except Exception as error:  # a slow engine is better than none, whatever went wrong
            log.warning("warm-up: %s: %s", type(error).__name__, error if isinstance(error, CoachError) else "")
        if self._process is process and process.returncode is None:
            self._ready.set()

    async def _end_child(self) -> None:
        process, self._process = self._process, None
        if process is None or process.returncode is not None:
            return
        if process.stdin:
            process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), 3)
        except TimeoutError:
            process.kill()
            await process.wait()


def main() -> int:
    """Be the child: serve the model on a random loopback port until standard input closes."""
    orders = json.loads(sys.stdin.readline())
    url_out = os.fdopen(os.dup(1), "w")  # llama.cpp writes its log to standard output too
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    os.nice(5)  # the service's own steps (screening a crisis) come before a sentence that is being written

    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = orders["model"]
    params.model_alias = {"embedded"}
    params.api_keys = [orders["key"]]
    params.cors_origins = "null"
    params.ui = False
    params.endpoint_props = False
    params.endpoint_slots = False
    params.offline = True
    params.n_ctx = N_CTX
    params.n_parallel = N_SLOTS
    params.n_batch = params.n_ubatch = N_BATCH
    params.kv_unified = True  # a long prompt may take what the other slots leave
    params.cache_ram_mib = 256
    params.n_gpu_layers = 0
    params.verbosity = 0
    params.cpuparams.n_threads = orders["n_threads"]
    params.cpuparams_batch.n_threads = orders["n_threads"]
    server = xllamacpp.Server(params)
    print(server.listening_address + "/v1", file=url_out, flush=True)
    sys.stdin.read()
    os._exit(0)  # the server has no stop of its own; its threads would hold a normal exit


if __name__ == "__main__":
    sys.exit(main())
