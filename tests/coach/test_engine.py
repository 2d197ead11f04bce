"""The engine's keeper with a child of our own, and the real engine once."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from coach import engine as engines
from coach import prompt
from coach.engine import Engine
from coach.errors import Unavailable
from coach.llm import ChatModel, LangChainModel, make
from coach.settings import CoachSettings

pytestmark = pytest.mark.filterwarnings("error")
# Each child takes its orders, says where it is, and lives until its input closes.
LIVES = "import sys; sys.stdin.readline(); print('http://127.0.0.1:1/v1', flush=True); sys.stdin.read()"
DIES = "import sys; sys.stdin.readline(); print('http://127.0.0.1:1/v1', flush=True)"
MUTE = "import sys; sys.stdin.readline(); sys.stdin.read()"
FAILS = "import sys; sys.exit(4)"
FREED_WITHIN_S = 2.0  # llama.cpp looks once a second whether its client is there, and not within a batch


@pytest.fixture
async def keep() -> AsyncIterator[object]:
    """The function that starts an engine with a child of ours; ended with the test."""
    started: list[Engine] = []

    def start(child: str, warm_up: Callable[[], Awaitable[None]] | None = None) -> Engine:
        engine = Engine(Path("model.gguf"), command=(sys.executable, "-I", "-S", "-c", child))
        engine.start(warm_up)
        started.append(engine)
        return engine

    yield start
    for engine in started:
        await engine.stop()


async def until(engine: Engine, n_starts: int) -> None:
    """Wait until the engine has been started so often."""
    async with asyncio.timeout(30):
        while engine.n_starts < n_starts:  # noqa: ASYNC110 - the keeper has no event for "once more"
            await asyncio.sleep(0.01)


async def test_a_child_that_lives_is_ready(keep: object) -> None:
    """It says where it listens."""
    engine = keep(LIVES)  # type: ignore[operator]

    assert await engine.ready(30) == "http://127.0.0.1:1/v1"
    assert engine.pid is not None


async def test_a_child_that_dies_is_started_again(keep: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """As often as it dies."""
    monkeypatch.setattr(engines, "RESTART_AFTER_S", (0.0,))
    engine = keep(DIES)  # type: ignore[operator]

    await until(engine, 3)


async def test_a_child_that_is_killed_comes_back(keep: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """As another process, under the same key."""
    monkeypatch.setattr(engines, "RESTART_AFTER_S", (0.0,))
    engine = keep(LIVES)  # type: ignore[operator]
    await engine.ready(30)
    former, key = engine.pid, engine.key
    os.kill(former, signal.SIGKILL)
    await until(engine, 2)
    await engine.ready(30)

    assert engine.pid not in (None, former)
    assert engine.key == key


async def test_a_cold_engine_is_not_ready(keep: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """It listens while it warms up, so that the warm-up can ask it; nobody else does. Each life is warmed."""
    monkeypatch.setattr(engines, "RESTART_AFTER_S", (0.0,))
    is_asked, may_end, n_warmed = asyncio.Event(), asyncio.Event(), 0

    async def warm_up() -> None:
        nonlocal n_warmed
        n_warmed += 1
        is_asked.set()
        await may_end.wait()

    engine = keep(LIVES, warm_up)  # type: ignore[operator]
    model = LangChainModel("openai:m", engine=engine)
    await asyncio.wait_for(is_asked.wait(), 30)
    assert engine.url is not None
    assert not model.is_up
    may_end.set()
    await engine.ready(30)
    assert model.is_up
    os.kill(engine.pid, signal.SIGKILL)
    await until(engine, 2)
    await engine.ready(30)

    assert n_warmed == 2


async def test_a_warm_up_that_fails_costs_nothing(keep: object) -> None:
    """A slow engine is better than none."""

    async def warm_up() -> None:
        raise Unavailable("too late")

    engine = keep(LIVES, warm_up)  # type: ignore[operator]
    await engine.ready(30)

    assert engine.is_ready


async def test_a_child_that_never_answers_is_unavailable(keep: object) -> None:
    """Whoever waits is told after the time they gave it."""
    engine = keep(MUTE)  # type: ignore[operator]

    with pytest.raises(Unavailable, match="did not start"):
        await engine.ready(0.05)


async def test_a_child_that_fails_at_start_is_told_in_the_log(
    keep: object, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """With its exit code; nobody is told that it was ready."""
    monkeypatch.setattr(engines, "RESTART_AFTER_S", (0.0,))
    caplog.set_level(logging.WARNING)
    engine = keep(FAILS)  # type: ignore[operator]
    await until(engine, 2)

    assert engine.url is None
    assert "exit 4" in caplog.text


async def test_a_stopped_engine_leaves_no_process(keep: object) -> None:
    """The child's input closes, and it ends."""
    engine = keep(LIVES)  # type: ignore[operator]
    await engine.ready(30)
    pid = engine.pid
    await engine.stop()

    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def answered(model: ChatModel) -> str:
    """Ask until there is an answer: the promise is that it comes back, not that no call is lost meanwhile."""
    async with asyncio.timeout(240):
        while True:
            with contextlib.suppress(Unavailable):
                return await model.write(prompt.load("heard").fill(message="my cat ran away on friday"), 8)
            await asyncio.sleep(0.5)


@pytest.mark.weights
async def test_the_real_engine_judges_writes_and_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """A probability, a text; killed by `kill -9` it is started again and answers again."""
    monkeypatch.setattr(engines, "RESTART_AFTER_S", (0.0,))
    model, engine = make(CoachSettings(model="embedded", model_timeout_s=120))
    assert model and engine
    engine.start()
    try:
        await engine.ready(120)
        asked = prompt.load("verify")
        yes = await model.p_yes(asked.fill(evidence="Write to him in May.", claim="Write to him in May."))
        no = await model.p_yes(asked.fill(evidence="Write to him in May.", claim="Never write to him again."))
        assert 0 <= no < 0.5 < yes <= 1
        former = engine.pid
        assert former
        os.kill(former, signal.SIGKILL)
        await until(engine, 2)
        await engine.ready(120)
        assert await answered(model)
        assert engine.pid not in (None, former)
    finally:
        await model.close()
        await engine.stop()


def worked_s(pid: int) -> float:
    """Return the processor time that a process has taken."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@pytest.mark.weights
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads the processor time of a process from /proc")
async def test_who_hangs_up_frees_the_real_engine() -> None:
    """A call that is given up, be it while its prompt is read or while it is written, is soon worked on no more."""
    model, engine = make(CoachSettings(model="embedded", model_timeout_s=120))
    assert model and engine
    engine.start()
    told = "We were together for six years, moved for his work twice, and now he needs to find himself, he says. " * 6
    try:
        await engine.ready(120)
        assert engine.pid
        for n, taken_s in enumerate((1.0, 12.0)):
            asked = prompt.load("reply").fill(passages=f"{n}. {told}", before="", message=told)
            before = worked_s(engine.pid)
            call = asyncio.create_task(model.write(asked, 2000))
            async with asyncio.timeout(60):
                while worked_s(engine.pid) - before < taken_s:  # noqa: ASYNC110 - at work, and it has not answered
                    await asyncio.sleep(0.05)
            assert not call.done()

            call.cancel()
            await asyncio.gather(call, return_exceptions=True)
            await asyncio.sleep(FREED_WITHIN_S)
            before = worked_s(engine.pid)
            await asyncio.sleep(1)
            assert worked_s(engine.pid) - before < 0.2
    finally:
        await model.close()
        await engine.stop()
