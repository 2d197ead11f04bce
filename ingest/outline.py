"""An outline gives plain text its sections: a table with article, section, first_line, topic, tab-separated.

`first_line` counts lines of `ARTICLE.txt` from 1. The section ids are what citations and tests use.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ingest import files
from ingest.errors import BadInput, Problem

COLUMNS = ["article", "section", "first_line", "topic"]


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a section begins."""

    section: str
    first_line: int
    topic: str
    line: int  # in the outline itself


Outline = dict[str, list[Mark]]  # article -> its sections in order


def read(path: Path) -> Outline:
    """Read an outline; BadInput names the line that is wrong."""
    if not path.is_file():
        raise BadInput([Problem(path, 0, "does not exist; `--outline` wants a tab-separated table")])
    lines = files.read(path).split("\n")
    if lines[0].split("\t") != COLUMNS:
        raise BadInput(
            [Problem(path, 1, f"the first line must be the column names, tab-separated: {', '.join(COLUMNS)}")]
        )
    outline: Outline = {}
    problems: list[Problem] = []
    for n, line in enumerate(lines[1:], start=2):
        if not line.strip():
            continue
        cells = line.split("\t")
        if len(cells) != len(COLUMNS) or not cells[2].isdecimal():
            problems.append(Problem(path, n, f"wants {len(COLUMNS)} cells, the third a line number; has {cells}"))
            continue
        marks = outline.setdefault(cells[0], [])
        mark = Mark(cells[1], int(cells[2]), cells[3], n)
        if any(m.section == mark.section for m in marks):
            problems.append(Problem(path, n, f"section `{mark.section}` of {cells[0]} stands twice; rename one"))
        elif mark.first_line <= (marks[-1].first_line if marks else 0):
            problems.append(
                Problem(path, n, f"first_line {mark.first_line} does not follow the section before; sort by line")
            )
        marks.append(mark)
    if problems:
        raise BadInput(problems)
    return outline
