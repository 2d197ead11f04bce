"""Plain text and Markdown to blocks: paragraphs, list entries, headings, each with the line where it begins.

Plain text has no marks, so headings are guessed from their look, and rather too few than too many: a missed heading only
makes a longer section. `foreign.py` makes sections of the blocks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

MAX_HEADING_WORDS = 14
WRAPPED_CHARS = 100  # a paragraph with a longer line is not wrapped by hand, so its line ends mean something

_BULLET = re.compile(r"^\s*(?:[-*+•·▪◦]|\d{1,2}[.)])\s+")
_HEADING = re.compile(r"#{1,6}\s+(.*?)\s*#*$")
_NUMBERED = re.compile(r"(?:(?:step|tip|rule|way|reason|part|chapter)\s+\d+|#?\d+)\s*[.:)]\s*\S", re.IGNORECASE)
_SMALL = frozenset(("a", "an", "and", "as", "at", "by", "do", "for", "from", "how", "in", "is", "it", "of", "on", "or"))
_SMALL |= frozenset(("be", "the", "to", "with", "you", "your"))


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, a list entry or a heading, with the 1-based line of the file where it begins."""

    line: int
    text: str
    is_heading: bool = False


def read(text: str, is_markdown: bool) -> list[Block]:
    """Return the blocks of a text in order; code, pictures and rules are left out."""
    text = text.replace("\u00a0", " ")  # what web pages leave between words
    blocks = (block for group in _groups(text, is_markdown) for block in _block(group, is_markdown))
    return [block for block in blocks if re.search(r"\w", block.text)]


def _groups(text: str, is_markdown: bool) -> Iterator[list[tuple[int, str]]]:
    """Yield lines that stand together: up to an empty line, a list mark, a Markdown heading."""
    group: list[tuple[int, str]] = []
    is_code = False
    for n, line in enumerate(text.split("\n"), start=1):
        is_fence = is_markdown and line.lstrip().startswith(("```", "~~~"))
        is_code ^= is_fence
        stands_alone = is_markdown and bool(_HEADING.match(line))
        if group and (is_fence or stands_alone or not line.strip() or _BULLET.match(line)):
            yield group
            group = []
        if is_fence or is_code or not line.strip():
            continue
        group.append((n, line))
        if stands_alone:
            yield group
            group = []
    if group:
        yield group


def _block(group: Sequence[tuple[int, str]], is_markdown: bool) -> Iterator[Block]:
    n, first = group[0]
    heading = _HEADING.match(first) if is_markdown else None
    if heading:
        yield Block(n, _without_marks(heading[1]), is_heading=True)
    elif not is_markdown and len(group) == 1 and looks_like_heading(first.strip()):
        yield Block(n, first.strip(), is_heading=True)
    elif not is_markdown and len(group) > 1 and max(len(line) for _, line in group) > WRAPPED_CHARS:
        for line in group:
            yield from _block([line], is_markdown)
    else:
        lines = [_BULLET.sub("", first, count=1), *(line for _, line in group[1:])]
        joined = " ".join(line.strip() for line in lines)
        yield Block(n, _without_marks(joined) if is_markdown else joined)


def looks_like_heading(line: str) -> bool:
    """Return whether a line of plain text is a heading: short, no full stop, and numbered or in title case."""
    words = re.findall(r"[A-Za-z][\w'’]*", line)
    if not 1 < len(words) <= MAX_HEADING_WORDS or line[-1] in ".!,;:…”\"’'" or line[0] in "•-*·":
        return False
    is_titled = all(word[0].isupper() or word.lower() in _SMALL for word in words)
    return is_titled or bool(_NUMBERED.match(line))


def _without_marks(text: str) -> str:
    """Return Markdown's plain words: no pictures, addresses, emphasis, quotation marks at the line's start."""
    text = re.sub(r"!\[[^\]]*\]\([^)]*\)", "", text)
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"(\*\*|__|(?<!\w)[*_]|[*_](?!\w)|`)", "", text)
    return re.sub(r"^(?:>\s*)+|<[^>\s][^>]*>", "", text).strip()
