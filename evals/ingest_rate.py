"""How much of the encoder's rate ingest keeps: `python -m evals.ingest_rate [--passages 5000]`.

Passages are made by recombining sentences of the corpus, so that they have its lengths and none has been embedded before.
The same texts go through the bare encoder and through ingest's embedding step in turn, a round each, so that whatever
else the machine is doing weighs on both; the ratio is the median over rounds, by the clock and by processor time. On a
machine that is busy only the latter means much, and OMP_NUM_THREADS=1 keeps torch's threads from waiting for each other.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections.abc import Callable

from corpus import sentences
from corpus.embedding import MiniLM, minilm
from corpus.passage import Passage
from corpus.settings import PACKAGE
from ingest import reading
from ingest.foreign import Foreign
from ingest.remembered import Remembered

N_ROUNDS = 5
SENTENCES_PER_PASSAGE = 4  # about 70 words, as the corpus has


def recombined(n_passages: int) -> list[str]:
    """Return made passages, the same ones each time."""
    corpus = reading.read([PACKAGE / "articles"], _no_foreign)
    said = [span.text for passage in corpus.passages for span in sentences.split(passage.text)]
    chance = random.Random(5000)
    return [" ".join(chance.sample(said, SENTENCES_PER_PASSAGE)) for _ in range(n_passages)]


def _no_foreign(foreign: Foreign) -> tuple[Passage, ...]:
    raise AssertionError(f"{foreign.path} is not in our format")


def _timed(step: Callable[[], object]) -> tuple[float, float]:
    """Return seconds by the clock and of the processor."""
    clock, processor = time.perf_counter(), time.process_time()
    step()
    return time.perf_counter() - clock, time.process_time() - processor


def main() -> int:
    """Measure and print both rates and their ratio."""
    parser = argparse.ArgumentParser(
        prog="python -m evals.ingest_rate", description="Ingest's rate beside the bare encoder's."
    )
    parser.add_argument("--passages", type=int, default=5000)
    n_passages = parser.parse_args().passages
    texts = recombined(n_passages)
    encoder = minilm()
    encoder.encode(texts[:64])  # the first call pays for what the others share
    by_clock, by_processor = [], []
    for i in range(N_ROUNDS):
        part = texts[i * n_passages // N_ROUNDS : (i + 1) * n_passages // N_ROUNDS]
        steps = [lambda p=part: encoder.encode(p), lambda p=part: Remembered(minilm, MiniLM, {}).encode(p)]
        order = (0, 1) if i % 2 == 0 else (1, 0)
        took = {which: _timed(steps[which]) for which in order}
        by_clock.append(took[0][0] / took[1][0])
        by_processor.append(took[0][1] / took[1][1])
        print(
            f"round {i + 1}: encoder {len(part) / took[0][0]:.0f} passages/s, ingest {len(part) / took[1][0]:.0f}",
            flush=True,
        )
    for name, ratios in (("by the clock", by_clock), ("by processor time", by_processor)):
        low, high = min(ratios), max(ratios)
        print(f"{n_passages} passages, {name}: ingest keeps {statistics.median(ratios):.0%} ({low:.0%} to {high:.0%})")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
