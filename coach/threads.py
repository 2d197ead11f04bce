"""Where threads are kept: in memory by default, or in one SQLite file. Forgetting is at once and whole.

Own code instead of a LangGraph checkpointer, because a checkpointer keeps every step of every turn and leaves deleted
bytes in its file; here a thread is one row, and deletion overwrites it (`secure_delete`). What expired is dropped at every
read, at the start and once a minute (`app.py`): a talk is forgotten also where nobody talks.
See `docs/decisions/0003-threads.md`.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Protocol

from coach.errors import Misconfigured
from coach.thread import Facts, Outcome, Thread, Turn
from corpus.passage import Stage

Clock = Callable[[], float]
MAX_TURNS = 200  # of a thread that are kept; the facts outlive the turns


class ThreadStore(Protocol):
    """Keeps threads by id."""

    def get(self, thread_id: str) -> Thread | None:
        """Return a thread that is known and not expired."""
        ...

    def put(self, thread: Thread) -> None:
        """Keep a thread and count its time to live anew."""
        ...

    def delete(self, thread_id: str) -> bool:
        """Forget a thread; returns whether it was known."""
        ...

    def expire(self) -> None:
        """Forget what was not used for the time to live."""
        ...

    def close(self) -> None:
        """Let go of what this holds; nothing is asked of it afterwards."""
        ...


def new_id() -> str:
    """Return an id that cannot be guessed (192 bits)."""
    return secrets.token_urlsafe(24)


def open_store(location: str, ttl_s: float, clock: Clock = time.time) -> ThreadStore:
    """Return the store that `COACH_THREADS` names."""
    if location == "memory":
        return MemoryThreads(ttl_s, clock)
    if "://" in location:
        raise Misconfigured(f"COACH_THREADS={location}: give `memory` or the path of a SQLite file")
    return SqliteThreads(Path(location), ttl_s, clock)


class MemoryThreads:
    """Threads that vanish with the process."""

    def __init__(self, ttl_s: float, clock: Clock = time.time):
        self._ttl_s, self._clock = ttl_s, clock
        self._threads: dict[str, tuple[float, Thread]] = {}  # in order of last use

    def get(self, thread_id: str) -> Thread | None:
        """Return a thread that is known and not expired."""
        self.expire()
        known = self._threads.get(thread_id)
        return known[1] if known else None

    def put(self, thread: Thread) -> None:
        """Keep a thread and count its time to live anew."""
        self.expire()
        self._threads.pop(thread.id, None)
        self._threads[thread.id] = (self._clock(), _trim(thread))

    def delete(self, thread_id: str) -> bool:
        """Forget a thread."""
        return self._threads.pop(thread_id, None) is not None

    def close(self) -> None:
        """Forget everything."""
        self._threads.clear()

    def expire(self) -> None:
        """Forget what was not used for the time to live."""
        oldest = self._clock() - self._ttl_s
        while self._threads:
            thread_id, (touched, _) = next(iter(self._threads.items()))
            if touched >= oldest:
                return
            del self._threads[thread_id]


class SqliteThreads:
    """Threads in one file, readable by its owner only."""

    def __init__(self, path: Path, ttl_s: float, clock: Clock = time.time):
        self._ttl_s, self._clock = ttl_s, clock
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)
            self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            self._db.execute("PRAGMA secure_delete = ON")  # deleted rows are overwritten with zeros
            # Neither a write-ahead log nor a journal file, which would both hold what was deleted. A process killed while it
            # writes may leave a broken file: then `open_store` says so, and what is lost is what is forgotten in a day.
            self._db.execute("PRAGMA journal_mode = MEMORY")
            self._db.execute("CREATE TABLE IF NOT EXISTS threads (id TEXT PRIMARY KEY, touched REAL, body TEXT)")
            self.expire()
        except (OSError, sqlite3.Error) as error:
            raise Misconfigured(f"COACH_THREADS={path} cannot be opened as a SQLite file: {error}") from error

    def get(self, thread_id: str) -> Thread | None:
        """Return a thread that is known and not expired."""
        self.expire()
        row = self._db.execute("SELECT body FROM threads WHERE id = ?", (thread_id,)).fetchone()
        return _read(thread_id, row[0]) if row else None

    def put(self, thread: Thread) -> None:
        """Keep a thread and count its time to live anew."""
        self.expire()
        body = json.dumps({k: v for k, v in asdict(_trim(thread)).items() if k != "id"})
        self._db.execute("INSERT OR REPLACE INTO threads VALUES (?, ?, ?)", (thread.id, self._clock(), body))

    def delete(self, thread_id: str) -> bool:
        """Forget a thread: its row is overwritten."""
        return self._db.execute("DELETE FROM threads WHERE id = ?", (thread_id,)).rowcount > 0

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def expire(self) -> None:
        """Forget what was not used for the time to live."""
        self._db.execute("DELETE FROM threads WHERE touched < ?", (self._clock() - self._ttl_s,))


def _trim(thread: Thread) -> Thread:
    return thread if len(thread.turns) <= MAX_TURNS else Thread(thread.id, thread.turns[-MAX_TURNS:], thread.facts)


def _read(thread_id: str, body: str) -> Thread:
    row = json.loads(body)
    turns = tuple(Turn(t["message"], t["answer"], Outcome(t["outcome"]), tuple(t["passage_ids"])) for t in row["turns"])
    stage, crisis = row["facts"]["stage"], row["facts"]["crisis"]
    told = {
        "stage": Stage(stage) if stage else None,
        # One kind, or "", in a file from before several were kept: nobody's talk may break in the middle of a crisis.
        "crisis": tuple(filter(None, [crisis] if isinstance(crisis, str) else crisis)),
    }
    return Thread(thread_id, turns, Facts(**{**row["facts"], **told}))
