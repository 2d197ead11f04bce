"""A message she means to send."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from coach.events import CheckRequest


@pytest.mark.parametrize("local_time", ["24:00", "99:99", "12:60", "1:30", "noon"])
def test_check_refuses_a_time_that_no_clock_shows(local_time: str) -> None:
    """It would be taken for night."""
    with pytest.raises(ValidationError):
        CheckRequest(text="Take care.", local_time=local_time)
