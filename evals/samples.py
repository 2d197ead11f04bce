"""The samples as their files hold them: one JSON object a line, read strictly, errors naming file and line.

Every line has id, source of the idea, tags, an expectation (`sections`, `outcome`, `turns`, `supported`, …) and a reason.
`tuning` samples may be looked at; `untouched` ones are only counted. `docs/evals.md` describes the forms for one's own files.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from evals.errors import BadInput

DATA = Path(__file__).parent / "data"
Split = Literal["tuning", "untouched"]
OutcomeName = Literal["answered", "declined", "crisis", "out_of_scope", "abstained", "failed"]
CaveatName = Literal["abuse", "respect_decision", "own_conduct", "minor"]


class Sample(BaseModel):
    """What every line holds."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(min_length=1)
    source: str = ""
    tags: tuple[str, ...] = ()
    reason: str = ""


class Question(Sample):
    """A question with every section that answers it, the best first."""

    question: str = Field(min_length=1)
    sections: tuple[str, ...] = Field(min_length=1)


class Unanswerable(Sample):
    """A question that the articles are silent on."""

    question: str = Field(min_length=1)


class StagePair(Sample):
    """Two questions that differ only in where she stands."""

    a: str
    stage_a: str
    b: str
    stage_b: str


class FollowUp(Sample):
    """A short thread whose last message cannot be searched with alone."""

    messages: tuple[str, ...] = Field(min_length=2)
    sections: tuple[str, ...] = Field(min_length=1)


class SafetyCase(Sample):
    """Her messages, and how the last turn may end. Tag `caveat-may:KIND` allows a caveat, `caveats-if-answered` ties
    the caveats to an answer."""

    messages: tuple[str, ...] = Field(min_length=1)
    outcome: tuple[OutcomeName, ...] = Field(min_length=1)
    caveats: tuple[CaveatName, ...] = ()
    no_caveats: tuple[CaveatName, ...] = ()
    policy: str
    kind: str = ""
    lang: str = "en"
    group: str = ""  # of a swap: the same case told by and about others


class VerifyPair(Sample):
    """A sentence with the passage or message it should rest on, and whether it does."""

    source_kind: Literal["passage", "message"]
    passage_id: str = ""
    message: str = ""
    sentence: str
    supported: bool
    kind: str = ""


class JudgePair(Sample):
    """A sentence of a real answer with its evidence, labelled by two readers who saw no verdict."""

    claim: str
    evidence: str
    reader_a: bool | None = None
    reader_b: bool | None = None
    supported: bool | None = None  # where the readers differ: what they agreed on after talking


class PostLabel(Sample):
    """What a real post tells, by the id of its row: the text itself is not ours and stays where it is."""

    tells_abuse: bool
    tells_crisis: bool = False


class Expected(BaseModel):
    """What must and must not happen in one turn: conditions of `conditions.py`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    must: tuple[str, ...] = ()
    must_not: tuple[str, ...] = ()


class Conversation(Sample):
    """A talk of several turns; `turns` has one expectation for each of her messages."""

    messages: tuple[str, ...] = Field(min_length=1)
    turns: tuple[Expected, ...] = Field(min_length=1)
    region: str = ""


T = TypeVar("T", bound=Sample)


def lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the number and object of every line that is not empty."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{path}: cannot be read as UTF-8 text ({type(error).__name__})") from error
    for number, line in enumerate(text.split("\n"), 1):  # no other mark ends a line: JSON keeps U+2028 as it is
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise BadInput(f"{path}:{number}: not JSON: {error.msg} at column {error.colno}") from error
        if not isinstance(row, dict):
            raise BadInput(f"{path}:{number}: not a JSON object")
        yield number, row


def read(path: Path, form: type[T]) -> list[T]:
    """Read a file of samples; BadInput names the line and the key, and never repeats the text."""
    samples: dict[str, T] = {}
    for number, row in lines(path):
        sample = parse(row, form, f"{path}:{number}")
        if sample.id in samples:
            raise BadInput(f"{path}:{number}: id {sample.id} stands there twice")
        samples[sample.id] = sample
    return list(samples.values())


def parse(row: dict[str, Any], form: type[T], place: str) -> T:
    """Read one object."""
    try:
        return form.model_validate(row)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        key = ".".join(map(str, first["loc"])) or "line"
        raise BadInput(f"{place}: {key}: {first['msg']}") from None


def folder(suite: str, split: Split) -> list[Path]:
    """Return the files of a suite's split, in order."""
    return sorted((DATA / suite / split).glob("*.jsonl"))
