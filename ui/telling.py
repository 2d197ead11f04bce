"""The view "how this works", as far as the service says it itself: rules, helplines, what is kept, model and digests."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from ui import render
from ui.client import Service, ServiceError
from ui.markup import Html, join, tag
from ui.shapes import Referral
from ui.words import words

WORLDWIDE = "ZZ"


async def protocol(service: Service, region: str) -> Html:
    """Return what the service says about itself, with the helplines of one region."""
    try:
        told = await service.protocol()
        places = [Referral.model_validate(row) for row in _rows(told, "referrals")]
    except (ServiceError, ValidationError):
        return render.broken(words("how")["unreachable"], can_ask_again=False)
    own = [place for place in places if place.region == region] or [p for p in places if p.region == WORLDWIDE]
    return join(_helplines(own, region), _policies(_rows(told, "policies")), _kept(told), _runs_on(told))


def _helplines(places: list[Referral], region: str) -> Html:
    how = words("how")
    name = words("regions").get(region, region)
    return tag("section", tag("h2", how["helplines"].format(region=name)), render.referrals(places), id="helplines")


def _policies(rows: list[dict[str, Any]]) -> Html:
    how = words("how")
    shown = [_policy(row) for row in rows if row.get("fires_when")]
    return tag("section", tag("h2", how["policies"]), tag("p", how["policies_more"]), *shown)


def _policy(row: dict[str, Any]) -> Html:
    name = str(row.get("policy", ""))
    heading = words("how")["names"].get(name, name.replace("_", " "))
    kinds = [tag("li", str(kind.get("means", ""))) for kind in _rows(row, "kinds") if kind.get("means")]
    return tag(
        "details",
        tag("summary", heading),
        tag("p", str(row["fires_when"])),
        tag("p", str(row.get("what_happens", ""))),
        tag("ul", *kinds) if kinds else None,
        class_="policy",
    )


def _kept(told: dict[str, Any]) -> Html:
    how = words("how")
    keeps = _table(told, "keeps")
    hours = round(float(keeps.get("thread_ttl_s") or 0) / 3600)
    is_memory = keeps.get("threads") == "memory"
    where = how["kept_memory" if is_memory else "kept_file"].format(hours=hours)
    ratings = how["ratings_kept" if keeps.get("feedback") else "ratings_not_kept"]
    leaves = [tag("p", tag("strong", how[way])) for way in ("hosted", "traced") if told.get(f"is_{way}")]
    return tag(
        "section", tag("h2", how["kept"]), tag("p", where), tag("p", ratings), *leaves or [tag("p", how["local"])]
    )


def _runs_on(told: dict[str, Any]) -> Html:
    how = words("how")
    rows = []
    for name in ("model", "embedder"):
        part = _table(told, name)
        rows.append((how[name], str(part.get("name", "")), str(part.get("sha256", ""))))
    rows.append((how["corpus"], "", str(_table(told, "corpus").get("corpus_digest", ""))))
    rows += [
        (how["prompt"].format(name=name), "", str(digest)) for name, digest in sorted(_table(told, "prompts").items())
    ]
    listed = (
        join(tag("dt", name), tag("dd", said, " ", tag("code", digest) if digest else None))
        for name, said, digest in rows
    )
    return tag("section", tag("h2", how["runs_on"]), tag("p", how["digests"]), tag("dl", *listed))


def _rows(told: dict[str, Any], key: str) -> list[dict[str, Any]]:
    rows = told.get(key)
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _table(told: dict[str, Any], key: str) -> dict[str, Any]:
    table = told.get(key)
    return table if isinstance(table, dict) else {}
