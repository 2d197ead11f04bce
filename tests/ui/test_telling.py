"""What "how this works" and the status line say of where words go and what is wrong."""

from __future__ import annotations

import httpx
import pytest
from scripted_service import Scripted, create_app

from ui.client import Service
from ui.routes import told_status
from ui.telling import protocol
from ui.words import words


def service_of(scripted: Scripted) -> Service:
    return Service("http://127.0.0.1", transport=httpx.ASGITransport(create_app(scripted)))


@pytest.mark.parametrize(
    ("told", "said", "unsaid"),
    [
        ({}, "local", ("hosted", "traced")),
        ({"is_hosted": True}, "hosted", ("local", "traced")),
        ({"is_traced": True}, "traced", ("local", "hosted")),
    ],
)
async def test_how_says_whether_words_leave_the_machine(told: dict[str, bool], said: str, unsaid: tuple[str, ...]):
    """A hosted model and a tracing service are both named, and "no words leave" is said only where neither is there."""
    html = await protocol(service_of(Scripted(protocol=told)), "US")

    assert words("how")[said] in html
    assert not any(words("how")[other] in html for other in unsaid)


async def test_how_says_that_talks_are_kept_in_a_file():
    """Where whoever runs the coach keeps talks in a file, it does not say that nothing is on disk."""
    keeps = {"keeps": {"threads": "threads.sqlite", "thread_ttl_s": 7200, "feedback": True}}
    html = await protocol(service_of(Scripted(protocol=keeps)), "US")

    assert "in a file, for at most 2 hours" in html
    assert words("how")["ratings_kept"] in html


@pytest.mark.parametrize("status", ["ok", "degraded", "not ready"])
async def test_the_status_line_always_says_where_words_go(status: str):
    """Whatever else is to be said, a hosted model and a tracing service stand first."""
    scripted = Scripted()
    scripted.ready |= {"status": status, "is_hosted": True, "is_traced": True, "model": "openai:big"}
    told = (await told_status(service_of(scripted)))["told"]

    assert told.startswith("What you write is sent over the internet")
    assert "LangSmith" in told


async def test_what_is_broken_is_not_called_starting():
    """A missing index does not come by waiting."""
    scripted = Scripted()
    scripted.ready |= {"status": "not ready", "missing": ["index"]}
    told = (await told_status(service_of(scripted)))["told"]

    assert "its articles" in told
    assert "starting" not in told
