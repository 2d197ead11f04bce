"""One ingest at a time for one store. The operating system holds the lock, so it goes when the process goes, even killed.

For a folder the lock lies in it; for a server in this machine's temporary folder, so it does not reach other machines.
There the switch itself is the guard: it is one write, and an index that another ingest swept cannot be switched to.
"""

from __future__ import annotations

import hashlib
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from ingest.errors import Busy


@contextmanager
def only_one(store: str) -> Iterator[None]:
    """Hold the lock of a store; Busy where another process holds it."""
    path = _path(store)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as file:
        if not _take(file):
            raise Busy(f"another ingest is writing to {store}; wait until it has ended, then run this again")
        yield


def _path(store: str) -> Path:
    if store.startswith(("http://", "https://")):
        name = hashlib.sha256(store.rstrip("/").encode()).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"breakup-coach-ingest-{name}.lock"
    return Path(store) / ".ingest.lock"


def _take(file: IO[bytes]) -> bool:
    """Lock an open file without waiting; closing it lets go."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
