"""The page's own words, from `assets/words.toml`, and the names of an article's parts."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

ASSETS = Path(__file__).parent / "assets"


@cache
def words(part: str) -> dict[str, Any]:
    """Return one table of the file; KeyError names a table that is not there."""
    return dict(tomllib.loads((ASSETS / "words.toml").read_text(encoding="utf-8"))[part])


def section_name(section: str) -> str:
    """Return what a reader calls a section: `step-6` is "Step 6"."""
    names = words("sections")
    kind, _, number = section.partition("-")
    name = names.get(section) or names.get(kind)
    return str(name).format(n=number) if name else section
