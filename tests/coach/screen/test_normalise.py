"""What people type, made plain."""

from __future__ import annotations

import time

import pytest

from coach.screen.normalise import plain


@pytest.mark.parametrize(
    ("masked", "word"),
    [("su*cide", "suicide"), ("su**ide", "suicide"), ("s*icide", "suicide"), ("k*ll", "kill"), ("r*pe", "rape")],
)
def test_a_masked_word_is_read(masked: str, word: str) -> None:
    """As many letters as asterisks, or fewer, stand behind them."""
    assert plain(f"i said {masked} to her") == f"i said {word} to her"


@pytest.mark.parametrize("token", ["s" + "*" * 4000 + "q", "s***u***i***c***q" * 600, "e*" * 6000 + "q"])
def test_asterisks_cost_no_time(token: str) -> None:
    """A long run of them, or many, is no word; finding that out in every combination took longer than anybody lives."""
    start = time.process_time()
    plain(token)

    assert time.process_time() - start < 2
