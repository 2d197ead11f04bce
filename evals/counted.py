"""Samples that say the same count once: which untouched ones stand closer than cosine 0.9 to another sample.

`python -m evals check-data --write` finds them and writes `data/counted_once.json`; runs read that file, so that the
count needs no embedding and every run counts the same.
"""

from __future__ import annotations

import json
from pathlib import Path

from evals.errors import BadInput
from evals.samples import DATA

FILE = DATA / "counted_once.json"


def doubles(path: Path = FILE) -> frozenset[str]:
    """Return the ids that are not counted."""
    if not path.is_file():
        return frozenset()
    try:
        return frozenset(json.loads(path.read_text(encoding="utf-8"))["not_counted"])
    except (ValueError, KeyError, TypeError) as error:
        raise BadInput(f"{path}: not a list of ids; write it anew: python -m evals check-data --write") from error


def write(ids: list[str], path: Path = FILE) -> None:
    """Keep the ids that are not counted."""
    row = {"because": "closer than cosine 0.9 to another sample of its suite", "not_counted": sorted(ids)}
    path.write_text(json.dumps(row, indent=1) + "\n", encoding="utf-8")
