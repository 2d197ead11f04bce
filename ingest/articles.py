"""Our own Markdown: one file an article, as `corpus/README.md` describes it. Strict, and complete in its complaints.

Returns plain `Article` and `Passage` values. Which files there are is `files.py`; articles in any other shape are
`foreign.py`; where articles contradict each other is `disagreements.py`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from corpus.passage import Aim, Article, Label, Passage, Section, Stage
from ingest.errors import BadInput, Problem

ABOUT = ("id", "title", "authors", "site", "date")
KEYS = ("Line", "Label", "Because", "Stages", "Aim", "Safe with", "Asked")
NEEDED = ("Line", "Label", "Stages", "Aim", "Asked")
CAVEATS = ("abuse", "respect_decision", "minor", "own_conduct")
N_ASKED = range(3, 9)
MAX_LINE_WORDS = 30
MAX_PASSAGE_WORDS = 150  # about 200 of the embedder's 256 tokens: what lies beyond would not be searched

_Choice = TypeVar("_Choice", Label, Aim)
_Word = TypeVar("_Word", bound=str)
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_KEY = re.compile(r"([A-Za-z][A-Za-z ]{1,14}):(?: |$)(.*)")


@dataclass(frozen=True, slots=True)
class Read:
    """An article with its passages in reading order, and where each stands in its file."""

    article: Article
    passages: tuple[Passage, ...]
    path: Path
    lines: dict[str, int] = field(default_factory=dict)  # passage id -> 1-based line


def is_ours(text: str) -> bool:
    """Return whether a Markdown text means to be in our format: a block with an id, or passages with a `Line`."""
    block, body = front_matter(text)
    return "id" in block or bool(re.search(r"^### \d+\n(.*\n)*?Line:", body, re.MULTILINE))


def front_matter(text: str) -> tuple[dict[str, str], str]:
    """Return the keys of the block between `---` lines and what follows; no keys where there is no such block."""
    match = re.match(r"---\n(.*?)^---[ ]*$\n?(.*)", text, re.DOTALL | re.MULTILINE)
    if not match:
        return {}, text
    pairs = (line.split(":", 1) for line in match[1].splitlines() if ":" in line)
    return {key.strip(): value.strip() for key, value in pairs}, match[2]


def read(path: Path, text: str) -> Read:
    """Read one article; BadInput with everything that is wrong in it."""
    return _Reader(path).read(text.split("\n"))


@dataclass
class _Raw:
    """A passage as it stands in the file, not yet validated."""

    number: str
    line: int
    keys: dict[str, tuple[int, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    text: list[tuple[int, str]] = field(default_factory=list)


class _Reader:
    def __init__(self, path: Path):
        self._path = path
        self._problems: list[Problem] = []

    def read(self, lines: list[str]) -> Read:
        about, start = self._about(lines)
        sections: dict[str, tuple[Section, int]] = {}
        passages: list[Passage] = []
        where: dict[str, int] = {}
        section: Section | None = None
        for n, heading, body in self._parts(lines, start):
            if heading.startswith("## "):
                section = self._section(n, heading[3:].strip(), sections)
                self._nothing_but_blanks(body, "belongs to no passage; open one with `### 1`")
            elif section is None:
                self._wrong(n, "a passage before any section; open one with `## section-id Title`")
            else:
                number = 1 + sum(p.section == section.id for p in passages)
                passage = self._passage(about, section, number, self._raw(n, heading[4:].strip(), body))
                passages.append(passage)
                where[passage.id] = n
        for known, n in sections.values():
            if not any(p.section == known.id for p in passages):
                self._wrong(n, f"section `{known.id}` has no passage; write one under `### 1`")
        if not sections:
            self._wrong(0, "has no sections; open one with `## section-id Title`")
        if self._problems:
            raise BadInput(sorted(self._problems, key=lambda p: p.line))
        article = Article(
            id=about["id"],
            title=about["title"],
            authors=tuple(_list(about.get("authors", ""))),
            site=about.get("site", ""),
            date=about.get("date", ""),
            sections=tuple(s for s, _ in sections.values()),
        )
        return Read(article, tuple(passages), self._path, where)

    def _about(self, lines: list[str]) -> tuple[dict[str, str], int]:
        """Return the block about the article and the index of the line after it."""
        if lines[0].strip() != "---" or "---" not in [line.strip() for line in lines[1:]]:
            self._wrong(1, "the block about the article is missing; begin with `---`, id, title, …, `---`")
            raise BadInput(self._problems)
        end = 1 + [line.strip() for line in lines[1:]].index("---")
        about: dict[str, str] = {}
        for n, line in enumerate(lines[1:end], start=2):
            key, colon, value = line.partition(":")
            if not line.strip():
                continue
            if not colon or key.strip() not in ABOUT:
                self._wrong(n, f"unknown key `{key.strip()}`; this block knows {', '.join(ABOUT)}")
            elif key.strip() in about:
                self._wrong(n, f"`{key.strip()}` stands twice; keep one")
            about[key.strip()] = value.strip()
        for key in ("id", "title"):
            if not about.get(key):
                self._wrong(1, f"`{key}` is missing in the block about the article; add `{key}: …`")
        if about.get("id") and not _ID.fullmatch(about["id"]):
            self._wrong(2, f"`{about['id']}` is not an id; use lower-case letters, digits and hyphens")
        if any(p.line <= end + 1 for p in self._problems):
            raise BadInput(self._problems)
        return about, end + 1

    def _parts(self, lines: list[str], start: int) -> list[tuple[int, str, list[tuple[int, str]]]]:
        """Return each heading with its line number and the lines under it."""
        parts: list[tuple[int, str, list[tuple[int, str]]]] = []
        for n, line in enumerate(lines[start:], start=start + 1):
            if line.startswith(("## ", "### ")):
                parts.append((n, line, []))
            elif line.startswith("#"):
                self._wrong(n, "unknown heading; `## section-id Title` opens a section, `### 1` a passage")
            elif parts:
                parts[-1][2].append((n, line))
            elif line.strip():
                self._wrong(n, "text before the first section; open one with `## section-id Title`")
        return parts

    def _section(self, n: int, heading: str, known: dict[str, tuple[Section, int]]) -> Section:
        section_id, _, title = heading.partition(" ")
        if not _ID.fullmatch(section_id):
            self._wrong(n, f"`{section_id}` is not a section id; write `## step-1 Title`")
        if not title.strip():
            self._wrong(n, f"section `{section_id}` has no title; write `## {section_id} Title`")
        if section_id in known:
            self._wrong(
                n, f"section `{section_id}` stands twice (also line {known[section_id][1]}); rename or join them"
            )
        section = Section(section_id, title.strip())
        known.setdefault(section_id, (section, n))
        return section

    def _raw(self, n: int, number: str, body: list[tuple[int, str]]) -> _Raw:
        raw = _Raw(number, n)
        key = ""
        while body and body[0][1].strip():
            i, line = body.pop(0)
            if key == "Asked" and line.startswith("- "):
                raw.asked.append(line[2:].strip())
                continue
            match = _KEY.fullmatch(line.rstrip())
            key = match[1] if match else ""
            if not match or key not in KEYS:
                says = f"unknown key `{key}`" if match else f"`{line[:30]}…` is no `Key: value`"
                self._wrong(i, f"{says}; keys are {', '.join(KEYS)}, and an empty line stands before the passage")
            elif key in raw.keys:
                self._wrong(i, f"`{key}` stands twice in one passage; keep one")
            elif key == "Asked" and match[2].strip():
                self._wrong(i, "questions stand on lines of their own under `Asked:`, each after `- `")
            else:
                raw.keys[key] = (i, match[2].strip())
        while body and not body[0][1].strip():
            body.pop(0)
        for i, line in body:
            match = _KEY.fullmatch(line.rstrip())
            if match and match[1] in KEYS:
                self._wrong(i, f"`{match[1]}:` stands after the empty line; move it up to the other keys")
        raw.text = body
        return raw

    def _passage(self, about: dict[str, str], section: Section, number: int, raw: _Raw) -> Passage:
        if raw.number != str(number):
            self._wrong(
                raw.line, f"passage `{raw.number}` where {number} comes next; number them 1, 2, 3 in each section"
            )
        for key in NEEDED:
            if key not in raw.keys or (key != "Asked" and not raw.keys[key][1]):
                self._wrong(raw.line, f"`{key}` is missing; add `{key}: …` under `### {raw.number}`")
        label = self._one_of(raw, "Label", Label, Label.SOUND)
        self._because(raw, label)
        n_words = len(raw.keys.get("Line", (0, ""))[1].split())
        if n_words > MAX_LINE_WORDS:
            self._wrong(raw.keys["Line"][0], f"the line has {n_words} words; say it in {MAX_LINE_WORDS} or fewer")
        if "Asked" in raw.keys and len(raw.asked) not in N_ASKED:
            self._wrong(raw.keys["Asked"][0], f"{len(raw.asked)} questions; give {N_ASKED[0]} to {N_ASKED[-1]}")
        for question in {q for q in raw.asked if not q or raw.asked.count(q) > 1}:
            self._wrong(
                raw.keys["Asked"][0], f"the question `{question}` is empty or stands twice; change or remove it"
            )
        return Passage(
            id=f"{about['id']}#{section.id}/{number}",
            article=about["id"],
            section=section.id,
            title=section.title,
            text=self._text(raw),
            line=raw.keys.get("Line", (0, ""))[1],
            label=label,
            because=raw.keys.get("Because", (0, ""))[1],
            stages=tuple(self._each_of(raw, "Stages", tuple(Stage))),
            aim=self._one_of(raw, "Aim", Aim, Aim.HIM),
            safe_with=tuple(self._each_of(raw, "Safe with", CAVEATS)),
            asked=tuple(raw.asked),
        )

    def _because(self, raw: _Raw, label: Label) -> None:
        line, because = raw.keys.get("Because", (raw.line, ""))
        if label is not Label.SOUND and not because:
            self._wrong(line, f"`Because` is missing; say in one sentence why the passage is {label}")
        if label is Label.SOUND and "Because" in raw.keys:
            self._wrong(line, "a sound passage has no `Because`; remove it or change the label")

    def _one_of(self, raw: _Raw, key: str, kind: type[_Choice], default: _Choice) -> _Choice:
        line, value = raw.keys.get(key, (raw.line, ""))
        try:
            return kind(value)
        except ValueError:
            if value:
                self._wrong(line, f"unknown {key.lower()} `{value}`; choose {', '.join(kind)}")
            return default

    def _each_of(self, raw: _Raw, key: str, known: tuple[_Word, ...]) -> list[_Word]:
        line, value = raw.keys.get(key, (raw.line, ""))
        found = []
        for name in _list(value):
            if name not in known:
                self._wrong(line, f"unknown {key.lower()} `{name}`; choose from {', '.join(known)}")
            else:
                found.append(known[known.index(name)])
        if len(set(found)) < len(found):
            self._wrong(line, f"`{key}` names one thing twice; keep one")
        return found

    def _text(self, raw: _Raw) -> str:
        lines = [(i, line.strip()) for i, line in raw.text]
        while lines and not lines[-1][1]:
            lines.pop()
        if not lines:
            self._wrong(raw.line, "the passage itself is missing; write it after an empty line")
        gap = next((i for i, line in lines if not line), 0)
        if gap:
            self._wrong(gap, "a passage is one paragraph; remove the empty line, or open the next passage with `### …`")
        text = " ".join(line for _, line in lines if line)
        if len(text.split()) > MAX_PASSAGE_WORDS:
            self._wrong(
                lines[0][0], f"the passage has {len(text.split())} words; split it, {MAX_PASSAGE_WORDS} at most"
            )
        return text

    def _nothing_but_blanks(self, body: list[tuple[int, str]], says: str) -> None:
        stray = next((n for n, line in body if line.strip()), 0)
        if stray:
            self._wrong(stray, says)

    def _wrong(self, line: int, says: str) -> None:
        self._problems.append(Problem(self._path, line, says))


def _list(value: str) -> list[str]:
    return [part.strip() for part in value.split(",") if part.strip()]
