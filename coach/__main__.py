"""`python -m coach` serves; `python -m coach referrals` lists what is due; `lines` scores lines; `tune` and `relearn` learn
from the guardrails' examples.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
from datetime import UTC, date, datetime
from pathlib import Path

from coach import referrals
from coach.errors import CoachError
from coach.settings import load
from corpus.weights import WeightsMissing


def main(argv: list[str] | None = None, *, today: date | None = None, list_of: Path = referrals.FILE) -> int:
    """Run one command; 0 done, 1 a release check failed, 2 wrong use or settings. Tests give a day and a list of referrals."""
    parser = argparse.ArgumentParser(prog="python -m coach", description="The coach service.")
    commands = parser.add_subparsers(dest="command")
    commands.add_parser("serve", help="serve over HTTP (default)")
    commands.add_parser("referrals", help="list referrals that are due to be checked; exit 1 if any is")
    commands.add_parser("lines", help="score every line against its passage with the language model")
    tuning = commands.add_parser(
        "tune", help="tune the guardrails' encoder on their examples, in a source checkout; up to fifty minutes"
    )
    tuning.add_argument("subjects", nargs="*", help="files of messages that were added, to learn mostly those")
    commands.add_parser("relearn", help="learn anew from those examples without tuning; four minutes")
    args = parser.parse_args(argv)
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    try:
        if args.command == "referrals":
            return _referrals(today or datetime.now(UTC).date(), list_of)
        if args.command == "tune":
            return _tune(args.subjects)
        return {"lines": _lines, "relearn": _relearn}.get(args.command, _serve)()
    except (CoachError, WeightsMissing, ValueError, PermissionError) as error:
        print(f"coach: {error}", file=sys.stderr)
        return 2


def _serve() -> int:
    settings = load()
    import uvicorn

    from coach import build
    from coach.app import create_app

    for name in ("httpx", "httpx2", "bm25s"):  # one line a model call, and one an index, otherwise
        logging.getLogger(name).setLevel(logging.WARNING)
    parts = build.parts(settings)  # here, where what is missing is one line; in the server it would be a traceback
    app = create_app(settings, make=lambda _: parts)
    uvicorn.run(app, host=settings.host, port=settings.port, log_level="warning", timeout_graceful_shutdown=10)
    return 0


def _lines() -> int:
    from coach.supports import score_lines

    asyncio.run(score_lines(load()))
    return 0


def _tune(subjects: list[str]) -> int:
    from coach.screen import tune
    from coach.screen.guardrails import LEARNED

    tune.tune(LEARNED, subjects)
    return 0


def _relearn() -> int:
    from coach.screen import tune
    from coach.screen.guardrails import LEARNED

    tune.relearn(LEARNED)
    return 0


def _referrals(today: date, path: Path) -> int:
    print(referrals.report(today, path))
    return 1 if referrals.due(today, path) else 0


if __name__ == "__main__":
    sys.exit(main())
