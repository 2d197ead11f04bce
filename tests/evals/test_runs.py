"""A run keeps every result and goes on where it stopped."""

import pytest
from evals_wire import Counting, Echo

from evals import choose
from evals.errors import BadInput
from evals.options import Options
from evals.run import Plan, read_results, run


def plan(suite, folder, **changes):
    """Return a quiet plan of one suite."""
    return Plan((suite,), folder, changes.pop("about", {"model": "none"}), is_quiet=True, **changes)


async def test_every_result_is_kept_as_a_line(tmp_path):
    """Four samples, four lines, in order."""
    await run(plan(Counting(4), tmp_path), Echo())

    assert [r.id for r in read_results(tmp_path / "results.jsonl")] == ["0", "1", "2", "3"]


async def test_a_resumed_run_judges_only_what_is_missing(tmp_path):
    """Two lines stand, and one that was cut off in the middle; two samples are judged."""
    await run(plan(Counting(4), tmp_path), Echo())
    path = tmp_path / "results.jsonl"
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(lines[:2]) + lines[2][:20])
    again = Counting(4)

    outcome = await run(plan(again, tmp_path, is_resumed=True), Echo())

    assert again.judged == ["2", "3"]
    assert len(outcome.results) == 4
    assert len(read_results(path)) == 4


async def test_a_run_of_something_else_is_not_resumed(tmp_path):
    """Results of two models do not mix; the message names what differs."""
    await run(plan(Counting(2), tmp_path), Echo())

    with pytest.raises(BadInput, match="differs in model"):
        await run(plan(Counting(2), tmp_path, about={"model": "embedded"}, is_resumed=True), Echo())


async def test_a_broken_sample_costs_only_itself(tmp_path):
    """It is recorded as an error and judged again on resume."""
    outcome = await run(plan(Counting(3, breaks="1"), tmp_path), Echo())
    again = Counting(3)
    await run(plan(again, tmp_path, is_resumed=True), Echo())

    assert [bool(r.error) for r in outcome.results] == [False, True, False]
    assert again.judged == ["1"]


async def test_a_sample_of_a_suite_is_drawn_where_asked_for(tmp_path):
    """Two of four."""
    outcome = await run(plan(Counting(4), tmp_path, n_of={"counting": 2}), Echo())

    assert len(outcome.results) == 2


async def test_a_sample_of_each_part_leaves_out_the_parts_that_are_not_named(tmp_path):
    """Large parts do not crowd out small ones."""
    outcome = await run(plan(Counting(4), tmp_path, n_of={"counting": {"p": 3}}), Echo())
    nothing = await run(plan(Counting(4), tmp_path / "q", n_of={"counting": {"q": 3}}), Echo())

    assert (len(outcome.results), len(nothing.results)) == (3, 0)


def test_a_run_is_not_resumed_after_its_samples_changed(tmp_path):
    """What a run is of holds the digest of code, rails and samples: results of others do not mix."""
    own = tmp_path / "own.jsonl"
    own.write_text("one")
    options = Options(("safety",), samples=own)
    before = choose.about(options, {"model": "none"})
    again = choose.about(options, {"model": "none"})
    own.write_text("two")

    assert before == again
    assert choose.about(options, {"model": "none"}) != before
