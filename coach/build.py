"""Puts the parts together at start-up, and answers what the service says about itself: readiness, protocol, catalogue."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from coach import check, prompt, referrals, threads
from coach.engine import Engine
from coach.errors import Misconfigured, Unavailable
from coach.graph import Coach
from coach.llm import make, trace
from coach.replies import load as load_replies
from coach.screen.guardrails import Guardrails
from coach.settings import CoachSettings
from coach.thread import Outcome, Thread
from corpus.embedding import MiniLM, minilm
from corpus.passage import Corpus, Passage
from corpus.settings import CorpusSettings
from corpus.store import Store, StoreError
from corpus.weights import MINILM, QWEN, WeightsMissing

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Parts:
    """What a running service consists of."""

    coach: Coach
    engine: Engine | None = None


def parts(settings: CoachSettings) -> Parts:
    """Build everything; Misconfigured says what is missing and what to run."""
    trace(settings.tracing)
    try:
        embedder = minilm()
        model, engine = make(settings)
        coach = Coach(
            settings=settings,
            store=Store(CorpusSettings().store),
            embedder=embedder,
            guardrails=Guardrails(),
            replies=load_replies(),
            referrals_for=referrals.for_purpose,
            threads=threads.open_store(settings.threads, settings.thread_ttl_s),
            model=model,
        )
        check.rules()
        coach.retriever()  # refuses an index of other weights now, not in someone's first turn
    except (WeightsMissing, StoreError, ValueError) as error:
        raise Misconfigured(str(error)) from error
    if settings.is_hosted:
        log.warning("COACH_MODEL=%s: what people write LEAVES THIS MACHINE for that model", settings.model)
    if settings.tracing:
        log.warning("COACH_TRACING is on: what people write LEAVES THIS MACHINE for LangSmith")
    return Parts(coach, engine)


def start(built: Parts) -> None:
    """Start the embedded engine, if there is one; it reads the fixed part of a turn's prompts before anybody's message."""
    model = built.coach.model
    if built.engine is None or model is None:
        return

    async def warm_up() -> None:
        await model.write(prompt.load("heard").fill(message="hello"), 1)
        await model.p_yes(prompt.load("verify_heard").fill(message="A.", sentence="A."))

    built.engine.start(warm_up)


def readiness(built: Parts) -> tuple[int, dict[str, Any]]:
    """Return 200 or 503 with what is there and what is missing."""
    coach = built.coach
    checks: dict[str, str] = {}
    tests: dict[str, Callable[[], str]] = {
        "index": lambda: coach.usable_index().stamp.corpus_digest,
        "embedder": lambda: f"{coach.embedder.encode(['ready']).shape[1]} dimensions",
        "rails": lambda: _rails(coach),
    }
    for name, test in tests.items():
        try:
            checks[name] = test()
        except Exception as error:  # a health check reports whatever is wrong
            log.warning("not ready: %s: %s", name, type(error).__name__)
            checks[name] = f"missing: {error}"
    missing = sorted(name for name, said in checks.items() if said.startswith("missing"))
    is_degraded = coach.model is not None and not coach.model.is_up
    body = {
        "status": "not ready" if missing else "degraded" if is_degraded else "ok",
        "missing": missing,
        "checks": checks,
        "model": coach.model.name if coach.model else "none",
        "model_state": "none" if coach.model is None else "away" if is_degraded else "up",
        "is_hosted": coach.settings.is_hosted,
        "is_traced": coach.settings.tracing,
        "region": coach.settings.region,
    }
    return (503 if missing else 200), body


def _rails(coach: Coach) -> str:
    screening = coach.guardrails.message("I want to kill myself", Thread("ready"))
    if screening.outcome is not Outcome.CRISIS:
        raise Unavailable("the crisis rail does not answer")
    return "ok"


def protocol(built: Parts) -> dict[str, Any]:
    """Return what triggers what, the referrals with their dates, and the digests of what this runs on."""
    coach = built.coach
    stamp = coach.retriever().index.stamp
    return {
        "policies": coach.guardrails.protocol(),
        "referrals": [asdict(r) for r in referrals.all_referrals()],
        "model": {"name": coach.model.name if coach.model else "none", "sha256": QWEN.sha256 if built.engine else ""},
        "embedder": {"name": MiniLM.name, "sha256": MINILM.sha256},
        "guardrails": {"learnt": coach.guardrails.learnt},
        "corpus": asdict(stamp),
        "prompts": prompt.digests(),
        "is_hosted": coach.settings.is_hosted,
        "is_traced": coach.settings.tracing,
        "keeps": {
            "threads": coach.settings.threads,
            "thread_ttl_s": coach.settings.thread_ttl_s,
            "feedback": bool(coach.settings.feedback),
        },
    }


def catalogue(corpus: Corpus) -> dict[str, Any]:
    """Return the corpus as `GET /v1/articles` shows it."""
    return {
        "articles": [
            {
                "id": article.id,
                "title": article.title,
                "authors": list(article.authors),
                "site": article.site,
                "date": article.date,
                "sections": [
                    {
                        "id": section.id,
                        "title": section.title,
                        "passages": [
                            passage_row(corpus, p)
                            for p in corpus
                            if p.article == article.id and p.section == section.id
                        ],
                    }
                    for section in article.sections
                ],
            }
            for article in corpus.articles
        ],
        "disagreements": [asdict(d) for d in corpus.disagreements],
    }


def passage_row(corpus: Corpus, passage: Passage) -> dict[str, Any]:
    """Return a passage with its article and its contradictions."""
    article = corpus.article(passage.article)
    return {
        "passage_id": passage.id,
        "article": passage.article,
        "article_title": article.title,
        "authors": list(article.authors),
        "section": passage.section,
        "title": passage.title,
        "text": passage.text,
        "line": passage.line,
        "line_support": passage.line_support,
        "label": passage.label.value,
        "because": passage.because,
        "stages": [s.value for s in passage.stages],
        "contradicted_by": [
            {"disagreement": d.id, "says": d.says, "passages": list(others)} for d, others in corpus.ties(passage.id)
        ],
    }


def append_line(path: str, row: dict[str, Any]) -> None:
    """Append one JSON line."""
    with Path(path).open("a", encoding="utf-8") as file:
        file.write(json.dumps(row, ensure_ascii=False) + "\n")
