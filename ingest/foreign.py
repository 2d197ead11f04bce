"""Anyone's articles: `.md` without our block, `.txt`, `.html`. Gives sections with paragraphs, and knows no labels yet.

HTML goes through trafilatura (Barbaresi 2021), which leaves navigation and comments behind, and comes out as Markdown.
Sections are the headings (`blocks.py`); where a plain text has none, an outline names the lines (`outline.py`). Next:
`split.py` makes passages of the paragraphs, `label.py` judges them.
"""

from __future__ import annotations

import logging
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus.passage import Article, Section
from ingest import blocks
from ingest.articles import front_matter
from ingest.blocks import Block
from ingest.errors import BadInput, Problem
from ingest.outline import Mark

MAX_ID_WORDS = 6
MAX_TITLE_CHARS = 120


@dataclass(frozen=True, slots=True)
class Foreign:
    """An article as found: its sections in order, each with its paragraphs."""

    article: Article
    paragraphs: dict[str, tuple[str, ...]]  # section id -> paragraphs
    path: Path


def read(path: Path, text: str, marks: Sequence[Mark] = ()) -> Foreign:
    """Read an article of any shape; `marks` are its outline, if it has one."""
    about: dict[str, str] = {}
    suffix = path.suffix.lower()
    if suffix in (".html", ".htm"):
        if marks:
            raise BadInput([Problem(path, 0, "an outline counts lines of plain text; save this page as .txt")])
        about, text = _from_html(path, text)
    elif suffix == ".md":
        about, body = front_matter(text)
        text = "\n" * text[: len(text) - len(body)].count("\n") + body  # keeps the line numbers
    found = blocks.read(text, is_markdown=suffix != ".txt")
    if all(block.is_heading for block in found):
        raise BadInput([Problem(path, 0, "holds no paragraphs of text; is this the article?")])
    title = about.get("title") or (found[0].text if _is_title(found[0]) else path.stem.replace("-", " "))
    grouped = _by_outline(path, found, marks) if marks else _by_headings(found, title)
    kept = [(section, tuple(paragraphs)) for section, paragraphs in grouped if paragraphs]
    article = Article(
        id=_slug(path.stem) or "article",
        title=title,
        authors=_names(about.get("author") or about.get("authors") or ""),
        site=about.get("site", ""),
        date=about.get("date", ""),
        sections=tuple(section for section, _ in kept),
    )
    return Foreign(article, {section.id: paragraphs for section, paragraphs in kept}, path)


def _from_html(path: Path, text: str) -> tuple[dict[str, str], str]:
    import trafilatura  # a second of import, and only pages need it

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # it logs what it did not find; we say it ourselves
    article = trafilatura.extract(text, output_format="markdown", include_comments=False, include_links=False)
    if not article:
        raise BadInput([Problem(path, 0, "no article was found in this page; save its text as .txt")])
    meta = trafilatura.extract_metadata(text)
    about = {"title": meta.title, "author": meta.author, "site": meta.sitename, "date": meta.date}
    return {key: str(value) for key, value in about.items() if value}, article


def _by_headings(found: Sequence[Block], title: str) -> list[tuple[Section, list[str]]]:
    grouped: list[tuple[Section, list[str]]] = [(Section("intro", title), [])]
    for i, block in enumerate(found):
        if i == 0 and block.text == title:
            continue
        if block.is_heading:
            grouped.append((Section(_fresh_id(block.text, {s.id for s, _ in grouped}), block.text), []))
        else:
            grouped[-1][1].append(block.text)
    return grouped


def _by_outline(path: Path, found: Sequence[Block], marks: Sequence[Mark]) -> list[tuple[Section, list[str]]]:
    grouped = []
    ends = [*(mark.first_line for mark in marks[1:]), found[-1].line + 1]
    for mark, end in zip(marks, ends, strict=True):
        inside = [b for b in found if mark.first_line <= b.line < end]
        if not inside:
            says = f"the outline begins section `{mark.section}` here, but no text follows; correct its first_line"
            raise BadInput([Problem(path, mark.first_line, says)])
        is_titled = len(inside) > 1 and inside[0].line == mark.first_line and _is_title(inside[0])
        title = inside[0].text if is_titled else mark.topic
        grouped.append((Section(mark.section, title), [b.text for b in inside[is_titled:]]))
    return grouped


def _is_title(block: Block) -> bool:
    is_short = len(block.text) <= MAX_TITLE_CHARS and block.text[-1] not in ".!:;,…"
    return block.is_heading or is_short


def _fresh_id(title: str, taken: set[str]) -> str:
    slug = "-".join(_slug(title).split("-")[:MAX_ID_WORDS]) or "section"
    options = (slug if n == 1 else f"{slug}-{n}" for n in range(1, len(taken) + 2))
    return next(option for option in options if option not in taken)


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower().replace("'", "")
    return "-".join(re.findall(r"[a-z0-9]+", plain))


def _names(authors: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in re.split(r"[;,&]| and ", authors) if name.strip())
