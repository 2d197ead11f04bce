"""What the scripted service says: one answer for each form, with passages of the real corpus, and reviews of messages."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from corpus.passage import Corpus, Passage
from ingest import articles, disagreements

ARTICLES = Path(__file__).parents[2] / "corpus" / "articles"

ROOM = "02-twelve-steps#step-1/1"
LITTLE = "02-twelve-steps#step-1/2"
SILENCE = "04-six-exact-steps#step-2/7"
WEEKS = "05-fast-ten-steps#step-3/1"
JOURNAL = "01-ten-steps#step-3/1"


@cache
def corpus() -> Corpus:
    """Return the project's own corpus."""
    read = [articles.read(path, path.read_text(encoding="utf-8")) for path in sorted(ARTICLES.glob("[0-9]*.md"))]
    passages = tuple(p for r in read for p in r.passages)
    path = ARTICLES / "disagreements.toml"
    ties = disagreements.read(path, path.read_text(encoding="utf-8"), {p.id for p in passages})
    return Corpus(tuple(r.article for r in read), passages, ties)


def referral(name: str, **more: Any) -> dict[str, Any]:
    """Return a referral; unchecked unless a day is given."""
    row = dict.fromkeys(
        ("id", "for_whom", "region", "phone", "text_line", "url", "hours", "verified_on", "verified_by"), ""
    )
    return row | {"name": name, "languages": ["en"], "url": "https://helpline.example/"} | more


CRISIS_LINE = referral(
    "Crisis line (example)",
    for_whom="anyone",
    phone="988",
    text_line="text 988",
    hours="24/7",
    region="US",
    url="https://crisis.example/",
    verified_on="2026-10-01",
    verified_by="test",
)


EMERGENCY = referral("Police, ambulance, fire", for_whom="anyone in danger now", phone="911", hours="24/7", region="US")


ABUSE_LINE = referral(
    "Domestic violence line (example)",
    for_whom="anyone hurt by a partner",
    phone="1-800-555-0100",
    text_line="text START to 55500",
    hours="24/7",
    region="US",
)


def script(message: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the events of a turn after `turn`: what is said depends on a word in the message."""
    for word, build in SCRIPTS.items():
        if word in message.lower():
            yield from build(message)
            return
    yield from _answered(message)


Events = Iterator[tuple[str, dict[str, Any]]]


def _whole(
    outcome: str,
    said: list[tuple[str, str, tuple[str, ...]]],
    passages: tuple[str, ...] = (),
    caveats: tuple[dict[str, Any], ...] = (),
    referrals: tuple[dict[str, Any], ...] = (),
    choices: tuple[str, ...] = (),
) -> Events:
    for caveat in caveats:
        yield "caveat", caveat
    shown = [shown_of(i) for i in passages]
    if shown:
        yield "passages", {"passages": shown}
    sentences = [
        {"id": n, "text": text, "source": source, "citations": [cite(i) for i in cited]}
        for n, (text, source, cited) in enumerate(said, 1)
    ]
    for sentence in sentences:
        yield "sentence", sentence
    yield (
        "answer",
        {
            "outcome": outcome,
            "sentences": sentences,
            "caveats": list(caveats),
            "referrals": list(referrals),
            "passages": shown,
            "choices": list(choices),
            "decision": {"model": "scripted"},
        },
    )


def _caveat(kind: str, text: str, cited: tuple[str, ...] = (), who: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    return {"kind": kind, "text": text, "citations": [cite(i) for i in cited], "referrals": list(who)}


def _line(passage_id: str) -> tuple[str, str, tuple[str, ...]]:
    return corpus().by_id[passage_id].line, "line", (passage_id,)


def _answered(message: str) -> Events:
    return _whole(
        "answered",
        [
            ("Five days is very fresh, and you want to write to him most in the nights.", "model", ()),
            _line(ROOM),
            _line("01-ten-steps#step-8/2"),
            _line("03-sixteen-ways#conclusion/1"),
            ("What is it that you most want to say to him?", "fixed", ()),
        ],
        (ROOM, "01-ten-steps#step-8/2", "03-sixteen-ways#conclusion/1"),
    )


def _contested(message: str) -> Events:
    told = (
        "The articles disagree on how much contact there should be at first, and for how long. No contact at all for at least 21 days; "
        "a week or two without writing to him; a little contact is fine, within reason."
    )
    return _whole(
        "answered",
        [_line(SILENCE), _line(ROOM), ("Pick what you can keep.", "fixed", ())],
        (SILENCE, ROOM, WEEKS, LITTLE),
        (_caveat("contested", told, (SILENCE, WEEKS, LITTLE)),),
    )


def _abuse(message: str) -> Events:
    told = (
        "Grabbing your wrists is not a quarrel, it is violence, whatever he had been drinking. You can talk it over with people who "
        "do this every day, free and in confidence."
    )
    said = [
        ("Missing him and having been hurt by him can both be true. I won’t help plan a way back to him.", "fixed", ()),
        _line(JOURNAL),
        ("Is there someone near you who knows about the wrists? Are you safe tonight?", "fixed", ()),
    ]
    return _whole("answered", said, (JOURNAL,), (_caveat("abuse", told, (), (ABUSE_LINE, EMERGENCY)),))


def _respect(message: str) -> Events:
    told = "He has asked for no contact, and that decides it: nothing tonight, and nothing by way of friends."
    said = [
        (
            "What you want to say still deserves a place: write the letter in full, to him, and do not send it.",
            "fixed",
            (),
        ),
        _line(JOURNAL),
    ]
    return _whole("answered", said, (JOURNAL,), (_caveat("respect_decision", told),))


def _minor(message: str) -> Events:
    told = "You are young, and an adult near you can help with this: a parent, a teacher, a doctor."
    return _whole("answered", [_line(JOURNAL)], (JOURNAL,), (_caveat("minor", told, (), (CRISIS_LINE,)),))


def _own_conduct(message: str) -> Events:
    told = "You wrote that you hit him. There are people who help to stop, without judging you."
    return _whole("answered", [_line(JOURNAL)], (JOURNAL,), (_caveat("own_conduct", told, (), (ABUSE_LINE,)),))


def _declined(message: str) -> Events:
    said = [
        ("I won’t write that one: it plays on his fear instead of telling him anything true.", "fixed", ()),
        _line("02-twelve-steps#step-6/1"),
        ("Shall we find a short, friendly line instead?", "fixed", ()),
    ]
    return _whole("declined", said, ("02-twelve-steps#step-6/1",))


def _crisis(message: str) -> Events:
    said = [
        ("I’m glad you wrote this here. Are you thinking of killing yourself?", "fixed", ()),
        ("Please put the pills somewhere you would have to get up to reach, and talk to a person now.", "fixed", ()),
        ("I stay here while you call.", "fixed", ()),
    ]
    return _whole("crisis", said, referrals=(CRISIS_LINE, EMERGENCY))


def _asks(message: str) -> Events:
    asks = "One question first: are you thinking of killing yourself? You can say yes, no, or “maybe” here."
    return _whole(
        "answered",
        [(asks, "fixed", ()), _line(JOURNAL)],
        (JOURNAL,),
        referrals=(EMERGENCY, CRISIS_LINE),
        choices=("Yes", "No", "Maybe"),
    )


def _out_of_scope(message: str) -> Events:
    return _whole(
        "out_of_scope", [("That is a question for a lawyer; I only know five articles about breakups.", "fixed", ())]
    )


def _abstained(message: str) -> Events:
    said = [
        ("The articles don’t cover that, and I’d rather not make something up.", "fixed", ()),
        ("They do speak about giving room, writing again, meeting, and letting go.", "fixed", ()),
    ]
    return _whole("abstained", said)


def _failed(message: str) -> Events:
    said = [("Something broke on our side, and I’d rather say nothing than something unchecked.", "fixed", ())]
    return _whole("failed", said, referrals=(EMERGENCY, CRISIS_LINE))


def _error(message: str) -> Events:
    yield "error", {"title": "Internal error", "status": 500, "detail": "something broke on our side"}


def _dies(message: str) -> Events:
    for name, data in _answered(message):
        yield name, data
        if name == "sentence":
            yield "die", {}


def _echo(message: str) -> Events:
    """Put the message into everything that the service may send."""
    who = referral(
        message, for_whom=message, phone=message, text_line=message, url=message, hours=message, languages=[message]
    )
    row = {
        "passage_id": f"x#step-1/{message}",
        "article": message,
        "section": message,
        "title": message,
        "label": message,
    }
    passage = row | {"text": f"before {message} after", "score": 0.5}
    citation = {"passage_id": row["passage_id"], "quote": message, "start": 7, "end": 7 + len(message), "support": 1.0}
    caveat = {"kind": message, "text": message, "citations": [citation], "referrals": [who]}
    sentence = {"id": 1, "text": message, "source": message, "citations": [citation]}
    yield "caveat", caveat
    yield "passages", {"passages": [passage]}
    yield "sentence", sentence
    answer = {
        "outcome": message,
        "sentences": [sentence],
        "caveats": [caveat],
        "referrals": [who],
        "passages": [passage],
        "choices": [message],
    }
    yield "answer", answer


SCRIPTS = {
    "echo": _echo,
    "how long": _contested,
    "wrists": _abuse,
    "stop contacting": _respect,
    "sixteen": _minor,
    "hit him": _own_conduct,
    "jealous": _declined,
    "pills": _crisis,
    "mornings": _asks,
    "lawyer": _out_of_scope,
    "horoscope": _abstained,
    "break a rail": _failed,
    "send an error": _error,
    "die now": _dies,
}


def review(text: str) -> dict[str, Any]:
    """Review a message by the words in it."""
    if "pills" in text:
        return {"outcome": "crisis", "verdict": "do_not_send", "says": ["You first."], "referrals": [CRISIS_LINE]}
    if "break a rail" in text:
        return {"outcome": "failed", "verdict": "do_not_send", "says": [], "referrals": [EMERGENCY]}
    kinds = {
        "please": ("begs", "Begging shows him how much power he has over you tonight; it moves nobody."),
        "your fault": ("blames", "Blame makes him defend himself instead of listening."),
        "stop contacting": ("breaks_no", "He asked for no contact."),
        "<": ("presses", text),
    }
    lines = []
    for word, (kind, why) in kinds.items():
        if (at := text.lower().find(word)) >= 0:
            end = next((i + (text[i] == ".") for i in range(at, len(text)) if text[i] in ".\n"), len(text))
            start = max(text.rfind(".", 0, at), text.rfind("\n", 0, at)) + 1
            lines.append({"start": start, "end": end, "kind": kind, "why": why, "citations": [cite(ROOM)]})
    verdict = "fine" if not lines else "do_not_send" if any(r["kind"] == "breaks_no" for r in lines) else "rest_a_day"
    rewrite = "Hi. I’ve been thinking about what you said. No need to answer." if verdict == "rest_a_day" else None
    good = "You say plainly that you miss him." if "miss" in text else ""
    return {
        "outcome": "answered",
        "lines": lines,
        "good": good,
        "verdict": verdict,
        "rewrite": rewrite,
        "referrals": [],
    }


def cite(passage_id: str) -> dict[str, Any]:
    """Cite a passage by its second sentence."""
    text = corpus().by_id[passage_id].text
    start = text.find(". ") + 2
    end = text.find(".", start) + 1
    return {"passage_id": passage_id, "quote": text[start:end], "start": start, "end": end, "support": 0.98}


def shown_of(passage_id: str) -> dict[str, Any]:
    passage = corpus().by_id[passage_id]
    return {k: v for k, v in row_of(passage).items() if k != "line"} | {"score": 0.7}


def row_of(p: Passage) -> dict[str, Any]:
    return {
        "passage_id": p.id,
        "article": p.article,
        "section": p.section,
        "title": p.title,
        "label": p.label.value,
        "text": p.text,
        "line": p.line,
    }
