"""`make run`: what stands in the way is said at once, and the settings are those that the processes read."""

from __future__ import annotations

import http.server
import socket
import threading
from pathlib import Path

import pytest

from ui import run
from ui.settings import RunSettings


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


def test_too_little_disk_is_said(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(run, "NEEDS_DISK_MB", 1 << 40)

    assert any("disk" in problem for problem in run.problems(RunSettings(coach_port=1, ui_port=2)))


def test_memory_is_no_matter_without_the_model(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(run, "NEEDS_MEMORY_MB", 1 << 40)

    with_model = run.problems(RunSettings(coach_model="embedded"))
    without = run.problems(RunSettings(coach_model="none"))

    assert any("COACH_MODEL=none" in problem for problem in with_model)
    assert not any("memory" in problem for problem in without)


def test_a_wrong_port_is_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setenv("UI_PORT", "70000")

    assert run.main(["--check"]) == 1
    assert "UI_PORT" in capsys.readouterr().err


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
