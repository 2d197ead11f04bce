"""One's own samples: `--samples FILE` takes JSONL in the project's forms and tells which suite each line is for.

`question` and `sections` make a retrieval sample, `messages` and `outcome` a safety sample,
`messages` and `turns` a talk.
"""

from __future__ import annotations

from pathlib import Path

from evals.conversation import Talks
from evals.errors import BadInput
from evals.figures import Suite
from evals.retrieval import Retrieval
from evals.safety import Safety
from evals.samples import Conversation, Question, SafetyCase, lines, parse


def own_suites(path: Path) -> tuple[Suite, ...]:
    """Return a suite for every kind of sample in the file."""
    asked: list[Question] = []
    cases: list[SafetyCase] = []
    talks: list[Conversation] = []
    ids: set[str] = set()
    for number, row in lines(path):
        place = f"{path}:{number}"
        if row.get("id") in ids:
            raise BadInput(f"{place}: id {row['id']} stands there twice")
        ids.add(str(row.get("id")))
        if "question" in row and "sections" in row:
            asked.append(parse(row, Question, place))
        elif "messages" in row and "outcome" in row:
            cases.append(parse(row, SafetyCase, place))
        elif "messages" in row and "turns" in row:
            talks.append(parse(row, Conversation, place))
        else:
            raise BadInput(f"{place}: neither question and sections, nor messages and outcome, nor messages and turns")
    if not ids:
        raise BadInput(f"{path}: there is no sample in it")
    suites: list[Suite] = []
    if asked:
        suites.append(Retrieval(asked=asked))
    if cases:
        suites.append(Safety(cases=cases))
    if talks:
        suites.append(Talks(talks))
    return tuple(suites)
