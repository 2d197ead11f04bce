"""The command line of `python -m evals`, and what it means: which suites, how much of them, of whom."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from evals.samples import Split

SUITES = ("retrieval", "grounding", "safety", "conversation", "speed")
COMMANDS = ("replay", "check-data", "plant", "pairs", "compare")
REPORTS = Path("build/reports")
Sizes = Mapping[str, int | Mapping[str, int]]  # tasks of a suite, or of each of its parts: those named here are run
_SPEED: dict[str, int] = {"ours": 2, "recipe": 2, "declined": 1, "rails": 1, "memory": 1}
FAST: Sizes = {
    "retrieval": 80,
    "grounding": {"answer": 8, "pair": 10, "judge": 10},
    "safety": 300,
    "conversation": 8,
    "speed": _SPEED,
}
# No invariant is of pairs or of the judge; few answers hold a sentence of the model, so more of them are asked for.
FAST_INVARIANTS: Sizes = {**FAST, "grounding": {"answer": 20}}
FAST_WITHOUT_MODEL: Sizes = {"retrieval": 200, "grounding": 60, "safety": 400, "conversation": 30, "speed": _SPEED}


@dataclass(frozen=True, slots=True)
class Options:
    """What was asked for."""

    suites: tuple[str, ...]
    report: Path = REPORTS
    split: Split = "untouched"
    is_fast: bool = False
    is_resumed: bool = False
    is_quiet: bool = False
    gates_invariants_only: bool = False
    against: str = ""
    key: str = ""
    samples: Path | None = None
    posts: Path | None = None
    judge: str = ""
    n: int | None = None
    seed: int = 0
    writes_baseline: bool = False
    raises_floors: bool = False


def parser() -> argparse.ArgumentParser:
    """Return the parser of a run; the other commands have parsers of their own."""
    made = argparse.ArgumentParser(
        prog="python -m evals",
        description="Judge the coach: suites, intervals, floors, a report. COACH_MODEL says with which model.",
        epilog="Other commands: replay FILE, check-data, plant, pairs, compare A B (each with --help). "
        "Exit 0: every floor holds; 3: one fell; 2: bad arguments or data.",
    )
    made.add_argument("suites", nargs="*", metavar="SUITE", help=f"{', '.join(SUITES)} or all (default)")
    made.add_argument("--report", type=Path, default=REPORTS, metavar="DIR", help=f"folder of the report ({REPORTS})")
    made.add_argument("--fast", action="store_true", help="a stratified sample, some minutes")
    made.add_argument("--resume", action="store_true", help="go on after an interruption")
    made.add_argument("--against", default="", metavar="URL", help="judge a running service")
    made.add_argument("--key", default="", help="API key of that service")
    made.add_argument("--samples", type=Path, metavar="FILE", help="your own samples, JSONL as in docs/evals.md")
    made.add_argument(
        "--posts", type=Path, metavar="DIR", help="folder of real posts, their labels by row id in FOLDER/labels"
    )
    made.add_argument("--split", choices=("untouched", "tuning"), default="untouched", help="which half of the samples")
    made.add_argument(
        "--judge", default="", metavar="MODEL", help="judge of grounding: provider:model; default: the embedded model"
    )
    made.add_argument("--n", type=int, metavar="N", help="at most N tasks of each suite")
    made.add_argument("--seed", type=int, default=0, help="of the sample")
    made.add_argument("--invariants", action="store_true", help="only floors that equal their target may fail the run")
    made.add_argument("--baseline", action="store_true", help="keep this run's figures as evals/baseline.json")
    made.add_argument(
        "--raise",
        dest="raises",
        action="store_true",
        help="raise the floors of this whole run's figures to what was measured",
    )
    made.add_argument("--quiet", action="store_true", help="no progress bars")
    made.add_argument("--compare", nargs=2, type=Path, metavar=("A", "B"), help="set two report folders side by side")
    return made


def read(argv: list[str]) -> tuple[Options, tuple[Path, Path] | None]:
    """Read the command line; SystemExit(2) with a word on what is wrong."""
    made = parser()
    args = made.parse_args(argv)
    unknown = [s for s in args.suites if s not in (*SUITES, "all")]
    if unknown:
        made.error(f"there is no suite {unknown[0]!r}; there are {', '.join(SUITES)}, all")
    if args.n is not None and args.n < 1:
        made.error(f"--n {args.n}: give at least 1")
    is_partial = args.fast or args.n or args.split == "tuning" or args.samples or args.posts or args.against
    for name, is_given in (("--raise", args.raises), ("--baseline", args.baseline)):
        if is_given and is_partial:
            made.error(f"{name}: floors and the baseline are of a whole run on the untouched samples")
    if args.samples and args.posts:
        made.error("--samples and --posts are two kinds of run: give one")
    everything = not args.suites or "all" in args.suites
    options = Options(
        suites=SUITES if everything else tuple(s for s in SUITES if s in args.suites),
        report=args.report,
        split=args.split,
        is_fast=args.fast,
        is_resumed=args.resume,
        is_quiet=args.quiet,
        gates_invariants_only=args.invariants,
        against=args.against,
        key=args.key,
        samples=args.samples,
        posts=args.posts,
        judge=args.judge,
        n=args.n,
        seed=args.seed,
        writes_baseline=args.baseline,
        raises_floors=args.raises,
    )
    return options, tuple(args.compare) if args.compare else None
