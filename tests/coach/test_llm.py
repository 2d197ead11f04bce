"""The door to language models: what a provider refuses or leaves out never ends a turn, and nothing stands between."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from coach.engine import Engine
from coach.errors import Misconfigured, Unavailable
from coach.llm import LangChainModel, make
from coach.prompt import ChatMessage
from coach.settings import CoachSettings

ASKED = (ChatMessage("user", "Does it hold?"),)


@pytest.fixture(autouse=True)
def _no_keys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No key, proxy or .env of whoever runs the tests."""
    monkeypatch.chdir(tmp_path)
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_PROXY", "NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)


class Answering(http.server.ThreadingHTTPServer):
    """An OpenAI-compatible server that says Yes, with the log probabilities it is given."""

    def __init__(self) -> None:
        self.logprobs: Any = None
        super().__init__(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self.server_port}/v1"

    def _handler(self) -> type[http.server.BaseHTTPRequestHandler]:
        server = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                message = {"role": "assistant", "content": "Yes"}
                choice = {"index": 0, "finish_reason": "stop", "message": message, "logprobs": server.logprobs}
                told = {"id": "a", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]}
                body = json.dumps(told).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        return Handler


@pytest.fixture
def server() -> Iterator[Answering]:
    with Answering() as one:
        threading.Thread(target=one.serve_forever, args=(0.01,), daemon=True).start()
        yield one
        one.shutdown()


@pytest.mark.parametrize("name", ["openai:gpt-5-mini", "anthropic:claude", "nobody:knows"])
def test_a_provider_that_cannot_be_used_ends_the_start(name: str) -> None:
    """Without its key, without its package, not known: the setting is named, and no turn has to find out."""
    with pytest.raises(Misconfigured, match=f"COACH_MODEL={name}"):
        make(CoachSettings(model=name))


async def test_a_provider_that_fails_later_is_unavailable() -> None:
    """Whatever its client raises when it is made: the lines stand."""
    with pytest.raises(Unavailable):
        await LangChainModel("nobody:knows").write(ASKED, 8)


@pytest.mark.parametrize(
    "logprobs",
    [
        None,
        {"content": None},
        {"content": [{"token": "Yes", "bytes": None, "logprob": 0.0, "top_logprobs": None}]},
        {"content": [{"token": "Yes", "logprob": 0.0, "top_logprobs": [{"token": "Yes", "logprob": None}]}]},
        {"content": [{"token": "Yes", "logprob": 0.0, "top_logprobs": []}]},
    ],
    ids=["none", "no-content", "no-candidates", "no-number", "empty"],
)
async def test_without_probabilities_the_word_counts(server: Answering, logprobs: Any) -> None:
    """A server may leave them out, or send null at any place."""
    server.logprobs = logprobs
    model = LangChainModel("openai:m", server.url)

    assert await model.p_yes(ASKED) == 1.0
    await model.close()


async def test_probabilities_are_read_of_yes_and_no_alone(server: Answering) -> None:
    """In any spelling, and relative to each other."""
    top = [{"token": t, "bytes": None, "logprob": -1.0} for t in (" yes", "YES", "No", "Maybe")]
    server.logprobs = {"content": [{"token": "Yes", "bytes": None, "logprob": -1.0, "top_logprobs": top}]}
    model = LangChainModel("openai:m", server.url)

    assert await model.p_yes(ASKED) == pytest.approx(2 / 3)
    await model.close()


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "ALL_PROXY", "OPENAI_PROXY"])
@pytest.mark.parametrize("is_embedded", [True, False])
async def test_no_proxy_sees_what_stays_on_this_machine(
    server: Answering, variable: str, is_embedded: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The engine, and a server of one's own, are asked directly, whatever the environment names."""
    monkeypatch.setenv(variable, "http://127.0.0.1:9")
    engine = Engine(Path("model.gguf")) if is_embedded else None
    if engine:
        engine.url = server.url
    model = LangChainModel("openai:m", "" if engine else server.url, engine=engine)

    assert await model.write(ASKED, 8) == "Yes"
    await model.close()
