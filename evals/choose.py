"""From options to parts: whom to judge, with which suites, how much of each; and the other commands by name."""

from __future__ import annotations

import hashlib
import importlib
from collections.abc import Callable, Set
from pathlib import Path
from typing import Any

from coach.settings import load
from evals.conversation import Talks
from evals.errors import BadInput
from evals.figures import Suite
from evals.grounding import Grounding
from evals.inside import InProcess
from evals.options import FAST, FAST_INVARIANTS, FAST_WITHOUT_MODEL, Options, Sizes
from evals.own import own_suites, posts_suite
from evals.retrieval import Retrieval
from evals.safety import Safety
from evals.service import Service
from evals.speed import Speed
from evals.subject import Subject

CODE = frozenset({".py", ".toml", ".md", ".npz", ".json"})
JUDGES_RESULTS = frozenset({"floors.toml", "baseline.json"})  # they judge results and make none


def subject(options: Options) -> Subject:
    """Return whom to judge."""
    if options.against:
        if not options.against.startswith(("http://", "https://")):
            raise BadInput(f"--against {options.against}: give http://HOST:PORT")
        return Service(options.against, options.key)
    return InProcess(load())


def suites(options: Options, model: str, sections: Set[str] = frozenset()) -> tuple[Suite, ...]:
    """Return the suites that were asked for, or those that fit one's own samples, whose `sections` must be among these."""
    if options.samples:
        return own_suites(options.samples, sections)
    if options.posts:
        return posts_suite(options.posts)
    is_local = not options.against
    has_model = is_local and model != "none"
    made: dict[str, Callable[[], Suite]] = {
        "retrieval": lambda: Retrieval(options.split),
        "grounding": lambda: Grounding(
            options.split, has_model, options.judge, is_judged=not options.gates_invariants_only
        ),
        "safety": lambda: Safety(options.split, seed=options.seed),
        "conversation": Talks,
        "speed": lambda: Speed(has_model, is_local),
    }
    return tuple(made[name]() for name in options.suites)


def sections(judged: Subject) -> frozenset[str]:
    """Return the sections that there are, none where the articles are not at hand."""
    if not isinstance(judged, InProcess):
        return frozenset()
    return frozenset(f"{a.id}#{s.id}" for a in judged.corpus.articles for s in a.sections)


def sizes(options: Options, model: str) -> Sizes | None:
    """Return how many tasks of each suite are judged; None: all."""
    if options.n:
        return dict.fromkeys(options.suites, options.n)
    if not options.is_fast:
        return None
    if model == "none":
        return FAST_WITHOUT_MODEL
    return FAST_INVARIANTS if options.gates_invariants_only else FAST


def about(options: Options, judged: dict[str, Any]) -> dict[str, Any]:
    """Return what a run is of, its code and data included: equal for two runs that may share results."""
    return judged | {
        "suites": list(options.suites),
        "split": options.split,
        "fast": options.is_fast,
        "n": options.n,
        "seed": options.seed,
        "against": options.against,
        "samples": str(options.samples or ""),
        "posts": str(options.posts or ""),
        "judge": options.judge,
        "invariants": options.gates_invariants_only,
        "inputs": digest(options),
    }


def digest(options: Options) -> str:
    """Return the digest of all that a result depends on: the code of the coach and of the suites, rails, samples."""
    root = Path(__file__).parent
    files = [p for p in (root.parent / "coach").rglob("*") if p.suffix in CODE]
    files += [p for p in root.iterdir() if p.suffix in CODE and p.name not in JUDGES_RESULTS]
    files += [p for p in (root / "data").rglob("*") if p.is_file()]
    files += [options.samples] if options.samples and options.samples.is_file() else []
    files += list(options.posts.rglob("*.jsonl")) if options.posts else []
    made = hashlib.sha256()
    for path in sorted(files):
        made.update(hashlib.sha256(path.read_bytes()).digest())
    return made.hexdigest()


def command(name: str) -> Callable[[list[str]], int]:
    """Return another command's entry; its module is imported only when asked for."""
    module = importlib.import_module(f"evals.{name.replace('-', '_')}")
    entry: Callable[[list[str]], int] = module.main
    return entry
