"""`python -m ingest [PATH ...]`: make articles the corpus that the coach answers from.

Read, check, label, embed, build beside, switch: in this order, so that bad input changes nothing and a killed run leaves
the former index serving. Exit 0 done, 1 the store or the weights are not usable, 2 the input is not.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from corpus.embedding import minilm
from corpus.settings import CorpusSettings
from corpus.store import Store, StoreError
from corpus.weights import WeightsMissing
from ingest import index, reading
from ingest.errors import BadInput, Busy
from ingest.lock import only_one

N_SHOWN = 25  # problems printed; a file in the wrong format has hundreds


def main(argv: Sequence[str] | None = None) -> int:
    """Run one ingest and say what it did."""
    args = _parser().parse_args(argv)
    settings = CorpusSettings()
    try:
        with only_one(settings.store):
            return _ingest(args, settings)
    except BadInput as error:
        for problem in error.problems[:N_SHOWN]:
            print(problem, file=sys.stderr)
        if len(error.problems) > N_SHOWN:
            print(f"… and {len(error.problems) - N_SHOWN} more", file=sys.stderr)
        print("ingest: nothing was changed.", file=sys.stderr)
        return 2
    except (Busy, StoreError, WeightsMissing) as error:
        print(f"ingest: {error}", file=sys.stderr)
        return 1


def _ingest(args: argparse.Namespace, settings: CorpusSettings) -> int:
    store = Store(settings.store)
    former = index.current(store)
    corpus = reading.read(
        args.paths or [settings.articles],
        embedder=minilm,
        outline=args.outline,
        keep=former.corpus if former and args.add else None,
    )
    report = index.write(corpus, store, minilm())
    print(
        f"{len(corpus.articles)} articles, {len(corpus)} passages: added {report.added}, replaced {report.replaced}, "
        f"deleted {report.deleted}, skipped {report.skipped} unchanged."
    )
    print(f"Embedded {report.n_embedded} texts, kept the vectors of {report.n_taken_over}. {report.index} serves now.")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ingest", description="Make articles the corpus that the coach answers from.")
    parser.add_argument(
        "paths", nargs="*", type=Path, metavar="PATH", help="files (.md, .txt, .html) or folders; together the whole corpus"
    )
    parser.add_argument("--add", action="store_true", help="keep the articles that are not among PATHs")
    parser.add_argument(
        "--outline", type=Path, help="tab-separated: article, section, first_line, topic; gives .txt files their sections"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
