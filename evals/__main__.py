"""`python -m evals` judges what is built and reports it. Read this first: what happens, in order.

    options     which suites, how much, of whom                                  options.py
    plan        a suite's tasks; results that stand are not judged again         run.py, sampling.py
    judge       retrieval.py  grounding.py  safety.py  conversation.py  speed.py, each over a Subject (subject.py: inside.py, service.py)
    draw        figures with n and interval                                      figures.py, intervals.py and the metrics
    floors      what must hold, what is wanted, what was                         floors.py, floors.toml, baseline.json
    report      JSON, JUnit, Markdown, one HTML page                             report.py, page.py

Exit 0 where every floor holds, 3 where one fell, 2 for bad arguments or data.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import warnings
from datetime import UTC, datetime

from coach.errors import CoachError
from corpus.store import StoreError
from corpus.weights import WeightsMissing
from evals import choose, floors, report
from evals import run as running
from evals.errors import BadInput
from evals.figures import Suite
from evals.grounding import Grounding
from evals.options import COMMANDS, Options, read

log = logging.getLogger(__name__)


def main(argv: list[str] | None = None) -> int:
    """Run one command."""
    args = sys.argv[1:] if argv is None else argv
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    logging.getLogger("bm25s").setLevel(logging.WARNING)
    warnings.filterwarnings("ignore", category=DeprecationWarning)
    try:
        if args and args[0] in COMMANDS:
            return choose.command(args[0])(args[1:])
        options, pair = read(args)
        if pair:
            return choose.command("compare")([str(p) for p in pair])
        return asyncio.run(evaluate(options)).exit_code
    except (BadInput, CoachError, StoreError, WeightsMissing) as error:
        print(f"evals: {error}", file=sys.stderr)
        return 2


async def evaluate(options: Options) -> report.Report:
    """Judge, draw, compare with the floors, write the report."""
    subject = choose.subject(options)
    suites: tuple[Suite, ...] = ()
    try:
        about = choose.about(options, await subject.about())
        suites = choose.suites(options, str(about["model"]), choose.sections(subject))
        plan = running.Plan(
            suites,
            options.report,
            about,
            choose.sizes(options, about["model"]),
            options.seed,
            options.is_resumed,
            options.is_quiet,
        )
        outcome = await running.run(plan, subject)
    finally:
        for suite in suites:
            if isinstance(suite, Grounding):
                await suite.close()
        await subject.close()
    made = _judged(options, about, outcome)
    report.write(made, options.report)
    _say(made, options)
    return made


def _judged(options: Options, about: dict[str, object], outcome: running.Outcome) -> report.Report:
    drawn = [f for d in outcome.drawn.values() for f in d.figures] + report.errors(outcome)
    known = floors.load()
    is_whole = not (options.is_fast or options.n)
    is_floored = options.split == "untouched" and not options.samples and not options.posts
    judged = floors.judge(
        drawn,
        known,
        floors.baseline(),
        is_whole=is_whole,
        is_floored=is_floored,
        invariants_only=options.gates_invariants_only,
    )
    # What must always hold has not been held where nothing was seen of it: a sample without a model sentence shows no leak.
    required = {k: f for k, f in known.items() if floors.is_invariant(f)} if options.gates_invariants_only else known
    has_model = about["model"] != "none"
    missing = (
        floors.missing(drawn, required, options.suites, has_model)
        if (is_whole or options.gates_invariants_only) and is_floored and not options.against
        else []
    )
    if options.writes_baseline:
        floors.write_baseline(drawn, str(about["model"]))
    if options.raises_floors:
        floors.FLOORS.write_text(floors.raised(floors.FLOORS.read_text(encoding="utf-8"), drawn), encoding="utf-8")
    return report.Report(about, tuple(judged), tuple(missing), outcome, datetime.now(UTC).isoformat(timespec="seconds"))


def _say(made: report.Report, options: Options) -> None:
    rows = made.as_dict()
    print(report.markdown(rows))
    print(f"report: {options.report / 'report.html'}")
    for fallen in made.fallen:
        print(f"FALLEN {fallen.figure.key}: {fallen.why}", file=sys.stderr)
    for key in made.missing:
        print(f"FALLEN {key}: not measured", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
