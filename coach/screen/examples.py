"""What the second tier learns from: one sentence a line, in `examples/`, for anybody to edit who knows how people talk.

    POLICY.KIND.LANGUAGE.txt       what tells of a kind
    POLICY.harmless.LANGUAGE.txt   what sounds like the policy and is not: idioms, jokes, somebody else, boundaries
    ordinary.LANGUAGE.txt          what stands in every talk and means nothing to any policy

When a message was judged wrongly, put a sentence of its kind where it belongs, in words of your own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "examples"
HARMLESS = "harmless"
ORDINARY = "ordinary"


@dataclass(frozen=True, slots=True)
class Example:
    """One sentence: `policy` and `kind` are "harmless" and "" where it tells of nothing."""

    text: str
    language: str
    policy: str
    kind: str

    @property
    def label(self) -> str:
        """What the classifier learns to name: "crisis.suicide", or "harmless"."""
        return f"{self.policy}.{self.kind}" if self.kind else HARMLESS


def gather(policies: Sequence[str], folder: Path = FOLDER) -> list[Example]:
    """Return all examples of these policies; ValueError names a file that belongs nowhere.

    A sentence that stands in two files counts where it tells of something.
    """
    found: dict[str, Example] = {}
    for path in sorted(folder.glob("*.txt"), key=lambda p: (_place(p)[1] == "", p.name)):
        policy, kind, language = _place(path)
        if policy != HARMLESS and policy not in policies:
            raise ValueError(f"{path.name}: there is no policy {policy!r}; name it POLICY.KIND.LANGUAGE.txt")
        for line in path.read_text(encoding="utf-8").splitlines():
            if text := line.strip():
                found.setdefault(text.lower(), Example(text, language, policy, kind))
    return list(found.values())


def digest(folder: Path = FOLDER) -> str:
    """Return the SHA-256 of all example files and their names."""
    sha = hashlib.sha256()
    for path in sorted(folder.glob("*.txt")):
        sha.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return sha.hexdigest()


def _place(path: Path) -> tuple[str, str, str]:
    parts = path.stem.split(".")
    if len(parts) == 2 and parts[0] == ORDINARY:
        return HARMLESS, "", parts[1]
    if len(parts) == 3:
        return (HARMLESS, "", parts[2]) if parts[1] == HARMLESS else (parts[0], parts[1], parts[2])
    raise ValueError(f"{path.name}: name it POLICY.KIND.LANGUAGE.txt or {ORDINARY}.LANGUAGE.txt")
