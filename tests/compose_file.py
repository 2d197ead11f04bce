"""The compose file as a test reads it: its variables filled in, its services by name. No container engine is asked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]
COMPOSE = ROOT / "docker-compose.yml"
VARIABLE = re.compile(r"\$\{(\w+)(?::([-?])([^}]*))?\}")


class NotSet(Exception):
    """A variable without a default has no value."""


def variables() -> set[str]:
    """Return the names that the file takes from the environment."""
    return {match[1] for match in VARIABLE.finditer(COMPOSE.read_text(encoding="utf-8"))}


def services(environment: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """Return the services with `${NAME:-default}` and `${NAME:?reason}` filled in as compose does."""

    def value(match: re.Match[str]) -> str:
        name, kind, rest = match.groups()
        if found := environment.get(name):
            return found
        if kind == "?":
            raise NotSet(f"{name}: {rest}")
        return rest or ""

    file = yaml.safe_load(VARIABLE.sub(value, COMPOSE.read_text(encoding="utf-8")))
    rows: dict[str, dict[str, Any]] = file["services"]
    return rows
