"""Places with people: who is shown to somebody in danger, in crisis, hurt, stalked, hurting, young, or poisoned.

`referrals.toml` is the list, best first in each region; here it is read, validated and asked. When to refer is the
guardrails' matter (`screen/`), the words around it are `replies.toml`'s. How an entry is checked and dated:
`docs/referrals.md`. `python -m coach referrals` prints `report` and fails a release while anything is `due`.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from coach.errors import Misconfigured
from coach.settings import REGIONS, WORLDWIDE, region_code
from coach.thread import Referral

FILE = Path(__file__).parent / "referrals.toml"
GOOD_FOR = timedelta(days=365)  # a number that nobody has checked for longer counts as unchecked


class Purpose(StrEnum):
    """What somebody needs people for."""

    EMERGENCY = "emergency"
    CRISIS = "crisis"
    ABUSE = "abuse"
    STALKING = "stalking"
    OWN_CONDUCT = "own_conduct"
    YOUTH = "youth"
    CHILDREN = "children"
    POISON = "poison"


# A second number is a delay here: the worldwide entry is for regions that name none, it never stands beside their own.
ONE_PLACE = frozenset({Purpose.EMERGENCY, Purpose.POISON})


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[a-z0-9-]+$")
    purposes: tuple[Purpose, ...] = Field(min_length=1)
    name: str = Field(min_length=1)
    for_whom: str = Field(min_length=1)
    region: str
    phone: str = Field("", pattern=r"^([+*#0-9][-0-9 *#]*)?$")  # one number, as it is dialled
    text_line: str = ""
    url: str = Field(pattern=r"^https://\S+$")  # always: it is what an unchecked number stands behind
    hours: str = ""
    languages: tuple[str, ...] = Field(min_length=1)
    verified_on: date | None = None
    verified_by: str = ""

    @field_validator("region")
    @classmethod
    def _served(cls, value: str) -> str:
        if value not in (*REGIONS, WORLDWIDE):
            raise ValueError(f"`{value}` is not one of {', '.join(REGIONS)}, {WORLDWIDE}")
        return value

    @model_validator(mode="after")
    def _dated_by_somebody(self) -> _Entry:
        if bool(self.verified_on) != bool(self.verified_by):
            raise ValueError("`verified_on` and `verified_by` belong together: give both or neither")
        return self

    def referral(self) -> Referral:
        """Return what a user may see of this entry."""
        told = self.model_dump(exclude={"purposes", "verified_on"})
        return Referral(**told, verified_on=self.verified_on.isoformat() if self.verified_on else "")


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    referral: tuple[_Entry, ...] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class Referrals:
    """The whole list, in the file's order. `purposes` has what each entry, by id, is for."""

    entries: tuple[Referral, ...]
    purposes: dict[str, tuple[Purpose, ...]]

    def for_purpose(self, purpose: Purpose, region: str) -> tuple[Referral, ...]:
        """Return the entries of exactly this region code, best first."""
        return tuple(r for r in self.entries if r.region == region and purpose in self.purposes[r.id])


@cache
def load(path: Path = FILE) -> Referrals:
    """Read and validate the list; Misconfigured names the file and the entry."""
    try:
        rows = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Misconfigured(f"{path.name} cannot be read: {error}") from error
    try:
        file = _File.model_validate(rows)
    except ValidationError as error:
        told = "; ".join(f"{_place(rows, e['loc'])}: {e['msg']}" for e in error.errors(include_url=False))
        raise Misconfigured(f"{path.name}: {told}; see docs/referrals.md") from error
    _refuse_gaps(file, path)
    return Referrals(
        entries=tuple(entry.referral() for entry in file.referral),
        purposes={entry.id: entry.purposes for entry in file.referral},
    )


def for_purpose(purpose: str, region: str, limit: int = 3, path: Path = FILE) -> tuple[Referral, ...]:
    """Return who helps with `purpose` in `region`, best first, then worldwide; never empty.

    Unknown regions are served by the worldwide entries. An unknown purpose is Misconfigured.
    """
    try:
        wanted = Purpose(purpose)
    except ValueError as error:
        raise Misconfigured(f"there is no purpose `{purpose}`; {FILE.name} knows {', '.join(Purpose)}") from error
    referrals, code = load(path), region_code(region)
    own = referrals.for_purpose(wanted, code)
    if code == WORLDWIDE or (own and wanted in ONE_PLACE):
        return own[:limit]
    return (own + referrals.for_purpose(wanted, WORLDWIDE))[:limit]


def all_referrals(path: Path = FILE) -> tuple[Referral, ...]:
    """Return every entry, in the file's order."""
    return load(path).entries


def due(today: date, path: Path = FILE) -> tuple[Referral, ...]:
    """Return the entries never checked, checked too long ago, or dated after `today` (a slip of the pen)."""
    return tuple(r for r in all_referrals(path) if not _is_fresh(r, today))


def report(today: date, path: Path = FILE) -> str:
    """Say what is due, one line an entry with its link; for whoever sits down to check them."""
    n_entries, rows = len(all_referrals(path)), due(today, path)
    if not rows:
        return f"All {n_entries} referrals were checked with their providers within {GOOD_FOR.days} days."
    lines = [f"{len(rows)} of {n_entries} referrals are due; docs/referrals.md says how to check and date them."]
    for r in rows:
        number = ", ".join(filter(None, (r.phone, r.text_line))) or "no number"
        last = f"last checked {r.verified_on}" if r.verified_on else "never checked"
        lines.append(f"{r.region}  {r.id}  {r.name}: {number}; {last}; {r.url}")
    return "\n".join(lines)


def _is_fresh(referral: Referral, today: date) -> bool:
    if not referral.verified_on:
        return False
    return timedelta(0) <= today - date.fromisoformat(referral.verified_on) <= GOOD_FOR


def _place(rows: dict[str, Any], loc: Sequence[int | str]) -> str:
    match loc:
        case ("referral", int(index), *fields):
            entry = rows["referral"][index]
            name = entry.get("id", f"no. {index + 1}") if isinstance(entry, dict) else f"no. {index + 1}"
            return ", ".join([f"entry `{name}`", *map(str, fields)])
        case _:
            return ".".join(map(str, loc))


def _refuse_gaps(file: _File, path: Path) -> None:
    twice = [entry_id for entry_id, n in Counter(entry.id for entry in file.referral).items() if n > 1]
    if twice:
        raise Misconfigured(f"{path.name}: entry `{twice[0]}` stands there twice; give each its own id")
    worldwide = {purpose for entry in file.referral if entry.region == WORLDWIDE for purpose in entry.purposes}
    if missing := [purpose for purpose in Purpose if purpose not in worldwide]:
        raise Misconfigured(
            f"{path.name}: no entry of region {WORLDWIDE} is for {', '.join(missing)}; nobody may get nothing"
        )
