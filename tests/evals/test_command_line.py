"""Arguments are read, or refused with code 2."""

import pytest

from evals.__main__ import main
from evals.options import SUITES, read


def test_no_suite_means_all():
    """As does the word."""
    assert read([])[0].suites == SUITES
    assert read(["all"])[0].suites == SUITES


def test_suites_run_in_their_own_order():
    """Whatever the order of the arguments."""
    assert read(["safety", "retrieval"])[0].suites == ("retrieval", "safety")


@pytest.mark.parametrize("args", [["flying"], ["--n", "0"], ["--n", "x"], ["--samples", "a", "--posts", "b"]])
def test_wrong_arguments_exit_with_two(args):
    """Before anything is loaded."""
    with pytest.raises(SystemExit) as exit:
        main(args)

    assert exit.value.code == 2


def test_a_report_that_is_not_there_exits_with_two(tmp_path, capsys):
    """And names the file."""
    assert main(["--compare", str(tmp_path / "a"), str(tmp_path / "b")]) == 2
    assert "report.json" in capsys.readouterr().err


def test_own_samples_that_are_not_there_exit_with_two(tmp_path, capsys):
    """Named, and nothing is built for them."""
    assert main(["pairs", "draw", str(tmp_path / "none.jsonl")]) == 2
    assert "none.jsonl" in capsys.readouterr().err
