"""From paths to a `Corpus`: finds the files, reads each in its format, and puts articles and contradictions together.

The order of things is here. Formats are `articles.py` (ours) and `foreign.py` (everybody else's), `disagreements.py` ties
them; what is wrong in any of them is collected and raised as one `BadInput`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from corpus.embedding import Embedder
from corpus.passage import Corpus, Disagreement, Side
from ingest import articles, disagreements, files
from ingest.articles import Read
from ingest.errors import BadInput, Problem


def read(
    paths: Sequence[Path], embedder: Callable[[], Embedder], outline: Path | None = None, keep: Corpus | None = None
) -> Corpus:
    """Read everything that paths name; articles of `keep` that are not among them stay as they are.

    The embedder is asked for only where foreign text has to be split and labelled: loading it takes seconds, and bad
    input should be known at once.
    """
    found = files.find(paths)
    texts, problems = _texts(found)
    reads: list[Read] = []
    for path, text in texts.items():
        if path.name == files.TIES:
            continue
        try:
            reads.append(articles.read(path, text))
        except BadInput as error:
            problems += error.problems
    problems += _twice(reads)
    if problems:
        raise BadInput(problems)
    corpus = _joined(reads, keep)
    ties = [tie for path, text in texts.items() if path.name == files.TIES for tie in _ties(path, text, corpus)]
    return Corpus(corpus.articles, corpus.passages, (*corpus.disagreements, *ties))


def _texts(found: Sequence[Path]) -> tuple[dict[Path, str], list[Problem]]:
    texts: dict[Path, str] = {}
    problems: list[Problem] = []
    for path in found:
        try:
            texts[path] = files.read(path)
        except BadInput as error:
            problems += error.problems
    return texts, problems


def _twice(reads: Sequence[Read]) -> list[Problem]:
    problems: list[Problem] = []
    first: dict[str, Path] = {}
    for one in reads:
        if one.article.id in first:
            says = f"the article id `{one.article.id}` is taken by {first[one.article.id]}; give one of them another"
            problems.append(Problem(one.path, 1, says))
        first.setdefault(one.article.id, one.path)
    return problems


def _joined(reads: Sequence[Read], keep: Corpus | None) -> Corpus:
    fresh = {one.article.id for one in reads}
    kept = [a for a in keep.articles if a.id not in fresh] if keep else []
    passages = {a.id: [p for p in keep.passages if p.article == a.id] for a in kept} if keep else {}
    passages |= {one.article.id: list(one.passages) for one in reads}
    every = sorted([*kept, *(one.article for one in reads)], key=lambda a: a.id)
    corpus = Corpus(tuple(every), tuple(p for a in every for p in passages[a.id]))
    return Corpus(corpus.articles, corpus.passages, _still_standing(keep.disagreements if keep else (), corpus))


def _still_standing(ties: Sequence[Disagreement], corpus: Corpus) -> tuple[Disagreement, ...]:
    """Keep of former contradictions what still has passages on two sides."""
    standing = []
    for tie in ties:
        sides = [Side(s.stance, tuple(p for p in s.passages if p in corpus.by_id)) for s in tie.sides]
        sides = [s for s in sides if s.passages]
        if len(sides) > 1:
            standing.append(Disagreement(tie.id, tie.says, tuple(sides)))
    return tuple(standing)


def _ties(path: Path, text: str, corpus: Corpus) -> tuple[Disagreement, ...]:
    return disagreements.read(path, text, known=corpus.by_id)
