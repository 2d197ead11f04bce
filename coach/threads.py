"""Where threads are kept: in memory by default, or in one SQLite file. Forgetting is at once and whole.

Own code instead of a LangGraph checkpointer, because a checkpointer keeps every step of every turn and leaves deleted
bytes in its file; here a thread is one row, and deletion overwrites it (`secure_delete`). What expired is dropped at every
read, at the start and once a minute (`app.py`): a talk is forgotten also where nobody talks.
See `docs/decisions/0003-threads.md`.
"""

from __future__ import annotations

import json
import logging
import secrets
import sqlite3
import time
from collections.abc import Callable
from dataclasses import asdict, fields
from pathlib import Path
from typing import Protocol

from coach.errors import Misconfigured
from coach.thread import Facts, Outcome, Thread, Turn
from corpus.passage import Stage

log = logging.getLogger(__name__)

Clock = Callable[[], float]
BUSY_S = 1.0  # that a file locked by somebody else is waited for: she may be in danger now
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
    """Threads in one file, readable by its owner only.

    A file that fails while it serves (a full disk, a lock) costs nobody an answer: what cannot be written is kept in memory,
    and a thread that cannot be read begins anew. Only forgetting says so, since who asks for that has to know.
    """

    def __init__(self, path: Path, ttl_s: float, clock: Clock = time.time):
        self._ttl_s, self._clock = ttl_s, clock
        self._unwritten = MemoryThreads(ttl_s, clock)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)
            self._db = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
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
        if unwritten := self._unwritten.get(thread_id):
            return unwritten
        self._try_to_expire()
        try:
            row = self._db.execute(
                "SELECT body FROM threads WHERE id = ? AND touched >= ?", (thread_id, self._oldest())
            ).fetchone()
            return _read(thread_id, row[0]) if row else None
        except (sqlite3.Error, ValueError, KeyError, TypeError) as error:
            log.error("a thread could not be read and begins anew: %s", type(error).__name__)
            return Thread(thread_id)

    def put(self, thread: Thread) -> None:
        """Keep a thread and count its time to live anew."""
        self._try_to_expire()
        body = json.dumps({k: v for k, v in asdict(_trim(thread)).items() if k != "id"})
        try:
            self._db.execute("INSERT OR REPLACE INTO threads VALUES (?, ?, ?)", (thread.id, self._clock(), body))
        except sqlite3.Error as error:
            log.error("a thread could not be written and is kept in memory: %s", type(error).__name__)
            self._unwritten.put(thread)
        else:
            self._unwritten.delete(thread.id)

    def delete(self, thread_id: str) -> bool:
        """Forget a thread: its row is overwritten."""
        was_unwritten = self._unwritten.delete(thread_id)
        return self._db.execute("DELETE FROM threads WHERE id = ?", (thread_id,)).rowcount > 0 or was_unwritten

    def close(self) -> None:
        """Close the file."""
        self._unwritten.close()
        self._db.close()

    def expire(self) -> None:
        """Forget what was not used for the time to live."""
        self._unwritten.expire()
        self._db.execute("DELETE FROM threads WHERE touched < ?", (self._oldest(),))

    def _try_to_expire(self) -> None:
        try:
            self.expire()
        except sqlite3.Error as error:
            log.error("talks whose time is over could not be forgotten: %s", type(error).__name__)

    def _oldest(self) -> float:
        return self._clock() - self._ttl_s


def _trim(thread: Thread) -> Thread:
    return thread if len(thread.turns) <= MAX_TURNS else Thread(thread.id, thread.turns[-MAX_TURNS:], thread.facts)


def _read(thread_id: str, body: str) -> Thread:
    row = json.loads(body)
    turns = tuple(Turn(t["message"], t["answer"], Outcome(t["outcome"]), tuple(t["passage_ids"])) for t in row["turns"])
    known = {field.name for field in fields(Facts)}  # another version's facts may be more, or fewer
    facts = {name: value for name, value in row["facts"].items() if name in known}
    stage, crisis = facts.get("stage"), facts.get("crisis", ())
    told = {
        "stage": Stage(stage) if stage else None,
        # One kind, or "", in a file from before several were kept: nobody's talk may break in the middle of a crisis.
        "crisis": tuple(filter(None, [crisis] if isinstance(crisis, str) else crisis)),
    }
    return Thread(thread_id, turns, Facts(**{**facts, **told}))
