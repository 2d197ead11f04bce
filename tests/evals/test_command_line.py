"""Arguments are read, or refused with code 2."""

import pytest

from evals import choose
from evals.__main__ import _judged, main
from evals.figures import Drawn, share
from evals.options import SUITES, read
from evals.run import Outcome


def test_no_suite_means_all():
    """As does the word."""
    assert read([])[0].suites == SUITES
    assert read(["all"])[0].suites == SUITES


def test_suites_run_in_their_own_order():
    """Whatever the order of the arguments."""
    assert read(["safety", "retrieval"])[0].suites == ("retrieval", "safety")


@pytest.mark.parametrize(
    "args",
    [
        ["flying"],
        ["--n", "0"],
        ["--n", "x"],
        ["--samples", "a", "--posts", "b"],
        ["--raise", "--fast"],
        ["--baseline", "--fast"],
        ["--baseline", "--split", "tuning"],
        ["--baseline", "--samples", "a"],
    ],
)
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


def test_a_sample_for_invariants_has_many_answers_and_no_judge():
    """Few answers hold a sentence of the model; nothing that must always hold is decided by a judge."""
    options, _ = read(["grounding", "--fast", "--invariants"])

    assert choose.sizes(options, "embedded")["grounding"] == {"answer": 20}
    assert {t.part for t in choose.suites(options, "embedded")[0].tasks()} == {"answer", "pair"}


@pytest.mark.parametrize(("n_leaks", "missing"), [(0, ("grounding.leaks",)), (3, ())])
def test_an_invariant_of_which_nothing_was_seen_fails_the_run(n_leaks, missing):
    """Twenty answers without one sentence of the model say nothing about leaks."""
    options, _ = read(["grounding", "--fast", "--invariants"])
    held = ("exact_quotes", "short_quotes", "own_line", "cited", "model_verified")
    figures = [share(f"grounding.{name}", "", [True]) for name in held]
    figures += [
        share(f"grounding.{name}", "", [False], "lower")
        for name in ("manipulative", "promises", "errors", "repeated", "contradicts")
    ]
    figures.append(share("grounding.leaks", "", [False] * n_leaks, "lower"))

    made = _judged(options, {"model": "embedded"}, Outcome((), {"grounding": Drawn(tuple(figures))}, 0.0))

    assert made.missing == missing
