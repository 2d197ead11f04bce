"""`python -m evals pairs`: sheets of sentence and evidence for two readers, and their labels put together.

    pairs draw RESULTS --n 200 --out DIR    a sheet for each reader, in different order, without any verdict
    pairs join A.jsonl B.jsonl              their labels into data/judge/pairs.jsonl; where they differ `supported` is for both to settle

Half of the pairs are a sentence of a real answer with its own passage, half with another passage of the same answer:
near, and mostly not saying it. Without those a judge that says Yes to everything would look right.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
from pathlib import Path
from typing import Any

from evals.errors import BadInput
from evals.figures import Result
from evals.grounding import JUDGE_PAIRS
from evals.run import read_results
from evals.samples import JudgePair, read

READERS = ("a", "b")


def main(argv: list[str]) -> int:
    """Draw or join."""
    parser = argparse.ArgumentParser(prog="python -m evals pairs", description="Label pairs for the judge.")
    commands = parser.add_subparsers(dest="command", required=True)
    draws = commands.add_parser("draw", help="write a sheet for each of two readers")
    draws.add_argument("results", type=Path, help="results.jsonl of a run of grounding")
    draws.add_argument("--n", type=int, default=200)
    draws.add_argument("--out", type=Path, default=Path("build/pairs"))
    joins = commands.add_parser("join", help="put two labelled sheets together")
    joins.add_argument("a", type=Path)
    joins.add_argument("b", type=Path)
    args = parser.parse_args(argv)
    if args.command == "join":
        rows = join(read(args.a, JudgePair), read(args.b, JudgePair))
        JUDGE_PAIRS.parent.mkdir(parents=True, exist_ok=True)
        _write(JUDGE_PAIRS, rows)
        n_apart = sum(row["reader_a"] != row["reader_b"] for row in rows)
        print(f"{len(rows)} pairs in {JUDGE_PAIRS}; the readers differ on {n_apart}: settle those in `supported`")
        return 0
    rows = draw(read_results(args.results), args.n)
    args.out.mkdir(parents=True, exist_ok=True)
    for reader in READERS:
        sheet = list(rows)
        random.Random(reader).shuffle(sheet)
        _write(args.out / f"reader_{reader}.jsonl", [row | {f"reader_{reader}": None} for row in sheet])
    print(f"{len(rows)} pairs in {args.out}: each reader fills `reader_a` or `reader_b` with true or false, alone")
    return 0


def draw(results: list[Result], n: int, seed: int = 0) -> list[dict[str, Any]]:
    """Return n pairs, own and other evidence in turn, each sentence once."""
    own: dict[str, dict[str, Any]] = {}
    other: dict[str, dict[str, Any]] = {}
    for result in (r for r in results if r.suite == "grounding" and r.part == "answer" and r.record):
        answer = result.record["turns"][0]["answer"]
        texts = {p["passage_id"]: p["text"] for p in answer["passages"]}
        for s in answer["sentences"]:
            cited = [c["passage_id"] for c in s["citations"]]
            if s["source"] == "fixed" or not cited:
                continue
            own.setdefault(s["text"], _row(s["text"], " ".join(texts.get(i, "") for i in cited), "own", s["source"]))
            for i in (i for i in texts if i not in cited):
                other.setdefault(s["text"], _row(s["text"], texts[i], "other", s["source"]))
    rng = random.Random(seed)
    sentences = sorted(own)
    rng.shuffle(sentences)
    rows = []
    for place, text in enumerate(sentences[:n]):
        rows.append(other.get(text, own[text]) if place % 2 else own[text])
    if not rows:
        raise BadInput("these results hold no answer of grounding; run `python -m evals grounding` first")
    return rows


def join(a: list[JudgePair], b: list[JudgePair]) -> list[dict[str, Any]]:
    """Return the pairs with both labels; BadInput where one is missing."""
    second = {p.id: p for p in b}
    rows = []
    for pair in a:
        if pair.reader_a is None or pair.id not in second or second[pair.id].reader_b is None:
            raise BadInput(f"pair {pair.id}: a reader has not labelled it")
        rows.append(
            pair.model_dump(exclude={"reader_b", "supported"})
            | {"reader_b": second[pair.id].reader_b, "supported": None}
        )
    return rows


def _row(claim: str, evidence: str, kind: str, source: str) -> dict[str, Any]:
    digest = hashlib.sha256(f"{claim}\n{evidence}".encode()).hexdigest()[:10]
    reason = "labelled by two readers without a verdict"
    return {
        "id": f"judge-{digest}",
        "claim": claim,
        "evidence": evidence,
        "source": "a real answer",
        "tags": [kind, source],
        "reason": reason,
    }


def _write(path: Path, rows: list[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
