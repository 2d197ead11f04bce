"""A sample is spread over its strata."""

from evals.figures import Task
from evals.sampling import stratified


def tasks(**counts):
    """Return tasks of strata."""
    return [Task("s", "p", f"{name}{i}", None, name) for name, n in counts.items() for i in range(n)]


def strata(sample):
    """Count the strata of a sample."""
    names = [t.stratum for t in sample]
    return {name: names.count(name) for name in sorted(set(names))}


def test_a_sample_keeps_proportions_as_worked_by_hand():
    """60, 30 and 10 of 100: ten of them are 6, 3 and 1."""
    assert strata(stratified(tasks(a=60, b=30, c=10), 10)) == {"a": 6, "b": 3, "c": 1}


def test_a_small_stratum_is_never_left_out():
    """One of a thousand still has its place."""
    assert strata(stratified(tasks(a=999, b=1), 5))["b"] == 1


def test_the_same_seed_gives_the_same_sample_in_the_same_order():
    """And the order is that of the tasks."""
    every = tasks(a=20, b=20)
    sample = stratified(every, 10, seed=3)

    assert sample == stratified(every, 10, seed=3)
    assert sample == [t for t in every if t in sample]


def test_a_sample_of_more_than_there_is_is_everything():
    """Nothing is drawn twice."""
    assert len(stratified(tasks(a=3), 10)) == 3
