"""What a line rests on: the quote in its passage, found once at ingest, and how sure the verifier was of it.

The verifier is the coach's language model, which ingest never meets: `python -m coach lines` runs it over the corpus and
writes `supports.json` beside the articles, by a key of line and text, so that an edited line loses its old score.
A line that is the passage's own sentence needs no judge: its support is 1.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from corpus import quote
from corpus.embedding import Embedder
from corpus.passage import Corpus, Passage
from ingest.errors import BadInput, Problem

SUPPORTS = "supports.json"
_REMEDY = "mend it, or delete it and run `python -m coach lines`"


def read_supports(folder: Path) -> dict[str, float]:
    """Return the stored supports, none where there is no file; BadInput where it cannot be read."""
    path = folder / SUPPORTS
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except ValueError as error:  # of JSON and of UTF-8
        raise BadInput([Problem(path, getattr(error, "lineno", 0), f"is no JSON: {error}; {_REMEDY}")]) from error
    if not isinstance(rows, dict) or not all(isinstance(value, int | float) for value in rows.values()):
        raise BadInput([Problem(path, 0, f"wants one object of numbers; {_REMEDY}")])
    return rows


def settle(corpus: Corpus, former: Corpus | None, supports: dict[str, float], embedder: Embedder) -> Corpus:
    """Return the corpus with a quote and a support for every line; quotes of unchanged lines are taken over."""
    known = {(p.line, p.text): p.quote for p in former} if former else {}
    known |= {(p.line, p.text): p.quote for p in corpus if p.quote != (0, 0)}  # `label` knows which sentence it took
    known |= _quotes([p for p in corpus if (p.line, p.text) not in known], embedder)
    settled = (
        replace(
            p,
            quote=known[p.line, p.text],
            line_support=1.0 if p.line in p.text else max(p.line_support, supports.get(p.line_key, 0.0)),
        )
        for p in corpus
    )
    return Corpus(corpus.articles, tuple(settled), corpus.disagreements)


def _quotes(passages: Sequence[Passage], embedder: Embedder) -> dict[tuple[str, str], tuple[int, int]]:
    options = {p.text: quote.options(p.text) for p in passages if not _is_quotable(p)}
    texts = [t for p in passages if p.text in options for t in (p.line, *options[p.text].texts)]
    vectors = dict(zip(texts, embedder.encode(texts), strict=True))  # all at once: one by one took four times as long
    found: dict[tuple[str, str], tuple[int, int]] = {}
    for p in passages:
        if p.text in options:
            rows = np.stack([vectors[t] for t in options[p.text].texts])
            found[p.line, p.text] = options[p.text].nearest(vectors[p.line], rows)
        else:
            start = p.text.index(p.line)
            found[p.line, p.text] = (start, start + len(p.line))
    return found


def _is_quotable(passage: Passage) -> bool:
    return passage.line in passage.text and len(passage.line.split()) <= quote.MAX_QUOTE_WORDS
