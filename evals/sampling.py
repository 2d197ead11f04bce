"""A stratified sample: as large as asked for, spread over the strata in proportion, the same for the same seed."""

from __future__ import annotations

import random
from collections.abc import Sequence

from evals.figures import Task


def stratified(tasks: Sequence[Task], n: int, seed: int = 0) -> list[Task]:
    """Return n tasks in their order, every stratum in proportion and with at least one while n allows.

    Worked by hand: 60 of stratum a, 30 of b, 10 of c and n = 10 gives 6, 3 and 1.
    """
    if n >= len(tasks):
        return list(tasks)
    strata: dict[str, list[int]] = {}
    for place, task in enumerate(tasks):
        strata.setdefault(task.stratum, []).append(place)
    rng = random.Random(seed)
    queue: list[tuple[float, str, int]] = []
    for name, places in sorted(strata.items()):
        rng.shuffle(places)
        # The i-th of m stands at (i + 1/2)/m of the way: taking the nearest first keeps every stratum in proportion.
        queue += [((i + 0.5) / len(places), name, place) for i, place in enumerate(places)]
    firsts = {name: min(item for item in queue if item[1] == name) for name in strata}
    order = sorted(firsts.values()) + sorted(item for item in queue if item not in set(firsts.values()))
    return [tasks[place] for place in sorted(place for _, _, place in order[:n])]
