"""`make run`: what stands in the way is said at once, and the settings are those that the processes read."""

from __future__ import annotations

import http.server
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from ui import __main__ as page
from ui import run
from ui.settings import RunSettings

ROOT = Path(__file__).parents[2]
ANSWERS = """
import http.server, os, sys

class Says(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass

http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ[PORT])), Says).serve_forever()
"""


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder without the .env of this machine."""
    monkeypatch.chdir(tmp_path)
    for name in ("COACH_PORT", "UI_PORT", "COACH_MODEL", "COACH_API_KEYS", "UI_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def test_a_busy_port_is_said_with_what_to_do(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        monkeypatch.setenv("COACH_PORT", str(taken.getsockname()[1]))

        assert run.main(["--check"]) == 1
    assert "COACH_PORT=" in capsys.readouterr().err


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """A machine with 1 MB of disk left; holds where that was asked."""
    asked: list[Path] = []

    class Usage:
        free = 1 << 20

    monkeypatch.setattr(run.shutil, "disk_usage", lambda place: asked.append(Path(place)) or Usage)
    return asked


def test_too_little_disk_for_the_weights_is_said_before_they_are_fetched(
    full_disk: list[Path], elsewhere: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("CORPUS_WEIGHTS", str(elsewhere / "not" / "there"))

    assert run.main(["--check"]) == 1
    assert "CORPUS_WEIGHTS" in capsys.readouterr().err
    assert full_disk == [elsewhere]


def test_too_little_disk_for_the_packages_is_said_before_they_are_installed(elsewhere: Path):
    for name in ("Makefile", "pyproject.toml", "constraints.txt"):
        (elsewhere / name).write_bytes((ROOT / name).read_bytes())
    command = ["make", "setup", f"PYTHON={sys.executable}", f"PACKAGES_MB={1 << 60}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode != 0 and "MB are needed for the packages" in done.stderr
    assert not (elsewhere / ".venv").exists()


def test_disk_is_no_matter_where_the_weights_are(
    full_disk: list[Path], elsewhere: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("CORPUS_WEIGHTS", str(elsewhere))
    for model in run.MODELS:
        model.folder(elsewhere).mkdir()
        (model.folder(elsewhere) / model.file).touch()

    assert not any("disk" in problem for problem in run.problems(RunSettings(), fetches=True))


def test_disk_is_no_matter_where_nothing_is_fetched(full_disk: list[Path]):
    assert not any("disk" in problem for problem in run.problems(RunSettings()))


@pytest.mark.parametrize("other", ["none", "openai:some"])
def test_memory_is_no_matter_without_the_embedded_model(other: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(run, "NEEDS_MEMORY_MB", 1 << 40)
    monkeypatch.setattr(run, "_available_memory_mb", lambda: 4_000)

    with_model = run.problems(RunSettings(coach_model="embedded"))
    without = run.problems(RunSettings(coach_model=other))

    assert any("COACH_MODEL=none" in problem for problem in with_model)
    assert not any("memory" in problem for problem in without)


def test_a_wrong_port_is_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setenv("UI_PORT", "70000")

    assert run.main(["--check"]) == 1
    assert "UI_PORT" in capsys.readouterr().err


def test_a_wrong_setting_of_the_page_is_said_without_its_key(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("UI_HOST", "0.0.0.0")
    monkeypatch.setenv("UI_API_KEY", "sk-secret")

    assert page.main() == 2
    said = capsys.readouterr().err
    assert "UI_ALLOWED_HOSTS" in said and "secret" not in said


def test_settings_come_from_the_env_file_too(elsewhere: Path):
    (elsewhere / ".env").write_text("COACH_PORT=8123\nCOACH_API_KEYS=first, second\n")

    settings = RunSettings()

    assert settings.coach_port == 8123
    assert settings.key == "first"


def test_readiness_is_asked_with_the_key():
    class Locked(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.headers.get("Authorization") == "Bearer k" else 401)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Locked)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/health/ready"
    try:
        assert run._answers(url, "k")
        assert not run._answers(url, "")
    finally:
        server.shutdown()
        server.server_close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.server
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_ctrl_c_ends_both_processes(elsewhere: Path, name: str):
    """Also a terminate and a closed terminal: nothing listens any more. Service and page are stand-ins that only answer."""
    ports = {"COACH_PORT": free_port(), "UI_PORT": free_port()}
    for package, variable in (("coach", "COACH_PORT"), ("ui", "UI_PORT")):
        (elsewhere / package).mkdir()
        (elsewhere / package / "__init__.py").touch()
        (elsewhere / package / "__main__.py").write_text(ANSWERS.replace("PORT", repr(variable)))
    (elsewhere / "start").mkdir()
    start = elsewhere / "start" / "run.py"
    start.write_text("import sys\nfrom ui.run import main\nsys.exit(main([]))\n")
    environment = os.environ | {n: str(p) for n, p in ports.items()} | {"COACH_MODEL": "none", "PYTHONPATH": str(ROOT)}
    with subprocess.Popen([sys.executable, str(start)], env=environment, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        assert any("Ready after" in line for line in running.stdout)
        for _ in range(3):  # who presses it again, since it takes a second, leaves nothing running either
            running.send_signal(signal.Signals[name])
            time.sleep(0.05)
        assert running.wait(30) == 0

    assert all(run._is_free("127.0.0.1", port) for port in ports.values())
