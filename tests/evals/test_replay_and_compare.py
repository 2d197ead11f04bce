"""Records are set beside what happens now, reports beside each other."""

import json

import pytest
from evals_wire import Echo, answer, sentence

from corpus.weights import QWEN
from evals import compare, replay
from evals.differences import between
from evals.errors import BadInput
from evals.figures import Result


def test_differences_name_their_place():
    """Paths lead to what differs; tiny differences of floats do not count."""
    before = {"a": [1, {"b": "x"}], "score": 0.5, "gone": 1}
    after = {"a": [1, {"b": "y"}], "score": 0.5004, "new": 2}

    assert list(between(before, after)) == [
        "a[1].b: 'x' in the record, 'y' now",
        "gone: only in the record",
        "new: only now",
    ]


def test_a_longer_list_is_named_with_both_lengths():
    """A sentence more is a difference."""
    assert list(between({"s": [1]}, {"s": [1, 2]})) == ["s: 1 in the record, 2 now"]


@pytest.mark.parametrize(
    "row", [{"message": "m", "answer": answer(sentence("x"))}, {"turns": [{"message": "m", "answer": answer()}]}]
)
def test_a_recorded_turn_is_read(tmp_path, row):
    """One turn, or the turns of a talk."""
    path = tmp_path / "turn.json"
    path.write_text(json.dumps(row))

    assert "turns" in replay.read(path, "")["record"]


@pytest.mark.parametrize("text", ["{}", "[]", '{"turns": []}', '{"turns": [{}]}', '{"record": {}}'])
def test_a_file_that_is_no_record_is_refused(tmp_path, text):
    """The message says what a record holds."""
    path = tmp_path / "turn.json"
    path.write_text(text)

    with pytest.raises(BadInput, match="`message` and `answer`"):
        replay.read(path, "")


async def test_a_turn_that_is_said_again_names_where_it_parts():
    """From the region it was said from; the same words part nowhere."""
    record = [{"message": "m", "answer": answer(sentence("Rest."))}]

    assert await replay.talked_again(record, Echo("Rest."), "GB") == []
    assert await replay.talked_again(record, Echo("Write."), "GB") == [
        "turn 1: sentences[0].text: 'Rest.' in the record, 'Write.' now"
    ]


@pytest.mark.parametrize(
    ("told", "about", "model"),
    [("none", {}, "none"), (QWEN.name, {}, "embedded"), ("x", {"model": "embedded"}, "embedded"), ("", {}, "none")],
)
def test_a_record_is_replayed_with_its_own_model(told, about, model, monkeypatch):
    """A record of lines alone would part from a model's answers everywhere."""
    monkeypatch.setenv("COACH_MODEL", "none")
    turn = {"message": "m", "answer": answer() | {"decision": {"model": told}}}

    assert replay.settings_of({"record": {"turns": [turn]}}, about).model == model


def test_a_result_is_found_by_its_key(tmp_path):
    """A missing key is an error that names it."""
    path = tmp_path / "results.jsonl"
    path.write_text(json.dumps(Result("s", "p", "1", True).as_dict()) + "\n")

    assert replay.read(path, "s/p/1")["id"] == "1"
    with pytest.raises(BadInput, match="s/p/2"):
        replay.read(path, "s/p/2")


def report(value, low, high):
    """A report of one figure."""
    figure = {"key": "s.f", "value": value, "low": low, "high": high, "unit": "share", "better": "higher"}
    return {"about": {"model": "none", "corpus_digest": "c" * 12}, "made_on": "2026-01-01T00:00", "figures": [figure]}


def test_a_change_is_named_only_beyond_the_intervals():
    """0.5 to 0.9 with intervals apart is better; 0.5 to 0.6 within them is nothing."""
    apart = compare.markdown(report(0.5, 0.4, 0.6), report(0.9, 0.8, 1.0), {"better": ["s/p/1"], "worse": []})
    within = compare.markdown(report(0.5, 0.4, 0.6), report(0.6, 0.5, 0.7), {"better": [], "worse": []})

    assert "| s.f | 0.500 | 0.900 | +0.400 | **better** |" in apart
    assert "**1 samples turned better** s/p/1" in apart
    assert "**better**" not in within.split("turned")[0].replace("**0 samples", "")


def test_runs_of_other_samples_are_not_compared_without_a_word():
    """A whole run beside a sample; and a figure that neither could measure is in neither."""
    a, b = report(None, None, None), report(None, None, None)
    b["about"] = b["about"] | {"fast": True}
    told = compare.markdown(a, b, {})

    assert "differ in fast" in told
    assert "| in neither |" in told
