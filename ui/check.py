"""The view "check a message": a review as markup.

The message stands as she wrote it, each marked line with a number and its kind in words, and below why, with the passage.
"""

from __future__ import annotations

from collections.abc import Sequence

from ui import render
from ui.client import Busy, Forgotten, Refused, Service, ServiceError
from ui.markup import Html, join, tag
from ui.shapes import Catalogue, Citation, Marked, Review
from ui.talk import Talk
from ui.words import section_name, words

WHOLE = ("breaks_no", "over_long", "late_night")  # said of a message as a whole, so no line of it is marked


async def reviewed(service: Service, text: str, talk: Talk, region: str, local_time: str, has_no: bool = False) -> Html:
    """Return the review of a message, or why there is none. What was told in the talk counts, with or without its thread.

    `has_no` is whether the talk knows of a no: then the letter that is not sent is offered, whatever the message says.
    """
    told, broken = words("check"), words("broken")
    if not text:
        return render.broken(told["empty"], can_ask_again=False)
    try:
        review = await _asked(service, text, talk, region, local_time)
        catalogue = await service.catalogue()
    except Busy:
        return render.broken(broken["busy"], can_ask_again=False)
    except Refused as error:
        return render.broken(broken["refused"].format(detail=error), can_ask_again=False)
    except ServiceError:
        return render.broken(broken["away_before"], can_ask_again=False)
    return review_of(review, text, catalogue, has_no)


async def _asked(service: Service, text: str, talk: Talk, region: str, local_time: str) -> Review:
    try:
        return await service.check(text, talk.thread_id, region, local_time, talk.history)
    except Forgotten:
        if talk.thread_id is None:
            raise
        # the service was restarted or the thread expired: what was told goes along instead
        return await service.check(text, None, region, local_time, talk.history)


def review_of(review: Review, text: str, catalogue: Catalogue, has_no: bool = False) -> Html:
    """Return a review as markup."""
    told = words("check")
    says = join(*(tag("p", said) for said in review.says))
    if review.outcome == "crisis":
        return tag("div", tag("h2", told["crisis"]), says, render.referrals(review.referrals), class_="review crisis")
    if review.outcome == "failed":  # a fault of ours is no verdict on her message
        what = says or tag("p", told["failed_more"])
        return tag("div", tag("h2", told["failed"]), what, render.referrals(review.referrals), class_="review failed")
    lines = sorted(
        review.lines, key=lambda line: (_is_whole(line, text) and line.kind != "breaks_no", line.start, line.end)
    )
    more = {"fine": "fine_more", "rest_a_day": "rest_more", "do_not_send": "not_more"}.get(review.verdict, "rest_more")
    return tag(
        "div",
        tag("h2", told["verdicts"].get(review.verdict, review.verdict), class_="verdict"),
        says or tag("p", told[more]),
        _letter(is_told=bool(review.says)) if has_no or any(line.kind == "breaks_no" for line in lines) else None,
        render.referrals(review.referrals),
        tag("div", _annotated(text, lines), class_="message"),
        tag("h3", told["marked"]) if lines else None,
        tag("ol", *(_why(line, text, catalogue) for line in lines), class_="whys") if lines else None,
        join(tag("h3", told["good"]), *(tag("p", good) for good in review.good)) if review.good else None,
        _rewrite(review.rewrite) if review.rewrite else None,
        _reminder() if review.verdict == "rest_a_day" else None,
        class_=f"review {review.verdict}",
    )


def _annotated(text: str, lines: Sequence[Marked]) -> Html:
    kinds = words("check")["kinds"]
    pieces: list[str] = []
    at = 0
    for number, line in enumerate(lines, 1):
        start, end = max(line.start, at), min(line.end, len(text))
        if start >= end or _is_whole(line, text):
            continue
        start += len(text[start:end]) - len(text[start:end].lstrip())
        end = start + len(text[start:end].rstrip())
        note = tag("span", f" {number} {kinds.get(line.kind, line.kind)} ", class_="note")
        pieces += [text[at:start], tag("mark", text[start:end], class_=line.kind), note]
        at = end
    return join(*pieces, text[at:])


def _why(line: Marked, text: str, catalogue: Catalogue) -> Html:
    told = words("check")
    said = told["whole"] if _is_whole(line, text) else f"“{text[line.start : line.end].strip()}”"
    return tag(
        "li",
        tag("p", tag("strong", told["kinds"].get(line.kind, line.kind)), tag("q", said, class_="said")),
        tag("p", line.why) if line.why else None,
        *(_backing(citation, catalogue) for citation in line.citations),
    )


def _backing(citation: Citation, catalogue: Catalogue) -> Html:
    entry = catalogue.entry(citation.passage_id)
    where = (
        f"{render.article_name(entry.article, catalogue)}, {section_name(entry.section)}"
        if entry
        else citation.passage_id
    )
    spans = (
        ((citation.start, citation.end),)
        if entry and entry.text[citation.start : citation.end] == citation.quote
        else ()
    )
    body = render.marked(entry.text, spans) if entry else tag("mark", citation.quote)
    return tag(
        "details",
        tag("summary", tag("span", where, class_="article")),
        tag("div", tag("blockquote", body), class_="body"),
        class_="source",
    )


def _is_whole(line: Marked, text: str) -> bool:
    return line.kind in WHOLE and line.start <= 0 and line.end >= len(text)


def _letter(is_told: bool) -> Html:
    told = words("check")
    button = tag("button", told["letter"], type="button", class_="plain", data_letter=True)
    return tag("div", None if is_told else tag("p", told["letter_more"]), button, class_="letter")


def _rewrite(rewrite: str) -> Html:
    told = words("check")
    return tag(
        "div",
        tag("h3", told["rewrite"]),
        tag("div", rewrite, class_="message", id="rewrite"),
        tag("p", told["rewrite_note"], class_="small"),
        tag("button", told["copy"], type="button", class_="plain", data_copy="rewrite"),
        class_="rewrite",
    )


def _reminder() -> Html:
    told = words("check")
    keep = tag("label", tag("input", type="checkbox", id="remind-text"), " ", told["keep_text"])
    return tag(
        "div", tag("button", told["remind"], type="button", class_="plain", data_remind=True), keep, class_="remind"
    )
