"""The compose file's own commands as plain processes: Chroma's server, ingest, service and page, each where the file says.

Names of services become loopback addresses; the rest of each command and environment is the file's. What this cannot show
(images, networks, volumes) is listed in `docs/deployment.md`.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import compose_file
import httpx
import pytest

pytestmark = [pytest.mark.server, pytest.mark.weights]

ARTICLE = compose_file.ROOT / "corpus/articles/02-twelve-steps.md"  # one is enough, and embedded in seconds
CHROMA_PORT = "8000"  # in its container
KEY = "a-long-random-word"
START_S = 300  # for a machine that does much else at the same time


@contextmanager
def process(command: list[str], environment: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as out:
        running = subprocess.Popen(command, env=os.environ | environment, stdout=out, stderr=subprocess.STDOUT)
    try:
        yield running
    finally:
        running.terminate()
        try:
            running.wait(20)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()


def http(url: str, key: str = "") -> httpx.Client:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    return httpx.Client(base_url=url, headers=headers, timeout=120, trust_env=False)


def up(running: subprocess.Popen[bytes], url: str, log: Path) -> httpx.Response:
    """Return the first answer of a server that is starting; fail with its log if it ends or takes too long."""
    for _ in range(START_S * 5):
        try:
            return httpx.get(url, timeout=60, trust_env=False)
        except httpx.ConnectError:
            with suppress(subprocess.TimeoutExpired):
                running.wait(0.2)
                break
    pytest.fail(f"{url} did not come up: {log.read_text()}")


def free_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


class Stack:
    """The services of the compose file with their names turned into loopback ports."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.ports = {name: free_port() for name in ("chroma", "coach", "ui")}
        self.services = compose_file.services({"COACH_KEY": KEY, "COACH_MODEL": "none"})

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.ports[name]}"

    def command(self, name: str) -> list[str]:
        words: list[str] = self.services[name]["command"]
        return [re.sub(r"\bpython\b", sys.executable, word) for word in words]  # the image's python is this one

    def environment(self, name: str) -> dict[str, str]:
        here: dict[str, str] = dict(self.services[name]["environment"])
        for variable, value in here.items():
            for other, port in (("chroma", "8000"), ("coach", "8000")):
                value = value.replace(f"http://{other}:{port}", self.url(other))
            here[variable] = value.replace("0.0.0.0", "127.0.0.1")
        return here | {"COACH_PORT": self.ports["coach"], "UI_PORT": self.ports["ui"]}


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    made = Stack(tmp_path_factory.mktemp("compose"))
    chroma = str(Path(sys.executable).with_name("chroma"))
    log = made.folder / "chroma.log"
    command = [
        chroma,
        "run",
        "--host",
        "127.0.0.1",
        "--port",
        made.ports["chroma"],
        "--path",
        str(made.folder / "data"),
    ]
    with process(command, {}, log) as server:
        up(server, f"{made.url('chroma')}/api/v2/heartbeat", log).raise_for_status()
        yield made


@pytest.fixture(scope="module")
def ingested(stack: Stack) -> Stack:
    articles = stack.folder / "articles"
    articles.mkdir()
    shutil.copy(ARTICLE, articles)
    environment = stack.environment("ingest") | {"CORPUS_ARTICLES": str(articles)}
    with process(stack.command("ingest"), environment, stack.folder / "ingest.log") as ingest:
        assert ingest.wait(300) == 0, (stack.folder / "ingest.log").read_text()
    return stack


@pytest.fixture(scope="module")
def coach(ingested: Stack) -> Iterator[httpx.Client]:
    log = ingested.folder / "coach.log"
    with process(ingested.command("coach"), ingested.environment("coach"), log) as server:
        up(server, f"{ingested.url('coach')}/health/live", log).raise_for_status()
        with http(ingested.url("coach"), KEY) as client:
            yield client


def health_check(stack: Stack, name: str, port: str) -> int:
    test: list[Any] = stack.services[name]["healthcheck"]["test"][1:]
    here = [sys.executable if word == "python" else word.replace(port, stack.ports[name]) for word in test]
    return subprocess.run(here, check=False, timeout=60, capture_output=True).returncode


def test_health_check_of_chroma_tells_a_server_from_none(stack: Stack) -> None:
    """The check that the file gives Chroma, a socket opened by bash, passes on a live server and fails where none is."""
    passed = health_check(stack, "chroma", CHROMA_PORT)
    stack.ports["chroma"], kept = free_port(), stack.ports["chroma"]
    failed = health_check(stack, "chroma", CHROMA_PORT)
    stack.ports["chroma"] = kept

    assert (passed, failed != 0) == (0, True)


def test_coach_answers_from_the_server_with_its_key(coach: httpx.Client) -> None:
    """Ingested into Chroma's server, the corpus is cited by a service that has no file of it."""
    answer = coach.post("/v1/chat", json={"message": "Should I give him space? I text him every hour."}).json()

    assert answer["outcome"] == "answered"
    cited = [c["passage_id"] for s in answer["sentences"] for c in s["citations"]]
    assert cited
    assert all(passage.startswith("02-twelve-steps#") for passage in cited)


def test_coach_refuses_without_the_key(coach: httpx.Client) -> None:
    """Off loopback nobody is served who does not have the key, whatever name they call it by."""
    answer = coach.post("/v1/chat", json={"message": "hello"}, headers={"Authorization": "Bearer another"})

    assert answer.status_code == 401


def test_coach_answers_to_its_service_name(coach: httpx.Client) -> None:
    """The page calls the service by its name in the file, which the service has been told to accept."""
    own = coach.get("/health/ready", headers={"Host": "coach:8000"})
    foreign = coach.get("/health/ready", headers={"Host": "elsewhere.example"})

    assert (own.status_code, foreign.status_code) == (200, 403)


def test_health_check_of_the_service_passes(ingested: Stack, coach: httpx.Client) -> None:
    """The check that the file gives the service needs no key."""
    assert health_check(ingested, "coach", "8000") == 0


def test_page_is_served_before_the_service(ingested: Stack, coach: httpx.Client) -> None:
    """The page starts with the file's settings, and its own health check passes."""
    log = ingested.folder / "ui.log"
    with process(ingested.command("ui"), ingested.environment("ui"), log) as page:
        assert up(page, ingested.url("ui"), log).status_code == 200
        assert health_check(ingested, "ui", "7860") == 0
