"""`python -m evals.posts FOLDER`: the rails on public posts that were labelled by row id.

The posts are other people's words and no part of this project (their sets are named in docs/safety.md); whoever has them as
`NAME.jsonl` with `id` and `text` counts again what stands there. Labels: `labels/public_posts.jsonl`.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from coach.screen.guardrails import Guardrails
from coach.thread import Outcome, Thread
from evals.intervals import share

LABELS = Path(__file__).with_name("labels") / "public_posts.jsonl"
MAX_CHARS = 12_000  # of a post that are read, as of a message
CAVEATS = {"abuse": "abuse", "no": "respect_decision", "own_conduct": "own_conduct", "minor": "minor"}


def rows(path: Path) -> list[dict[str, Any]]:
    """Return the lines of a JSON Lines file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]


def count(
    posts: list[dict[str, Any]], labels: dict[str, dict[str, Any]], rails: Guardrails
) -> Counter[tuple[Any, ...]]:
    """Return how often each label met each verdict: (label, is so, was found)."""
    counts: Counter[tuple[Any, ...]] = Counter()
    for post in posts:
        if (label := labels.get(post["id"])) is None:
            continue
        text = f"{post['title']}. {post['text']}" if post.get("title") else post["text"]
        screening = rails.message(text[:MAX_CHARS], Thread("post"))
        caveats = {kind.value for kind in screening.facts.caveats}
        found = {name: caveat in caveats for name, caveat in CAVEATS.items()}
        found["crisis"] = screening.outcome is Outcome.CRISIS
        found["asked"] = screening.facts.asked
        for name, verdict in found.items():
            is_so = label["crisis"] if name == "asked" else label[name]
            if is_so != "":  # the reader could not tell
                counts[name, bool(is_so), verdict] += 1
    return counts


def main(arguments: list[str]) -> int:
    """Print the counts of each file; 2 for wrong use."""
    if len(arguments) != 1 or not Path(arguments[0]).is_dir():
        print("python -m evals.posts FOLDER: a folder with the labelled sets as JSON Lines", file=sys.stderr)
        return 2
    labels = {row["id"]: row for row in rows(LABELS)}
    rails = Guardrails()
    for path in sorted(Path(arguments[0]).glob("*.jsonl")):
        counts = count(rows(path), labels, rails)
        for name in (*CAVEATS, "crisis", "asked"):
            for is_so, says in ((True, "found"), (False, "found in vain")):
                k, n = counts[name, is_so, True], counts[name, is_so, True] + counts[name, is_so, False]
                if n:
                    at = share(k, n)
                    print(f"{path.stem}: {name} {says} {k} of {n} ({at.value:.3f}, {at.low:.3f} to {at.high:.3f})")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
