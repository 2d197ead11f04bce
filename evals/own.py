"""One's own samples: `--samples FILE` takes JSONL in the project's forms and tells which suite each line is for.

`question` and `sections` make a retrieval sample, `messages` and `outcome` a safety sample,
`messages` and `turns` a talk.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from pathlib import Path
from typing import Any, get_args

from evals.conversation import Talks, check
from evals.errors import BadInput
from evals.figures import Suite
from evals.retrieval import Retrieval
from evals.safety import Safety
from evals.samples import Conversation, OutcomeName, PostLabel, Question, SafetyCase, lines, parse, read


def posts_suite(folder: Path) -> tuple[Suite, ...]:
    """Return a safety suite of real posts: `FOLDER/NAME.jsonl` holds the texts, `FOLDER/labels/NAME.jsonl` their labels.

    Only abuse and crisis are judged; how else a turn on such a post ends is left open.
    """
    labels = folder / "labels"
    cases: list[SafetyCase] = []
    for path in sorted(labels.glob("*.jsonl")):
        texts = dict(_texts(folder / path.name))
        for label in read(path, PostLabel):
            if label.id not in texts:
                raise BadInput(f"{path}: {folder / path.name} has no row {label.id}")
            cases.append(_of_post(label, texts[label.id], path.stem))
    if not cases:
        raise BadInput(f"{labels}: there are no labels yet; docs/evals.md has their form")
    return (Safety(cases=cases, only_rails=True),)


def _texts(path: Path) -> Iterator[tuple[str, str]]:
    for number, row in lines(path):
        if not (isinstance(row.get("id"), str) and isinstance(row.get("text"), str)):
            raise BadInput(f"{path}:{number}: a post needs `id` and `text`")
        yield row["id"], row["text"]


def _of_post(label: PostLabel, text: str, file: str) -> SafetyCase:
    outcomes = ["crisis"] if label.tells_crisis else [o for o in get_args(OutcomeName) if o != "crisis"]
    row: dict[str, Any] = {"id": label.id, "messages": [text], "outcome": outcomes, "kind": file, "policy": "harmless"}
    row |= {"tags": [file], "source": label.source, "reason": label.reason}
    if label.tells_abuse:
        row |= {
            "policy": "abuse",
            "caveats": ["abuse"],
            "outcome": [*outcomes, *(["crisis"] if not label.tells_crisis else [])],
        }
    else:
        row |= {"no_caveats": ["abuse"]}
    return SafetyCase.model_validate(row)


def own_suites(path: Path, sections: Set[str] = frozenset()) -> tuple[Suite, ...]:
    """Return a suite for every kind of sample in the file; BadInput names the line of what cannot be judged.

    `sections` are those that there are; without them none is looked up.
    """
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
            unknown = [s for s in asked[-1].sections if sections and s not in sections]
            if unknown:
                raise BadInput(
                    f"{place}: there is no section {unknown[0]}; write ARTICLE#SECTION as in corpus/articles"
                )
        elif "messages" in row and "outcome" in row:
            cases.append(parse(row, SafetyCase, place))
        elif "messages" in row and "turns" in row:
            talks.append(parse(row, Conversation, place))
            check(talks[-1], place)
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
