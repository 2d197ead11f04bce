"""A running service is judged over HTTP as its users meet it, and what is none is named."""

import json

import httpx
import pytest
from evals_wire import answer, sentence

from evals.errors import BadInput
from evals.figures import Task
from evals.retrieval import Retrieval
from evals.samples import Question
from evals.service import Service

PROTOCOL = {"model": {"name": "none"}, "corpus": {"corpus_digest": "c"}, "embedder": {"name": "e"}, "prompts": {}}


def service(**replies):
    """Return a service that gives these replies by path, and the requests that it got."""
    asked = []

    def reply(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return replies.get(request.url.path, httpx.Response(204))

    client = httpx.AsyncClient(base_url="http://coach", transport=httpx.MockTransport(reply))
    return Service("http://coach", client=client), asked


def told(*sentences):
    """Return a turn as its stream of events."""
    return httpx.Response(200, text=f"event: answer\ndata: {json.dumps(answer(*sentences))}\n\n")


async def test_a_talk_stays_in_its_thread_and_is_forgotten():
    """The second message names the thread of the first; at the end it is deleted."""
    judged, asked = service(**{"/v1/chat": told(sentence("Rest."))})

    exchanges = await judged.talk(["one", "two"], "GB")

    assert [e.text for e in exchanges] == ["Rest.", "Rest."]
    assert json.loads(asked[1].content) == {"message": "two", "thread_id": "th", "region": "GB"}
    assert (asked[-1].method, asked[-1].url.path) == ("DELETE", "/v1/threads/th")


@pytest.mark.parametrize(
    ("reply", "says"),
    [
        (httpx.Response(401), "--key"),
        (httpx.Response(500), "is no coach"),
        (httpx.Response(200, text="hello"), "is no coach"),
        (httpx.Response(200, json={}), "is no coach"),
    ],
)
async def test_what_is_no_coach_is_named(reply, says):
    """A key that is missing is not a service that is missing."""
    with pytest.raises(BadInput, match=says):
        await service(**{"/v1/protocol": reply})[0].about()


async def test_a_service_says_what_it_runs_on():
    """Model, corpus, embedder and prompts."""
    judged, _ = service(**{"/v1/protocol": httpx.Response(200, json=PROTOCOL)})

    assert (await judged.about())["model"] == "none"


def test_an_address_that_is_none_is_refused():
    """Before anything is asked."""
    with pytest.raises(BadInput, match="not an address"):
        Service("http://coach:port")


async def test_manipulative_passages_are_not_ranked():
    """Search shows them; a turn never uses them, and neither does search in process."""
    rows = [
        {"article": "a", "section": name, "label": label}
        for name, label in (("x", "manipulative"), ("step-1", "sound"))
    ]
    judged, _ = service(**{"/v1/search": httpx.Response(200, json={"results": rows}), "/v1/chat": told()})
    sample = Question(id="q", question="why", sections=("a#step-1",))

    result = await Retrieval(asked=[sample]).judge(Task("retrieval", "question", "q", sample), judged)

    assert result.scores["ways"]["fused"]["rank"] == 1
