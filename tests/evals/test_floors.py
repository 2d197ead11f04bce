"""Floors hold, fall, and only rise."""

import subprocess
import tomllib
from pathlib import Path

import pytest

from evals import floors
from evals.errors import BadInput
from evals.figures import share
from evals.floors import Floor

ROOT = Path(__file__).parents[2]


def status(figure, floor, *, is_whole=True):
    """Judge one figure."""
    return floors.judge([figure], {figure.key: floor}, {}, is_whole=is_whole)[0].status


def figure(k, n, key="s.f"):
    """A share of k in n."""
    return share(key, "says", [True] * k + [False] * (n - k))


def test_a_figure_under_its_floor_has_fallen():
    """Nine of ten where 0.95 must hold."""
    assert status(figure(9, 10), Floor(floor=0.95)) == "fallen"


def test_a_figure_over_its_floor_may_be_below_its_target():
    """It holds, and the report says what is wanted."""
    assert status(figure(9, 10), Floor(floor=0.8, target=0.95)) == "below_target"
    assert status(figure(10, 10), Floor(floor=0.8, target=0.95)) == "ok"


def test_on_a_sample_a_floor_falls_only_beyond_the_interval():
    """Nine of ten may be 0.95; one of ten may not."""
    assert status(figure(9, 10), Floor(floor=0.95), is_whole=False) == "ok"
    assert status(figure(1, 10), Floor(floor=0.95), is_whole=False) == "fallen"


def test_an_invariant_holds_on_any_sample():
    """One quote of a thousand that is not exact is a fault, on a sample too."""
    assert status(figure(999, 1000), Floor(floor=1.0, target=1.0), is_whole=False) == "fallen"


def test_lower_is_better_where_the_floor_says_so():
    """False alarms: 1 of 10 where at most 0.05 may be."""
    assert status(figure(1, 10), Floor(floor=0.05, better="lower")) == "fallen"
    assert status(figure(0, 10), Floor(floor=0.05, better="lower")) == "ok"


def test_fewer_samples_than_needed_count_as_fallen():
    """A figure does not rise by dropping the hard samples."""
    assert status(figure(5, 5), Floor(floor=0.9, n=10)) == "fallen"


def test_a_floor_that_was_not_measured_is_named():
    """Unless it needs a model and there is none."""
    known = {"s.f": Floor(floor=1.0), "s.m": Floor(floor=1.0, needs_model=True), "other.f": Floor(floor=1.0)}

    assert floors.missing([], known, ["s"], has_model=False) == ["s.f"]
    assert floors.missing([], known, ["s"], has_model=True) == ["s.f", "s.m"]


def test_where_invariants_alone_may_fail_a_run_the_others_keep_their_targets():
    """Five of ten under a floor of 0.9: the report still shows that 0.95 is wanted."""
    known = {"s.f": Floor(floor=0.9, target=0.95, n=100), "s.always": Floor(floor=1.0, target=1.0)}
    judged = floors.judge([figure(5, 10), figure(9, 10, "s.always")], known, {}, is_whole=False, invariants_only=True)

    assert [(j.status, j.floor, j.target) for j in judged] == [("below_target", None, 0.95), ("fallen", 1.0, 1.0)]


def test_the_floors_file_can_be_read_and_directions_agree():
    """A floor is on the worse side of its target."""
    for key, floor in floors.load().items():
        if floor.floor is not None and floor.target is not None:
            sign = 1 if floor.better == "higher" else -1
            assert sign * (floor.target - floor.floor) >= 0, key


def test_floors_are_raised_to_what_was_measured_and_never_lowered():
    """A new one is set, a lower one raised, a higher one stays, comments too; what has no entry gets none."""
    text = '# why\n[s.new]\ntarget = 1.0\n\n[s."low@5"]\nfloor = 0.2\n\n[s.high]\nfloor = 0.9\n'
    figures = [figure(1, 2, f"s.{name}") for name in ("new", "low@5", "high", "other")]

    assert (
        floors.raised(text, figures)
        == '# why\n[s.new]\nfloor = 0.5\ntarget = 1.0\n\n[s."low@5"]\nfloor = 0.5\n\n[s.high]\nfloor = 0.9\n'
    )


def lowered(before: dict[str, Floor], now: dict[str, Floor]) -> list[str]:
    """Name the entries that ask less now than before, or are gone."""
    return [key for key, floor in before.items() if key not in now or asks_less(floor, now[key])]


def asks_less(before: Floor, now: Floor) -> bool:
    """Say whether an entry lets more through than it did."""
    sign = 1 if before.better == "higher" else -1
    values = [(before.floor, now.floor), (before.target, now.target)]
    is_weaker = any(was is not None and (is_now is None or sign * (is_now - was) < 0) for was, is_now in values)
    return is_weaker or now.n < before.n or now.better != before.better or now.needs_model > before.needs_model


LOWER = Floor(floor=0.1, target=0.05, n=9, better="lower")


@pytest.mark.parametrize(
    "change", [{"floor": 0.2}, {"floor": None}, {"target": 0.1}, {"n": 8}, {"better": "higher"}, {"needs_model": True}]
)
def test_an_entry_that_asks_less_is_named(change):
    """Of its floor, its target, its samples, its direction, or of a run without a model; so is one that is gone."""
    assert lowered({"a": LOWER}, {"a": LOWER.model_copy(update=change)}) == ["a"]
    assert lowered({"a": LOWER}, {}) == ["a"]
    assert lowered({"a": LOWER}, {"a": LOWER.model_copy(update={"floor": 0.05, "n": 10})}) == []


def test_every_floor_says_how_many_samples_it_needs():
    """Otherwise the hard ones could be dropped."""
    assert [key for key, floor in floors.load().items() if floor.floor is not None and not floor.n] == []


@pytest.mark.parametrize("text", ["[s.f]\nfloor = 'x'", "[s.f]\nflor = 1.0", "[s]\nf = 1"])
def test_an_entry_that_cannot_be_read_is_named(tmp_path, text):
    """File and entry."""
    path = tmp_path / "floors.toml"
    path.write_text(text)

    with pytest.raises(BadInput, match=r"floors\.toml: \[s\.f\]"):
        floors.load(path)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"figures": {"s.f": "x"}}'])
def test_a_baseline_that_cannot_be_read_is_named(tmp_path, text):
    """With what to do about it."""
    path = tmp_path / "baseline.json"
    path.write_text(text)

    with pytest.raises(BadInput, match="--baseline"):
        floors.baseline(path)


def test_no_floor_is_lower_than_it_ever_was():
    """Every committed version of the file is compared: a floor may only rise."""
    path = "evals/floors.toml"
    log = subprocess.run(
        ["git", "log", "--format=%H", "--", path], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if log.returncode:
        pytest.skip("not a git checkout")
    shallow = ["git", "rev-parse", "--is-shallow-repository"]
    is_shallow = subprocess.run(shallow, cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()
    assert is_shallow == "false", "a shallow clone has no history to compare with: git fetch --unshallow"
    now = floors.load()
    for commit in log.stdout.split():
        text = subprocess.run(
            ["git", "show", f"{commit}:{path}"], cwd=ROOT, capture_output=True, text=True, check=False
        )
        if not text.returncode:
            assert lowered(floors.parse(tomllib.loads(text.stdout)), now) == [], commit
