"""From paths to a `Corpus`: finds the files, reads each in its format, and puts articles and contradictions together.

The order of things is here. Formats are `articles.py` (ours) and `foreign.py` with `label.py` (everybody else's);
`disagreements.py` ties them. What is wrong in any of them is collected and raised as one `BadInput`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from corpus.passage import Corpus, Disagreement, Passage, Side
from ingest import articles, disagreements, files, foreign
from ingest import outline as outlines
from ingest.articles import Read
from ingest.errors import BadInput, Problem
from ingest.foreign import Foreign

Label = Callable[[Foreign], tuple[Passage, ...]]


def read(paths: Sequence[Path], label: Label, outline: Path | None = None, keep: Corpus | None = None) -> Corpus:
    """Read everything that paths name; articles of `keep` that are not among them stay as they are."""
    texts, problems = _texts(files.find(paths))
    marks = outlines.read(outline) if outline else {}
    problems += _unused(outline, marks, texts)
    ours: list[Read] = []
    others: list[Foreign] = []
    for path, text in texts.items():
        try:
            if path.suffix.lower() == ".md" and articles.is_ours(text):
                ours.append(articles.read(path, text))
            elif path.name != files.TIES:
                others.append(foreign.read(path, text, marks.get(path.stem, ())))
        except BadInput as error:
            problems += error.problems
    problems += _twice([(o.article.id, o.path) for o in ours] + [(o.article.id, o.path) for o in others])
    if problems:
        raise BadInput(problems)
    fresh = ours + [Read(one.article, label(one), one.path) for one in others]  # judged last: it takes the longest
    corpus = _joined(fresh, keep)
    ties = [tie for path, text in texts.items() if path.name == files.TIES for tie in _ties(path, text, corpus)]
    anew = {tie.id for tie in ties}
    kept = (tie for tie in corpus.disagreements if tie.id not in anew)
    return Corpus(corpus.articles, corpus.passages, (*kept, *ties))


def _texts(found: Sequence[Path]) -> tuple[dict[Path, str], list[Problem]]:
    texts: dict[Path, str] = {}
    problems: list[Problem] = []
    for path in found:
        try:
            texts[path] = files.read(path)
        except BadInput as error:
            problems += error.problems
    return texts, problems


def _unused(outline: Path | None, marks: Mapping[str, object], texts: Mapping[Path, str]) -> list[Problem]:
    if outline is None or any(path.stem in marks for path in texts):
        return []
    return [Problem(outline, 0, f"names {', '.join(marks)}, none of which is among the files; check the names")]


def _twice(named: Sequence[tuple[str, Path]]) -> list[Problem]:
    problems: list[Problem] = []
    first: dict[str, Path] = {}
    for article, path in named:
        if article in first:
            says = f"the article id `{article}` is taken by {first[article]}; rename one of them"
            problems.append(Problem(path, 1, says))
        first.setdefault(article, path)
    return problems


def _joined(fresh: Sequence[Read], keep: Corpus | None) -> Corpus:
    replaced = {one.article.id for one in fresh}
    kept = [a for a in keep.articles if a.id not in replaced] if keep else []
    passages = {a.id: [p for p in keep.passages if p.article == a.id] for a in kept} if keep else {}
    passages |= {one.article.id: list(one.passages) for one in fresh}
    every = sorted([*kept, *(one.article for one in fresh)], key=lambda a: a.id)
    corpus = Corpus(tuple(every), tuple(p for a in every for p in passages[a.id]))
    return Corpus(corpus.articles, corpus.passages, _still_standing(keep, corpus) if keep else ())


def _still_standing(keep: Corpus, corpus: Corpus) -> tuple[Disagreement, ...]:
    """Keep of former contradictions what still has passages on two sides; a passage of another text says something else."""
    same = {p.id for p in corpus if p.id in keep.by_id and keep.by_id[p.id].text == p.text}
    standing = []
    for tie in keep.disagreements:
        sides = [Side(s.stance, tuple(p for p in s.passages if p in same)) for s in tie.sides]
        sides = [s for s in sides if s.passages]
        if len(sides) > 1:
            standing.append(Disagreement(tie.id, tie.says, tuple(sides)))
    return tuple(standing)


def _ties(path: Path, text: str, corpus: Corpus) -> tuple[Disagreement, ...]:
    return disagreements.read(path, text, known=corpus.by_id)
