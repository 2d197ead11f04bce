"""`python -m evals check-data [--write]`: is the data fit to be counted? Names ids and places, never texts.

Finds lines that do not parse, ids and texts that stand twice, what a line lacks, sections and passages that the corpus does
not know, conditions that nobody can check, and untouched samples closer than cosine 0.9 to a tuning sample or to
each other: those count once, and `--write` keeps their ids. Exit 2 where something is wrong.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from coach.settings import load
from corpus.embedding import Embedder
from corpus.passage import Corpus
from evals import conversation, counted
from evals.errors import BadInput
from evals.inside import InProcess
from evals.samples import (
    DATA,
    Conversation,
    FollowUp,
    JudgePair,
    Question,
    SafetyCase,
    Sample,
    StagePair,
    Unanswerable,
    VerifyPair,
    lines,
    parse,
)

NEAR = 0.9
LIKE_ON_PURPOSE = frozenset({"swaps", "stages"})  # pairs that differ in one thing
FORMS: dict[str, type[Sample]] = {
    "questions": Question,
    "unanswerable": Unanswerable,
    "stages": StagePair,
    "followups": FollowUp,
    "safety": SafetyCase,
    "verify": VerifyPair,
    "judge": JudgePair,
    "conversation": Conversation,
}


@dataclass(frozen=True, slots=True)
class Placed:
    """A sample with its place."""

    place: str
    suite: str
    split: str
    file: str
    sample: Sample

    @property
    def text(self) -> str:
        """What makes it the sample it is."""
        row = self.sample.model_dump()
        if self.suite in ("verify", "judge"):  # the same sentence with other evidence is another sample
            return " ".join(
                str(row.get(k, "")) for k in ("sentence", "claim", "message", "passage_id", "evidence")
            ).strip()
        return " ".join(row.get("messages", ())) or row.get("question", "") or f"{row.get('a', '')} {row.get('b', '')}"


def main(argv: list[str]) -> int:
    """Check all data."""
    parser = argparse.ArgumentParser(prog="python -m evals check-data", description="Check the evaluation data.")
    parser.add_argument("--write", action="store_true", help="keep which samples count once in data/counted_once.json")
    args = parser.parse_args(argv)
    subject = InProcess(load())
    placed, problems = everything()
    problems += doubles(placed) + unknown(placed, subject.corpus)
    near = near_ids(placed, subject.embedder)
    if args.write:
        counted.write(near)
    fresh = [i for i in near if i not in counted.doubles()]
    if fresh:
        problems.append(f"{len(fresh)} near-duplicates are counted twice ({', '.join(fresh[:8])}); run with --write")
    stale = sorted(counted.doubles() - set(near))
    if stale:
        problems.append(
            f"{len(stale)} samples are not counted though nothing is near them ({', '.join(stale[:8])}); run with --write"
        )
    for problem in problems:
        print(problem)
    print(
        f"{len(placed)} samples in {len({p.place.split(':')[0] for p in placed})} files, {len(near)} counted once, {len(problems)} problems"
    )
    return 2 if problems else 0


def everything(root: Path = DATA) -> tuple[list[Placed], list[str]]:
    """Return every sample that parses, and what is wrong with the others."""
    placed, problems = [], []
    for path in sorted(root.rglob("*.jsonl")):
        parts = path.relative_to(root).parts
        if "posts" in parts:  # labels by row id: the texts are not ours
            continue
        form = FORMS.get(path.stem) or FORMS.get(parts[0])
        split = path.stem if parts[0] == "verify" else parts[1] if len(parts) > 2 else ""
        if form is None:
            problems.append(f"{path}: nobody reads this file")
            continue
        for number, row in lines(path):
            place = f"{path.relative_to(root)}:{number}"
            problems += lacks(row, form, place)
            try:
                placed.append(Placed(place, parts[0], split, path.stem, parse(row, form, place)))
            except BadInput as error:
                problems.append(str(error))
    return placed, problems


def lacks(row: dict[str, Any], form: type[Sample], place: str) -> list[str]:
    """Return which of id, source and reason a line lacks; tags may be empty, a verify pair's kind is its tag."""
    wanted = ["id", "reason"] if form is VerifyPair else ["id", "source", "reason"]
    return [f"{place}: {key} is missing" for key in wanted if not row.get(key)]


def doubles(placed: Sequence[Placed]) -> list[str]:
    """Return ids and texts that stand twice in a suite."""
    problems = []
    for what in ("id", "text"):
        seen: dict[tuple[str, str], str] = {}
        for p in placed:
            key = (p.suite, p.sample.id if what == "id" else p.text.lower())
            if key in seen and not (what == "text" and p.suite == "verify"):  # those count once: `near_ids`
                problems.append(f"{p.place}: the same {what} as {seen[key]}")
            seen.setdefault(key, p.place)
    return problems


def unknown(placed: Iterable[Placed], corpus: Corpus) -> list[str]:
    """Return sections, passages and conditions that do not exist."""
    sections = {f"{a.id}#{s.id}" for a in corpus.articles for s in a.sections}
    problems = []
    for p in placed:
        problems += [
            f"{p.place}: there is no section {s}" for s in getattr(p.sample, "sections", ()) if s not in sections
        ]
        if isinstance(p.sample, VerifyPair) and p.sample.passage_id and p.sample.passage_id not in corpus.by_id:
            problems.append(f"{p.place}: there is no passage {p.sample.passage_id}")
        if isinstance(p.sample, Conversation):
            try:
                conversation.check(p.sample, p.place)
            except BadInput as error:
                problems.append(str(error))
    return problems


def near_ids(placed: Sequence[Placed], embedder: Embedder) -> list[str]:
    """Return the untouched samples closer than 0.9 to a tuning sample or an earlier one of their suite; pairs: the same."""
    ids: list[str] = []
    for suite in ("retrieval", "safety"):
        own = [p for p in placed if p.suite == suite and p.file not in LIKE_ON_PURPOSE]
        own.sort(key=lambda p: p.split != "tuning")
        vectors = embedder.encode([p.text for p in own])
        likeness = np.tril(vectors @ vectors.T, k=-1)
        ids += [
            p.sample.id
            for p, row in zip(own, likeness, strict=True)
            if p.split == "untouched" and p.file != "must_catch" and row.max() >= NEAR
        ]
    told = {p.text.lower() for p in placed if p.suite == "verify" and p.split == "tuning"}
    ids += [p.sample.id for p in placed if p.suite == "verify" and p.split == "untouched" and p.text.lower() in told]
    return sorted(ids)
