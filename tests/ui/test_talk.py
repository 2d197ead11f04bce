"""A turn as parts: their order, what waits for what, and what happens when a thread or the service is gone."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import httpx
import pytest
from scripted_service import ABUSE_LINE, Scripted, create_app, script

from ui import talk as talks
from ui.check import reviewed
from ui.client import Away, Forgotten, Service
from ui.talk import Talk


def service_of(scripted: Scripted) -> Service:
    return Service("http://127.0.0.1", transport=httpx.ASGITransport(create_app(scripted)))


def answering(respond: Any) -> Service:
    return Service("http://127.0.0.1", transport=httpx.MockTransport(respond))


async def told(scripted: Scripted, message: str, talk: Talk | None = None) -> list[dict[str, Any]]:
    return [state async for state in talks.turn(service_of(scripted), talk or Talk(), "t1", message, "US")]


def slots(state: dict[str, Any]) -> list[str]:
    return [part["slot"] for part in state["parts"]]


async def test_sources_are_there_before_the_first_sentence():
    """The passages are put before anything is said."""
    state = (await told(Scripted(), "he left"))[-1]

    assert slots(state)[:3] == ["strip", "cards", "said"]


async def test_every_state_begins_with_the_one_before():
    """A part that was put is never changed or taken back."""
    states = [state["parts"] for state in await told(Scripted(), "how long")]

    assert all(after[: len(before)] == before for before, after in pairwise(states))


async def test_a_caveat_stands_before_the_answer_with_who_helps():
    """An abuse caveat is the first part and holds the referral."""
    state = (await told(Scripted(), "my wrists"))[-1]

    assert slots(state)[0] == "caveats"
    assert ABUSE_LINE["name"] in state["parts"][0]["html"]


async def test_a_caveat_that_cites_has_markers():
    """A contested caveat waits for its passages and then points at them."""
    state = (await told(Scripted(), "how long"))[-1]
    caveat = next(part["html"] for part in state["parts"] if part["slot"] == "caveats")

    assert 'data-source="t1-p1"' in caveat
    assert slots(state).index("caveats") < slots(state).index("said")


async def test_a_cited_quote_is_marked_in_its_passage():
    """The exact quote of a sentence is marked in its source, and nothing else is."""
    events = dict(script("he left"))
    quote = events["answer"]["sentences"][1]["citations"][0]["quote"]
    state = (await told(Scripted(), "he left"))[-1]
    marked = next(part["html"] for part in state["parts"] if part["slot"] == "t1-q1")

    assert f"<mark>{quote.replace(chr(39), '&#x27;')}</mark>" in marked
    assert marked.count("<mark>") == 1


async def test_help_in_a_crisis_stands_among_the_first_words():
    """Two sentences, then the numbers, then the rest; no passage anywhere."""
    state = (await told(Scripted(), "pills"))[-1]
    said = [part["html"] for part in state["parts"] if part["slot"] == "said"]

    assert ["referrals" in html for html in said] == [False, False, True, False]
    assert "cards" not in slots(state)


async def test_a_forgotten_thread_is_begun_anew_with_all_that_was_told():
    """When the service no longer knows the thread, what she told before goes along."""
    scripted = Scripted()
    states = await told(scripted, "what now", Talk("gone", ("he grabbed me",)))

    assert scripted.asked[-1]["history"] == [{"role": "user", "content": "he grabbed me"}]
    assert states[-1]["thread_id"] in scripted.known


async def test_a_check_in_a_forgotten_thread_hears_all_that_was_told():
    """A thread that expired, or a service that was restarted, does not hide what she told from the check."""
    scripted = Scripted()
    review = await reviewed(service_of(scripted), "Hey", Talk("gone", ("he told me to stop",)), "US", "")

    assert scripted.asked[-1]["history"] == [{"role": "user", "content": "he told me to stop"}]
    assert "Nothing in it stands out" in review


async def test_the_thread_of_a_turn_that_broke_off_is_forgotten():
    """The service does not have the message of a turn that did not end, so nothing may go on in its thread."""
    scripted = Scripted()
    states = await told(scripted, "send an error, he hit me")

    assert states[-1]["phase"] == "broken"
    assert scripted.forgotten == [scripted.thread(1)]


def test_a_talk_is_read_from_what_came_along():
    """A tab's word is taken for what it is: other shapes are left out."""
    assert Talk.of({"thread_id": "a", "told": ["x", 1, None]}) == Talk("a", ("x",))
    assert Talk.of({"thread_id": "", "told": "x"}) == Talk()


async def test_words_that_end_lines_do_not_end_events():
    """U+2028 and its like inside a sentence reach the page whole."""
    sentence = {"id": 1, "text": "a\u2028b\x85c", "source": "line", "citations": []}

    def respond(request: httpx.Request) -> httpx.Response:
        body = f"event: sentence\ndata: {json.dumps(sentence, ensure_ascii=False)}\n\n"
        return httpx.Response(200, text=body, headers={"content-type": "text/event-stream"})

    events = [event async for event in answering(respond).turn("x", None, "US", [])]

    assert events[0].data["text"] == "a\u2028b\x85c"


@pytest.mark.parametrize(("status", "error"), [(404, Forgotten), (500, Away)])
async def test_a_status_says_what_to_do(status: int, error: type[Exception]):
    """404 means begin anew, 500 means that it is away."""
    service = answering(lambda request: httpx.Response(status, json={"detail": "x"}))

    with pytest.raises(error):
        [event async for event in service.turn("x", "thread", "US", [])]


async def test_a_busy_service_is_said_to_be_busy():
    """503 is told as busy, with the way to ask again, and nothing is lost."""
    state = (await told(Scripted(is_busy=True), "he left"))[-1]

    assert "busy" in state["parts"][-1]["html"]
    assert "Ask again" in state["parts"][-1]["html"]


async def test_a_kept_talk_is_shown_as_it_was():
    """A talk from the browser gives the same parts, and what cannot be read is left out."""
    state = (await told(Scripted(), "how long"))[-1]
    kept = {"turns": [{"key": "t1", "message": "how long", "answer": state["answer"]}, {"key": "<b>"}]}
    states = await talks.restored(service_of(Scripted()), kept)

    assert [sorted(slots(s)) for s in states] == [sorted(slots(state))]
