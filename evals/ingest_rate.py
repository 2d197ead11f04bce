"""How much of the encoder's rate ingest keeps: `python -m evals.ingest_rate [--passages 5000]`.

Passages are made by recombining sentences of the corpus, so that they have its lengths and none has been embedded before.
The same texts go through the bare encoder and through ingest's embedding step in turn, a round each, so that whatever
else the machine is doing weighs on both; the ratio is the median over rounds.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections.abc import Callable, Sequence

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


def _rate(step: Callable[[], object], texts: Sequence[str]) -> float:
    start = time.perf_counter()
    step()
    return len(texts) / (time.perf_counter() - start)


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
    ratios = []
    for i in range(N_ROUNDS):
        part = texts[i * n_passages // N_ROUNDS : (i + 1) * n_passages // N_ROUNDS]
        steps = [lambda p=part: encoder.encode(p), lambda p=part: Remembered(minilm, MiniLM, {}).encode(p)]
        order = (0, 1) if i % 2 == 0 else (1, 0)
        rates = {which: _rate(steps[which], part) for which in order}
        ratios.append(rates[1] / rates[0])
        print(
            f"round {i + 1}: encoder {rates[0]:.0f} passages/s, ingest {rates[1]:.0f} passages/s, ratio {ratios[-1]:.2f}"
        )
    print(
        f"{n_passages} passages: ingest keeps {statistics.median(ratios):.0%} of the encoder's rate (rounds {min(ratios):.2f} to {max(ratios):.2f})"
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
