"""Prompts are files: `prompts/NAME.md`, with `$name` placeholders and a `## role` heading over each chat message.

`fill` refuses a missing and an unused variable alike, so that a renamed placeholder fails in a test and not in a
conversation. The digest of every prompt goes into the decision record of a turn.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Template
from typing import Literal, cast

from coach.errors import Misconfigured

PROMPTS = Path(__file__).parent / "prompts"
Role = Literal["system", "user", "assistant"]
_ROLE = re.compile(r"^## (system|user|assistant)\s*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One message as a chat model takes it."""

    role: Role
    text: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """A few-shot chat with placeholders. The fixed part comes first and what changes last: the engine caches prefixes."""

    name: str
    messages: tuple[ChatMessage, ...]
    digest: str

    def fill(self, **values: str) -> tuple[ChatMessage, ...]:
        """Return the chat with every placeholder replaced; Misconfigured where names do not match."""
        wanted = {n for m in self.messages for n in Template(m.text).get_identifiers()}
        if wanted != set(values):
            raise Misconfigured(f"prompt {self.name}: placeholders {sorted(wanted)}, given {sorted(values)}")
        return tuple(ChatMessage(m.role, Template(m.text).substitute(values)) for m in self.messages)


@cache
def load(name: str) -> Prompt:
    """Read `prompts/NAME.md`."""
    path = PROMPTS / f"{name}.md"
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise Misconfigured(f"there is no prompt {path.name}") from error
    parts = _ROLE.split(text)[1:]  # what stands before the first heading is a note to the reader
    messages = tuple(
        ChatMessage(cast(Role, role), body.strip()) for role, body in zip(parts[::2], parts[1::2], strict=True)
    )
    if not messages:
        raise Misconfigured(f"prompt {path.name} has no `## system`, `## user` or `## assistant` heading")
    return Prompt(name, messages, hashlib.sha256(text.encode()).hexdigest())


def digests() -> dict[str, str]:
    """Return the digest of every prompt, by name."""
    return {path.stem: load(path.stem).digest for path in sorted(PROMPTS.glob("*.md"))}
