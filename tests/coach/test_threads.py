"""Threads: kept as long as they are said to be, and gone to the last byte when they are forgotten."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from coach.errors import Misconfigured
from coach.thread import Facts, Outcome, Thread, Turn
from coach.threads import MAX_TURNS, SqliteThreads, ThreadStore, new_id, open_store
from corpus.passage import Stage

TURN = Turn("he left me, zanzibar", "Rest.", Outcome.ANSWERED, ("walks#sleep/1",))
THREAD = Thread(
    "a", (TURN,), Facts(("suicide", "danger_now"), 2, abuse=True, no="said", stage=Stage.SILENCE, pronoun="she")
)


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["memory", "threads.sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> ThreadStore:
    location = request.param if request.param == "memory" else str(tmp_path / request.param)
    threads = open_store(location, 60, clock)
    if isinstance(threads, SqliteThreads):
        request.addfinalizer(threads.close)
    return threads


def test_a_thread_comes_back_as_it_was(store: ThreadStore) -> None:
    """Turns, outcomes, passages and every fact."""
    store.put(THREAD)

    assert store.get("a") == THREAD
    assert store.get("b") is None


def test_a_thread_expires_after_its_last_turn(store: ThreadStore, clock: Clock) -> None:
    """Each turn counts the time anew."""
    store.put(THREAD)
    clock.now += 59
    store.put(THREAD)
    clock.now += 59
    assert store.get("a") == THREAD
    clock.now += 2
    assert store.get("a") is None


def test_a_thread_expires_though_nobody_talks(store: ThreadStore, clock: Clock) -> None:
    """By the service's own clock, and no earlier than its time."""
    store.put(THREAD)
    clock.now += 59
    store.put(Thread("b"))
    clock.now += 2
    store.expire()
    clock.now -= 2  # a read would drop what has expired too: at this time it drops nothing

    assert store.get("a") is None
    assert store.get("b") == Thread("b")


def test_deleting_tells_whether_it_was_known(store: ThreadStore) -> None:
    """And leaves the others."""
    store.put(THREAD)
    store.put(Thread("b"))

    assert store.delete("a")
    assert not store.delete("a")
    assert store.get("b") == Thread("b")


def test_facts_outlive_the_oldest_turns(store: ThreadStore) -> None:
    """A very long thread loses its beginning, not what was told in it."""
    store.put(Thread("a", (TURN,) * (MAX_TURNS + 5), THREAD.facts))
    kept = store.get("a")

    assert kept is not None
    assert (len(kept.turns), kept.facts) == (MAX_TURNS, THREAD.facts)


@pytest.mark.parametrize("forget", ["delete", "expire", "overwrite"])
def test_forgotten_bytes_are_gone_from_the_file(tmp_path: Path, clock: Clock, forget: str) -> None:
    """Deleted, expired or replaced: no word of it is left in the folder."""
    threads = SqliteThreads(tmp_path / "t.sqlite", 60, clock)
    threads.put(Thread("a", (TURN,) * 200))  # larger than one page of the file
    assert b"zanzibar" in (tmp_path / "t.sqlite").read_bytes()
    if forget == "delete":
        threads.delete("a")
    elif forget == "overwrite":
        threads.put(Thread("a"))
    else:
        clock.now += 61
        threads.get("b")
    threads.close()

    assert all(b"zanzibar" not in path.read_bytes() for path in tmp_path.iterdir())


def test_threads_survive_a_restart(tmp_path: Path, clock: Clock) -> None:
    """In a file that only its owner may read."""
    path = tmp_path / "deep" / "t.sqlite"
    threads = SqliteThreads(path, 60, clock)
    threads.put(THREAD)
    threads.close()
    again = SqliteThreads(path, 60, clock)

    assert again.get("a") == THREAD
    assert path.stat().st_mode & 0o077 == 0
    again.close()


def test_a_talk_that_one_kind_of_crisis_was_kept_of_goes_on(tmp_path: Path, clock: Clock) -> None:
    """Who comes back after the service was renewed is still met as in a crisis."""
    path = tmp_path / "t.sqlite"
    threads = SqliteThreads(path, 60, clock)
    threads.put(Thread("a", (), Facts(("suicide",))))
    threads.close()
    with sqlite3.connect(path, isolation_level=None) as db:
        db.execute("""UPDATE threads SET body = replace(body, '["suicide"]', '"suicide"')""")
    db.close()
    again = SqliteThreads(path, 60, clock)
    kept = again.get("a")
    again.close()

    assert kept is not None and kept.facts.crisis == ("suicide",)


def test_opening_forgets_what_expired_while_the_service_was_away(tmp_path: Path, clock: Clock) -> None:
    """Nobody has to talk first."""
    path = tmp_path / "t.sqlite"
    threads = SqliteThreads(path, 60, clock)
    threads.put(THREAD)
    threads.close()
    clock.now += 61
    SqliteThreads(path, 60, clock).close()

    assert b"zanzibar" not in path.read_bytes()


def test_words_stand_in_no_file_beside_the_threads(tmp_path: Path, clock: Clock) -> None:
    """Also not while they are overwritten: a journal would keep the old ones, and is deleted without being overwritten."""
    threads = SqliteThreads(tmp_path / "t.sqlite", 60, clock)
    threads.put(THREAD)
    threads._db.execute("BEGIN")
    threads.delete("a")

    assert [path.name for path in tmp_path.iterdir()] == ["t.sqlite"]
    threads.close()


@pytest.mark.parametrize("location", ["postgresql://db", "/dev/null/t.sqlite"])
def test_a_place_that_cannot_be_used_is_named(location: str) -> None:
    """By its setting."""
    with pytest.raises(Misconfigured, match=f"COACH_THREADS={location}"):
        open_store(location, 60)


def test_what_a_full_disk_left_unwritten_is_forgotten_all_the_same(tmp_path: Path, clock: Clock) -> None:
    """It is kept in memory until it can be written; its time runs out there too, and whoever forgets it is told."""
    threads = SqliteThreads(tmp_path / "t.sqlite", 60, clock)
    threads._db.execute("PRAGMA query_only = ON")
    threads.put(THREAD)
    assert threads.get("a") == THREAD
    clock.now += 61
    assert threads.get("a") is None
    threads.put(THREAD)
    with pytest.raises(sqlite3.Error):
        threads.delete("a")
    assert threads.get("a") is None
    threads.put(THREAD)
    threads._db.execute("PRAGMA query_only = OFF")
    threads.put(THREAD)
    assert threads.delete("a")
    assert threads.get("a") is None
    threads.close()


@pytest.mark.parametrize(("more", "less"), [({"mood": 3}, ""), ({}, "minor_urgent"), ({}, "stage")])
def test_a_thread_of_another_version_is_read(tmp_path: Path, more: dict[str, int], less: str) -> None:
    """A fact that this version does not know is left out, one that is missing is as at the beginning."""
    threads = SqliteThreads(tmp_path / "t.sqlite", 60)
    threads.put(THREAD)
    body = json.loads(threads._db.execute("SELECT body FROM threads").fetchone()[0])
    body["facts"] = {name: value for name, value in (body["facts"] | more).items() if name != less}
    threads._db.execute("UPDATE threads SET body = ?", (json.dumps(body),))
    thread = threads.get("a")

    assert thread is not None and thread.facts.abuse and thread.turns == (TURN,)
    threads.close()


def test_ids_cannot_be_guessed() -> None:
    """192 bits, never the same."""
    ids: set[str] = {new_id() for _ in range(100)}

    assert len(ids) == 100
    assert all(len(i) == 32 for i in ids)
