"""`python -m ingest [PATH ...]`: make articles the corpus that the coach answers from.

Read, check, label, embed, build beside, switch: in this order, so that bad input changes nothing and a killed run leaves
the former index serving. Exit 0 done, 1 the store or the weights are not usable, 2 the input is not.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from corpus.embedding import Embedder, MiniLM, minilm
from corpus.settings import CorpusSettings
from corpus.store import SPLITTER, Store, StoreError
from corpus.tactics import Judge, TacticsError
from corpus.tactics import load as load_tactics
from corpus.weights import WeightsMissing
from ingest import index, lines, reading
from ingest.errors import BadInput, Busy
from ingest.index import Report
from ingest.label import Labeller, notion
from ingest.lock import only_one
from ingest.remembered import Kind, Remembered

UNUSABLE = (Busy, StoreError, TacticsError, WeightsMissing, OSError)  # OSError: a full disk, somebody else's folder
N_SHOWN = 25  # problems printed; a file in the wrong format has hundreds


def main(
    argv: Sequence[str] | None = None,
    load: Callable[[], Embedder] = minilm,
    kind: Kind = MiniLM,
    open_store: Callable[[str], Store] = Store,
) -> int:
    """Run one ingest and say what it did. `load` brings the embedder of `kind`, once a text is new."""
    args = _parser().parse_args(argv)
    settings = CorpusSettings()
    try:
        with only_one(settings.store):
            report = _ingest(args, settings, load, kind, open_store(settings.store))
    except BadInput as error:
        for problem in error.problems[:N_SHOWN]:
            print(problem, file=sys.stderr)
        if len(error.problems) > N_SHOWN:
            print(f"… and {len(error.problems) - N_SHOWN} more", file=sys.stderr)
        print("ingest: nothing was changed.", file=sys.stderr)
        return 2
    except UNUSABLE as error:
        print(f"ingest: {error}", file=sys.stderr)
        return 1
    print(report)
    return 0


def _ingest(
    args: argparse.Namespace, settings: CorpusSettings, load: Callable[[], Embedder], kind: Kind, store: Store
) -> Report:
    former = index.current(store)
    if args.add and former is None:  # what cannot be read cannot be kept: it would be gone, and nobody told
        raise StoreError(
            "there is no index that could be read and added to; run `python -m ingest` first, then this again"
        )
    embedder = Remembered(load, kind, index.vectors(former, kind.digest))
    tactics = load_tactics()
    labels = notion(tactics)
    is_same_notion = former is not None and (former.stamp.labels, former.stamp.splitter) == (labels, SPLITTER)
    labeller = Labeller(
        embedder,
        judge=lambda: Judge(load(), tactics, cache=settings.weights / "classifiers"),
        known={p.text: p for p in former.corpus.passages} if former and is_same_notion else {},
    )
    paths = args.paths or [settings.articles]
    keep = former.corpus if former and args.add else None
    if keep and not is_same_notion:
        keep = labeller.again(keep)
    corpus = reading.read(paths, labeller.passages, args.outline, keep)
    return index.write(corpus, store, former, embedder, labels, lines.read_supports(settings.articles))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m ingest", description="Make articles the corpus that the coach answers from."
    )
    parser.add_argument(
        "paths",
        nargs="*",
        type=Path,
        metavar="PATH",
        help="files (.md, .txt, .html) or folders; together the whole corpus",
    )
    parser.add_argument("--add", action="store_true", help="keep the articles that are not among PATHs")
    parser.add_argument(
        "--outline",
        type=Path,
        help="tab-separated: article, section, first_line, topic; gives .txt files their sections",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
