"""Settings that would be unsafe or mean nothing are refused, by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from coach import settings
from coach.__main__ import main
from coach.errors import Misconfigured
from coach.llm import make
from corpus.embedding import minilm
from corpus.settings import CorpusSettings


@pytest.fixture(autouse=True)
def _no_env_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "coach.example", "::"])
def test_off_loopback_a_key_is_needed(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message has the address and both ways out."""
    monkeypatch.setenv("COACH_HOST", host)

    with pytest.raises(Misconfigured, match=r"COACH_HOST=.*COACH_API_KEYS.*127\.0\.0\.1"):
        settings.load()
    monkeypatch.setenv("COACH_API_KEYS", " , ")
    with pytest.raises(Misconfigured):
        settings.load()
    monkeypatch.setenv("COACH_API_KEYS", "one, two")
    assert settings.load().keys == ("one", "two")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.0.0.2"])
def test_on_loopback_no_key_is_needed(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """One laptop, one person."""
    monkeypatch.setenv("COACH_HOST", host)

    assert settings.load().keys == ()


@pytest.mark.parametrize(
    ("name", "value"),
    [("COACH_PORT", "seven"), ("COACH_LINE_AFTER_S", "0"), ("COACH_THREAD_TTL_S", "-1"), ("COACH_MODEL_TIMEOUT_S", "")],
)
def test_a_value_that_means_nothing_ends_the_start(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2, the setting named, no traceback."""
    monkeypatch.setenv(name, value)

    assert main([]) == 2
    said = capsys.readouterr().err
    assert name in said and "Traceback" not in said


@pytest.mark.parametrize(("given", "code"), [("uk", "GB"), (" gb ", "GB"), ("DE", "DE"), ("XX", "ZZ"), ("", "ZZ")])
def test_a_region_is_an_iso_code(given: str, code: str) -> None:
    """UK is taken for GB; where nobody is known, the worldwide entry helps."""
    assert settings.region_code(given) == code


def test_a_model_without_a_provider_is_refused() -> None:
    """With the forms that are understood."""
    with pytest.raises(Misconfigured, match="provider:model"):
        make(settings.CoachSettings(model="gpt"))


def test_a_hosted_model_is_told_apart() -> None:
    """Words leave this machine only then; of a server on it that is known where it speaks OpenAI's protocol."""
    here, away = "http://127.0.0.1:11434/v1", "https://models.example/v1"
    assert settings.CoachSettings(model="openai:some").is_hosted
    assert settings.CoachSettings(model="openai:some", model_url=away).is_hosted
    assert settings.CoachSettings(model="anthropic:some", model_url=here).is_hosted
    assert not settings.CoachSettings(model="openai:some", model_url=here).is_hosted
    assert not settings.CoachSettings(model="embedded").is_hosted
    assert make(settings.CoachSettings(model="none")) == (None, None)


def test_what_is_wrong_is_said_without_the_keys(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In one line: it goes to a terminal, and into logs."""
    monkeypatch.setenv("COACH_HOST", "0.0.0.0")
    monkeypatch.setenv("COACH_MODEL_KEY", "sk-secret")

    assert main([]) == 2
    said = capsys.readouterr().err
    assert "COACH_API_KEYS" in said and "secret" not in said
    assert said.count("\n") == 1


def test_a_start_that_lacks_something_says_so_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With what to run, and exit code 2, which a supervisor can tell from a crash."""
    monkeypatch.setenv("CORPUS_WEIGHTS", str(tmp_path / "nothing"))
    minilm.cache_clear()

    assert main([]) == 2
    said = capsys.readouterr().err
    assert "make weights" in said and said.count("\n") == 1


def test_a_tilde_is_ones_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also in `.env`, which no shell reads; what is no path stays as it is."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    Path(".env").write_text("COACH_THREADS=~/talks.db\nCORPUS_WEIGHTS=~/weights\nCORPUS_STORE=~/index\n")

    assert settings.load().threads == str(tmp_path / "home" / "talks.db")
    assert settings.load().feedback == ""
    assert CorpusSettings().weights == tmp_path / "home" / "weights"
    assert CorpusSettings().store == str(tmp_path / "home" / "index")
    assert CorpusSettings(store="http://127.0.0.1:8100").store == "http://127.0.0.1:8100"
