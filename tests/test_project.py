"""What is written beside the code says what is true: settings, compose file, README, links."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from itertools import pairwise
from pathlib import Path

import compose_file
import pytest
from pydantic_settings import BaseSettings

from coach.settings import CoachSettings
from corpus.settings import CorpusSettings
from ui.settings import UiSettings

ROOT = Path(__file__).parents[1]
SETTINGS = (CorpusSettings, CoachSettings, UiSettings)
SKIPPED = {".venv", ".git", "build", "store", "node_modules"}
EXAMPLE = re.compile(r"^#([A-Z_]+)=(.*)$")
LINK = re.compile(r"\]\(([^)\s]+)\)")


def fields(kind: type[BaseSettings]) -> dict[str, object]:
    prefix = kind.model_config["env_prefix"]
    return {f"{prefix}{name}".upper(): field.default for name, field in kind.model_fields.items()}


def example() -> dict[str, tuple[str, str]]:
    """Return the settings of `.env.example`: name to (default, the line that explains it)."""
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    found = ((EXAMPLE.match(line), above) for above, line in pairwise(lines))
    return {match[1]: (match[2], above) for match, above in found if match}


def files(*suffixes: str) -> list[Path]:
    kept = (p for p in ROOT.rglob("*") if p.is_file() and not SKIPPED & set(p.relative_to(ROOT).parts))
    return [
        p
        for p in kept
        if p.suffix in suffixes and not any(part.startswith(".") for part in p.relative_to(ROOT).parts[:-1])
    ]


def test_env_example_names_every_setting_and_no_other() -> None:
    """What can be set stands in `.env.example`, and what stands there can be set."""
    known = {name for kind in SETTINGS for name in fields(kind)}

    assert set(example()) == known | compose_file.variables()


@pytest.mark.parametrize("kind", SETTINGS)
def test_env_example_gives_the_defaults(kind: type[BaseSettings]) -> None:
    """Each value in `.env.example` is the one that holds without it; folders are named as people write them."""
    told = example()
    plain = {name: value for name, value in fields(kind).items() if not isinstance(value, Path)}

    assert {name: told[name][0] for name in plain} == {
        name: str(value).lower()
        if isinstance(value, bool)
        else f"{value:g}"
        if isinstance(value, float)
        else str(value)
        for name, value in plain.items()
    }


def test_env_example_names_the_unit_of_every_time() -> None:
    """Whoever sets a time reads beside it that it is in seconds."""
    times = {name: above for name, (_, above) in example().items() if name.endswith("_S")}

    assert times
    assert all("econds" in above for above in times.values()), times


def test_compose_file_keeps_to_the_schema() -> None:
    """`docker-compose.yml` is valid by the schema that compose itself is checked by."""
    command = [
        sys.executable,
        "-m",
        "check_jsonschema",
        "--builtin-schema",
        "vendor.compose-spec",
        str(compose_file.COMPOSE),
    ]

    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr


def test_compose_file_publishes_the_page_alone_and_on_loopback() -> None:
    """Nothing but the page can be reached from outside the containers, and that only from this machine."""
    rows = compose_file.services({"COACH_KEY": "k"})

    assert {name: row["ports"] for name, row in rows.items() if "ports" in row} == {"ui": ["127.0.0.1:7860:7860"]}


def test_compose_file_starts_nothing_before_what_it_needs_is_healthy() -> None:
    """chroma, then ingest to its end, then coach, then ui; whoever is waited for says when it is healthy."""
    rows = compose_file.services({"COACH_KEY": "k"})
    waits = {
        (name, other): on["condition"] for name, row in rows.items() for other, on in row.get("depends_on", {}).items()
    }

    assert waits == {
        ("ingest", "chroma"): "service_healthy",
        ("coach", "chroma"): "service_healthy",
        ("coach", "ingest"): "service_completed_successfully",
        ("ui", "coach"): "service_healthy",
    }
    assert all("healthcheck" in rows[name] for name in ("chroma", "coach", "ui"))


def test_compose_file_has_no_key_of_its_own() -> None:
    """Without COACH_KEY nothing starts: there is no key that everybody knows."""
    with pytest.raises(compose_file.NotSet, match="COACH_KEY"):
        compose_file.services({})


def test_compose_settings_are_ones_that_the_programs_accept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each variable that a container is given is a setting, and together they start: off loopback, with key and names."""
    rows = compose_file.services({"COACH_KEY": "k"})
    known = {name for kind in SETTINGS for name in fields(kind)}
    for name in ("ingest", "coach", "ui"):
        for variable, value in rows[name]["environment"].items():
            assert variable in known
            monkeypatch.setenv(variable, value)

    assert CoachSettings().keys == (UiSettings().api_key,)


def test_image_is_made_of_what_is_there() -> None:
    """Every file that the Dockerfile copies exists and is let through by `.dockerignore`."""
    copied = re.findall(r"^COPY (.+) \S+$", (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)
    names = {name for line in copied for name in line.split()}
    sent = {
        line[1:] for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if line.startswith("!")
    }

    assert names == sent
    assert [name for name in names if not (ROOT / name).exists()] == []


def test_image_runs_as_nobody_in_particular() -> None:
    """The last user that the Dockerfile names is not root."""
    users = re.findall(r"^USER (\S+)$", (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)

    assert users
    assert users[-1] not in ("root", "0")


def test_readme_tree_names_what_exists() -> None:
    """Each name in the README's tree is a file or folder of the project, in the folder it is drawn in."""
    tree = re.search(r"```text\n(corpus/.+?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert tree
    folder, missing = ROOT, []
    for line in tree[1].splitlines():
        names = re.split(r"\s{2,}", line.strip(), maxsplit=1)[0].split()
        if not line.startswith(" "):
            folder = ROOT / names[0] if names[0].endswith("/") else ROOT
            names = [] if names[0].endswith("/") else names
        missing += [f"{folder.name}/{name}" for name in names if not list(folder.glob(name.rstrip("/")))]

    assert missing == []


def test_links_between_documents_resolve() -> None:
    """A relative link in any Markdown file leads to a file that is there."""
    broken = [
        f"{path.relative_to(ROOT)}: {link}"
        for path in files(".md")
        if "data" not in path.parts
        for link in LINK.findall(path.read_text(encoding="utf-8"))
        if not link.startswith(("http:", "https:", "#", "mailto:")) and not (path.parent / link.split("#")[0]).exists()
    ]

    assert broken == []


def test_files_name_no_machine_and_no_package_index() -> None:
    """No path of somebody's machine and no address of a package index is written into the project."""
    own = re.escape(str(ROOT))
    machine = re.compile(
        rf"{own}\b|(?<![\w/.])/(?:home|Users)/\w+/|(?<![\w/.])/r[o]ot/|index[-_]url[\s=\"']+https?://|registry[\s=\"']+https?://"
    )
    texts = files(".py", ".md", ".toml", ".yml", ".txt", ".sh") + [
        ROOT / n for n in ("Makefile", "Dockerfile", ".env.example", ".ci/run")
    ]

    assert [str(p.relative_to(ROOT)) for p in texts if machine.search(p.read_text(encoding="utf-8"))] == []


def test_decisions_have_their_four_parts() -> None:
    """A decision says its context, what was decided, why, and what follows."""
    parts = ("## Context", "## Decision", "## Reasons", "## Consequences")
    pages = sorted((ROOT / "docs/decisions").glob("[0-9]*.md"))

    assert pages
    assert [p.name for p in pages if not all(part in p.read_text(encoding="utf-8") for part in parts)] == []


def test_every_file_that_a_package_reads_is_shipped_with_it() -> None:
    """A word list or a model that stays behind would be missed only on somebody else's machine."""
    globs = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]["package-data"]
    for package in ("corpus", "coach", "ui"):
        shipped = {path for pattern in globs[package] for path in (ROOT / package).glob(pattern)}
        files = [path for path in (ROOT / package).rglob("*") if path.is_file() and path.suffix not in (".py", ".pyc")]
        there = {path for path in files if path.name != "README.md"}
        assert sorted(there - shipped) == []


def test_the_gate_runs_what_the_documentation_of_the_evals_promises() -> None:
    """The suites in full without a model, a sample with it for invariants alone, the data, the planted faults."""
    rules = (ROOT / "Makefile").read_text(encoding="utf-8")
    gate = rules.split("\ngate:")[1].split("\n\n")[0]

    assert "COACH_MODEL=none $(PY) -m evals retrieval grounding safety conversation --report" in gate
    assert "$(PY) -m evals grounding conversation --fast --invariants" in gate
    assert "-m evals check-data" in gate
    assert "-m evals plant" in gate
