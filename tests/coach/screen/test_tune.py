"""What tuning learns from, without learning: which messages are drawn, and how often."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from coach.__main__ import main
from coach.screen import learnt, tune
from coach.screen.guardrails import LEARNED
from coach.screen.tune import MESSAGE_EPOCHS, OTHERS, Task


def a_task(n: int, subjects: tuple[str, ...] = ()) -> Task:
    return Task(tuple((f"message {i}",) for i in range(n)), ("abuse",), np.zeros((n, 1)), (True,) * n, subjects)


def drawn(messages: Task, subjects: tuple[str, ...]) -> Counter[int]:
    """Count how often each message is drawn."""
    steps = tune._steps(a_task(600), messages, subjects, random.Random(1))
    return Counter(i for task, batch in steps if task is messages for i in batch)


def test_all_messages_are_learnt_alike_where_no_subject_is_named() -> None:
    """Each in every epoch."""
    assert set(drawn(a_task(500), ()).values()) == {MESSAGE_EPOCHS}


def test_what_was_added_is_learnt_in_full_and_of_the_rest_a_part() -> None:
    """So that a few new messages cost a quarter of the time, and the others are not forgotten."""
    messages = a_task(500, ("plain",) * 100 + ("abuse",) * 400)
    counts = drawn(messages, ("plain",))

    assert [counts[i] for i in range(100)] == [MESSAGE_EPOCHS] * 100
    assert {counts[i] for i in range(100, 500)} == {0, 1}
    assert sum(counts[i] for i in range(100, 500)) == pytest.approx(400 * OTHERS, abs=tune.MESSAGE_BATCH)


def test_a_subject_that_no_file_has_is_named_and_nothing_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    """Said before any weights are loaded."""
    before = learnt.FILE.stat().st_mtime_ns

    assert main(["tune", "plain", "no-such"]) == 2
    assert "no messages on no-such" in capsys.readouterr().err
    assert learnt.FILE.stat().st_mtime_ns == before


def test_tuning_without_its_file_says_what_to_do(tmp_path: Path) -> None:
    """Before an hour of work."""
    with pytest.raises(Exception, match="missing or damaged"):
        tune.tune(LEARNED, (), tmp_path / "learnt.npz")
