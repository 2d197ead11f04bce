"""`python -m coach lines`: the verifier reads every line against its passage, and its scores are kept beside the articles.

A line that was scored before is not read again unless it or its passage was edited; the file is written after each
line, so an interrupted run goes on where it stopped. Run `python -m ingest` afterwards to bring the scores into the index.
"""

from __future__ import annotations

import json
from pathlib import Path

from tqdm import tqdm

from coach.engine import Engine
from coach.errors import Misconfigured
from coach.llm import make
from coach.settings import CoachSettings
from coach.verify import THRESHOLD, Verifier
from corpus.settings import CorpusSettings
from corpus.store import Store, StoreError

FILE = "supports.json"


async def score_lines(settings: CoachSettings) -> int:
    """Score the lines of the current index; prints those below the threshold and returns how many they are."""
    model, engine = make(settings)
    if model is None:
        raise Misconfigured("COACH_MODEL=none cannot read lines; set `embedded` or `provider:model`")
    places = CorpusSettings()
    try:
        corpus = Store(places.store).open().corpus
    except StoreError as error:
        raise Misconfigured(str(error)) from error
    path = places.articles / FILE
    known = _read(path)
    wanted = {p.line_key: p for p in corpus if p.line not in p.text}
    scores = {key: score for key, score in known.items() if key in wanted}
    verifier = Verifier(model)
    try:
        await _started(engine)
        for key in tqdm([k for k in wanted if k not in scores], desc="lines", unit="line"):
            scores[key] = round(await verifier.support(wanted[key].line, wanted[key].text), 3)
            _write(path, scores)
    finally:
        await model.close()
        if engine:
            await engine.stop()
    weak = sorted((score, wanted[key].id, wanted[key].line) for key, score in scores.items() if score < THRESHOLD)
    for score, passage_id, line in weak:
        print(f"{score:.2f}  {passage_id}  {line}")
    print(f"{len(scores)} lines scored, {len(weak)} below {THRESHOLD}: read those against their passages.")
    return len(weak)


async def _started(engine: Engine | None) -> None:
    if engine:
        engine.start()
        await engine.ready()


def _read(path: Path) -> dict[str, float]:
    try:
        rows: dict[str, float] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return rows


def _write(path: Path, scores: dict[str, float]) -> None:
    fresh = path.with_suffix(".tmp")
    fresh.write_text(json.dumps(dict(sorted(scores.items())), indent=0) + "\n", encoding="utf-8")
    fresh.replace(path)
