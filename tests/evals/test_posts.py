"""Public posts are counted against labels that hold no text of theirs."""

from __future__ import annotations

from typing import Any

from coach.thread import Facts, Outcome, Screening
from evals import posts


class Rails:
    """Finds a crisis in "end", abuse in "hit"."""

    def message(self, text: str, *_: object) -> Screening:
        return Screening(Facts(abuse="hit" in text), text, Outcome.CRISIS if "end" in text else None)


def test_labels_and_verdicts_are_counted_by_row() -> None:
    """A row without a label, and a label that the reader left open, count nowhere."""
    nothing = {"abuse": False, "no": False, "own_conduct": False, "minor": False, "crisis": False}
    labels = {"a": {**nothing, "abuse": True}, "b": {**nothing, "crisis": ""}}
    rows = [{"id": "a", "text": "he hit me"}, {"id": "b", "text": "the end"}, {"id": "c", "text": "hit"}]
    rails: Any = Rails()

    counts = posts.count(rows, labels, rails)

    assert counts["abuse", True, True] == 1
    assert counts["abuse", False, False] == 1
    assert sum(n for (name, *_), n in counts.items() if name == "crisis") == 1


def test_the_labels_hold_ids_and_labels_alone() -> None:
    """The posts are other people's words."""
    known = {"id", "abuse", "crisis", "kind", "no", "own_conduct", "minor", "request"}

    assert all(row.keys() == known for row in posts.rows(posts.LABELS))
