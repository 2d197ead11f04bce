"""From paths to text: which files are articles, and what cannot be one (empty, binary, not UTF-8, far too large).

Knows nothing of formats; next: `articles.py` (our Markdown), `foreign.py` (everybody else's).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ingest.errors import BadInput, Problem

SUFFIXES = (".md", ".txt", ".html", ".htm")
TIES = "disagreements.toml"
MAX_BYTES = 2_000_000  # a novel is 1 MB of text; an article of more is a mistake


def find(paths: Sequence[Path]) -> list[Path]:
    """Return the files that paths name, folders replaced by the articles in them (not in folders below them)."""
    problems: list[Problem] = []
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = [p for p in sorted(path.iterdir()) if p.is_file() and _is_article(p)]
            if not any(p.name != TIES for p in inside):
                problems.append(Problem(path, 0, f"no articles in this folder; put {', '.join(SUFFIXES)} files there"))
            found += inside
        elif not path.exists():
            problems.append(Problem(path, 0, "does not exist; check the path"))
        elif path.suffix.lower() not in SUFFIXES and path.name != TIES:
            problems.append(Problem(path, 0, f"is not an article; {', '.join(SUFFIXES)} files are read"))
        else:
            found.append(path)
    if problems:
        raise BadInput(problems)
    return list(dict.fromkeys(found))


def _is_article(path: Path) -> bool:
    if path.name.startswith(".") or path.stem.lower() == "readme":
        return False
    return path.suffix.lower() in SUFFIXES or path.name == TIES


def read(path: Path) -> str:
    """Return a file's text with `\\n` line ends; BadInput where it is not one."""
    try:
        n_bytes = path.stat().st_size
        if n_bytes > MAX_BYTES:
            says = f"is {n_bytes / 1e6:.0f} MB, an article may have {MAX_BYTES // 1_000_000}; split it into articles"
            raise BadInput([Problem(path, 0, says)])
        raw = path.read_bytes()
    except OSError as error:
        raise BadInput([Problem(path, 0, f"cannot be read ({error.strerror}); check its permissions")]) from error
    if b"\0" in raw:
        raise BadInput(
            [Problem(path, raw[: raw.index(b"\0")].count(b"\n") + 1, "holds binary data; save it as plain text")]
        )
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        says = f"is not UTF-8 (byte 0x{raw[error.start]:02x}); save the file with the encoding UTF-8"
        raise BadInput([Problem(path, line, says)]) from error
    if not text.strip():
        raise BadInput([Problem(path, 0, "is empty; write the article or remove the file")])
    return text.replace("\r\n", "\n").replace("\r", "\n")
