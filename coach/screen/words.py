"""The words that all policies share, read from `words.toml`: named lists for patterns, slang, spelling, languages."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

PATH = Path(__file__).with_name("words.toml")


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(PATH.read_text(encoding="utf-8"))


@cache
def lists() -> dict[str, tuple[str, ...]]:
    """Return the named lists: `<he>` in a pattern stands for any of them."""
    return {name: tuple(line.split("/")) for name, line in _data()["lists"].items()}


@cache
def slang() -> dict[str, str]:
    """Return what a shortened or coded word means."""
    return dict(_data()["slang"])


@cache
def sturdy() -> tuple[str, ...]:
    """Return the words that are recognised when misspelled or masked with asterisks."""
    return tuple(_data()["spelling"]["sturdy"].split())


@cache
def known() -> frozenset[str]:
    """Return words that are spelled right: never corrected, and what spaced letters are read as."""
    listed = " ".join(" ".join(values) for values in lists().values()).replace("_", " ").split()
    return frozenset([*sturdy(), *_data()["spelling"]["right"].split(), *listed])


@cache
def function_words() -> dict[str, frozenset[str]]:
    """Return, per language, the small words by which it is told from the others."""
    return {language: frozenset(line.split()) for language, line in _data()["languages"].items()}
