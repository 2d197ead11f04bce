"""What the second tier learns from: lines of text, for anybody to edit who knows how people talk.

In `examples/` one sentence a line:

    POLICY.KIND.LANGUAGE.txt       what tells of a kind
    POLICY.harmless.LANGUAGE.txt   what sounds like the policy and is not: idioms, jokes, somebody else, boundaries
    ordinary.LANGUAGE.txt          what stands in every talk and means nothing to any policy

In `messages/`, SUBJECT.LANGUAGE.txt, one whole message a line, behind all that it tells of:

    crisis.suicide, respect_decision | He married in June. I have written to everyone now, and the cat has a new home.
    harmless | I could have died when he walked in. // What do I say when I meet him again?

A talk of several messages is one line, ` // ` between them. When a message was judged wrongly, put one of its kind where
it belongs, in words of your own; a sentence only if it tells by itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "examples"
MESSAGES = Path(__file__).parent / "messages"
HARMLESS = "harmless"
TURNS = " // "
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


@dataclass(frozen=True, slots=True)
class WholeMessage:
    """A whole message, or a talk with one message a line; `labels` holds all that it tells of, as in `Example.label`."""

    text: str
    language: str
    subject: str
    labels: frozenset[str]


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


def gather_messages(policies: Sequence[str], folder: Path = MESSAGES) -> list[WholeMessage]:
    """Return all whole messages; ValueError names file and line of one that cannot be read."""
    found: dict[str, WholeMessage] = {}
    for path in sorted(folder.glob("*.txt")):
        if len(path.stem.split(".")) != 2:
            raise ValueError(f"{path.name}: name it SUBJECT.LANGUAGE.txt")
        subject, language = path.stem.split(".")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            told, bar, text = line.partition(" | ")
            labels = frozenset(label.strip() for label in told.split(",")) - {HARMLESS}
            if not bar or not text.strip() or any(label.partition(".")[0] not in policies for label in labels):
                raise ValueError(
                    f"{path.name}, line {number}: write POLICY or POLICY.KIND or {HARMLESS}, then ` | `, then it"
                )
            text = text.strip().replace(TURNS, "\n")
            found.setdefault(text.lower(), WholeMessage(text, language, subject, labels))
    return list(found.values())


def digest(*folders: Path) -> str:
    """Return the SHA-256 of all files to learn from and of their names."""
    sha = hashlib.sha256()
    for folder in folders or (FOLDER, MESSAGES):
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
