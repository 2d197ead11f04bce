"""Words do not go to LangSmith because a variable of another project asks for it."""

from __future__ import annotations

from collections.abc import Iterator

import langsmith
import pytest
from langchain_core.tracers.context import _tracing_v2_is_enabled
from langsmith.utils import get_env_var

from coach.llm import trace
from coach.settings import CoachSettings


@pytest.fixture(autouse=True)
def shell_of_another_project(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("LANGSMITH_TRACING", "true")
    get_env_var.cache_clear()  # it remembers the environment as it first saw it
    langsmith.configure(enabled=None)  # a service that another test started may have switched it off
    yield
    get_env_var.cache_clear()
    langsmith.configure(enabled=None)


def test_tracing_would_be_on_by_the_environment_alone() -> None:
    """What is switched off here is not off by itself."""
    assert _tracing_v2_is_enabled()


def test_tracing_is_off_though_the_environment_asks_for_it() -> None:
    """By default no turn is traced, whatever LANGSMITH_TRACING says."""
    trace(CoachSettings(_env_file=None).tracing)

    assert not _tracing_v2_is_enabled()


def test_tracing_is_on_where_this_coach_is_asked_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """COACH_TRACING is the one setting that turns it on."""
    monkeypatch.setenv("COACH_TRACING", "true")

    trace(CoachSettings(_env_file=None).tracing)

    assert _tracing_v2_is_enabled()
