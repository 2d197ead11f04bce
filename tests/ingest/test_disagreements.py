"""`disagreements.toml`: sides with passages that exist."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest import disagreements
from ingest.errors import BadInput

TWO_SIDES = """
[[disagreement]]
id = "contact"
says = "The articles disagree on contact."

[[disagreement.side]]
stance = "None at all."
passages = ["a#s/1"]

[[disagreement.side]]
stance = "A little."
passages = ["b#s/1", "b#s/2"]
"""


def wrong(text: str) -> str:
    with pytest.raises(BadInput) as error:
        disagreements.read(Path("ties.toml"), text, {"a#s/1", "b#s/1", "b#s/2"})
    return str(error.value)


def test_a_disagreement_ties_the_passages_of_its_sides() -> None:
    """From a passage of one side the passages of the other side are found."""
    (tie,) = disagreements.read(Path("ties.toml"), TWO_SIDES, {"a#s/1", "b#s/1", "b#s/2"})

    assert tie.others("a#s/1") == ("b#s/1", "b#s/2")
    assert tie.others("b#s/2") == ("a#s/1",)


def test_an_unknown_passage_is_told_with_its_line() -> None:
    """A passage that was renumbered must not leave a tie to nothing."""
    assert wrong(TWO_SIDES.replace("b#s/2", "b#s/9")).startswith("ties.toml:12: `contact` names passage `b#s/9`")


def test_a_passage_stands_on_one_side_only() -> None:
    """Nobody contradicts himself in one sentence."""
    assert "names passage `a#s/1` twice" in wrong(TWO_SIDES.replace("b#s/2", "a#s/1"))


def test_a_disagreement_has_two_sides() -> None:
    """One side alone contradicts nobody."""
    assert "side" in wrong(TWO_SIDES[: TWO_SIDES.rindex("[[disagreement.side]]")])


def test_an_unknown_key_is_wrong() -> None:
    """A misspelt key would silently lose what it says."""
    assert wrong(TWO_SIDES.replace("says", "say")).startswith("ties.toml:2: ")


def test_an_id_stands_once() -> None:
    """Readers are shown a contradiction by its id."""
    assert "`contact` stands twice" in wrong(TWO_SIDES + TWO_SIDES)


def test_broken_toml_is_told_with_its_line() -> None:
    """The line is the parser's."""
    assert wrong(TWO_SIDES + "\nx = [").startswith("ties.toml:14: ")
