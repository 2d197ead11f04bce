"""The wire format: requests as they come in, events as they go out. All that the page knows of the service.

One turn as events, in this order: `turn`, `caveat`* (each with its referrals), `passages`? (none on crisis), `sentence`*,
`answer` (whole, last) or `error`. A sentence is sent once and never changes. Nothing unverified has a form here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

MAX_MESSAGE_CHARS = 12_000  # up to there a message is read whole: it may be the one time she tells
MAX_HISTORY = 1000

EventName = Literal["turn", "caveat", "passages", "sentence", "answer", "error"]
Text = Annotated[str, StringConstraints(min_length=1, max_length=MAX_MESSAGE_CHARS, strip_whitespace=True)]


@dataclass(frozen=True, slots=True)
class Event:
    """One event of a turn; `data` is JSON-ready."""

    name: EventName
    data: dict[str, Any]


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid")


class HistoryMessage(_Request):
    """One earlier utterance that a client sends along; it is screened like every message."""

    role: Literal["user", "assistant"]
    content: Annotated[str, StringConstraints(max_length=MAX_MESSAGE_CHARS)]


class ChatRequest(_Request):
    """`POST /v1/chat`."""

    message: Text
    thread_id: Annotated[str, StringConstraints(max_length=128)] | None = None
    region: Annotated[str, StringConstraints(max_length=8)] | None = None
    history: Annotated[list[HistoryMessage], Field(max_length=MAX_HISTORY)] = []


class CheckRequest(_Request):
    """`POST /v1/check`: a message she means to send. Without a thread, `history` says what was told before."""

    text: Text
    thread_id: Annotated[str, StringConstraints(max_length=128)] | None = None
    region: Annotated[str, StringConstraints(max_length=8)] | None = None
    local_time: Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")] | None = None
    history: Annotated[list[HistoryMessage], Field(max_length=MAX_HISTORY)] = []


class FeedbackRequest(_Request):
    """`POST /v1/feedback`: a rating of a turn, with a reason in her words if she gave one; no word of the talk."""

    turn_id: Annotated[str, StringConstraints(max_length=128)]
    rating: Literal["up", "down"]
    reason: Annotated[str, StringConstraints(max_length=500)] = ""
