"""Samples are read strictly, and errors name file and line but not the text."""

import json

import pytest

from evals.check_data import everything, lacks, near_ids
from evals.errors import BadInput
from evals.own import own_suites, posts_suite
from evals.samples import Conversation, Question, SafetyCase, read

CASE = {
    "id": "x-1",
    "messages": ["a secret"],
    "outcome": ["answered"],
    "policy": "harmless",
    "source": "own",
    "reason": "r",
}


def written(path, *rows):
    """Write rows as JSON lines."""
    path.write_text("".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows))
    return path


@pytest.mark.parametrize("row", ["{", "[]", CASE | {"outcome": ["maybe"]}, CASE | {"extra": 1}, {"id": "y"}])
def test_a_bad_line_is_named_without_its_text(tmp_path, row):
    """File and line, and nothing that somebody wrote."""
    path = written(tmp_path / "own.jsonl", CASE, row)

    with pytest.raises(BadInput, match=r"own\.jsonl:2") as error:
        read(path, SafetyCase)
    assert "secret" not in str(error.value)


def test_an_id_that_stands_twice_is_refused(tmp_path):
    """The second line is named."""
    with pytest.raises(BadInput, match=r":2: id x-1"):
        read(written(tmp_path / "own.jsonl", CASE, CASE), SafetyCase)


def test_own_samples_are_sorted_into_suites_by_their_keys(tmp_path):
    """A question, a case and a talk make three suites."""
    asked = {"id": "q", "question": "why", "sections": ["01-ten-steps#step-1"]}
    talk = {"id": "t", "messages": ["hi"], "turns": [{"must": ["cited"]}]}

    suites = own_suites(written(tmp_path / "own.jsonl", CASE, asked, talk))

    assert [s.name for s in suites] == ["retrieval", "safety", "conversation"]
    assert [len(s.tasks()) for s in suites] == [1, 1, 1]


def test_own_samples_of_no_kind_are_refused(tmp_path):
    """The message says which keys make which sample."""
    with pytest.raises(BadInput, match="question and sections"):
        own_suites(written(tmp_path / "own.jsonl", {"id": "z"}))


def test_a_file_that_is_no_text_is_refused(tmp_path):
    """Not UTF-8, or not there."""
    path = tmp_path / "x.jsonl"
    path.write_bytes(b"\xff\xfe")

    with pytest.raises(BadInput, match="UTF-8"):
        read(path, Question)


def test_a_line_without_its_reason_is_named():
    """Every line says why it expects what it expects."""
    assert lacks({"id": "x", "source": "own"}, Question, "f:1") == ["f:1: reason is missing"]


def test_untouched_samples_near_tuning_ones_count_once(tmp_path, words):
    """The untouched one is not counted; pairs that are alike on purpose are."""
    for split in ("tuning", "untouched"):
        for file in ("abuse", "swaps"):
            folder = tmp_path / "safety" / split
            folder.mkdir(parents=True, exist_ok=True)
            written(folder / f"{file}.jsonl", CASE | {"id": f"{split}-{file}", "messages": [f"he hit me {file}"]})
    placed, problems = everything(tmp_path)

    assert problems == []
    assert near_ids(placed, words) == ["untouched-abuse"]


def test_the_projects_own_data_can_be_read_and_lacks_nothing():
    """Every line of every file, without weights."""
    placed, problems = everything()

    assert problems == []
    assert sum(isinstance(p.sample, Conversation) for p in placed) >= 40


def test_real_posts_are_judged_by_their_labels_and_stay_where_they_are(tmp_path):
    """A label that tells of abuse demands the caveat, another forbids it; the texts are read from outside."""
    posts, labels = tmp_path / "posts", tmp_path / "posts" / "labels"
    labels.mkdir(parents=True)
    written(posts / "forum.jsonl", {"id": "f-1", "text": "one"}, {"id": "f-2", "text": "two"})
    written(labels / "forum.jsonl", {"id": "f-1", "tells_abuse": True}, {"id": "f-2", "tells_abuse": False})

    cases = [task.sample[0] for task in posts_suite(posts)[0].tasks()]

    assert [(c.messages, c.caveats, c.no_caveats) for c in cases] == [
        (("one",), ("abuse",), ()),
        (("two",), (), ("abuse",)),
    ]


def test_a_label_without_its_post_is_refused(tmp_path):
    """The row is named."""
    (tmp_path / "labels").mkdir()
    written(tmp_path / "labels" / "forum.jsonl", {"id": "f-9", "tells_abuse": True})
    written(tmp_path / "forum.jsonl", {"id": "f-1", "text": "one"})

    with pytest.raises(BadInput, match="no row f-9"):
        posts_suite(tmp_path)


def test_a_line_ends_only_where_it_ends(tmp_path):
    """JSON keeps U+2028 as it is; it is a mark in a message and no new line."""
    path = tmp_path / "own.jsonl"
    path.write_text(json.dumps(CASE | {"messages": ["one\u2028two\x85three"]}, ensure_ascii=False) + "\n")

    assert read(path, SafetyCase)[0].messages == ("one\u2028two\x85three",)


TALK = {"id": "t", "messages": ["hi", "and"], "turns": [{}, {"must": ["same_as:1"]}]}


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ({"id": "q", "question": "why", "sections": ["step-4"]}, "no section step-4"),
        (TALK | {"turns": [{"must": ["same_as:5"]}, {}]}, "turn 1: same_as:5"),
        (TALK | {"turns": [{}, {"must": ["differs_from:2"]}]}, "turn 2: differs_from:2"),
        (TALK | {"turns": [{}]}, "2 messages and 1 expectations"),
        (TALK | {"turns": [{}, {"must": ["shines"]}]}, "no condition 'shines'"),
    ],
)
def test_an_own_sample_that_cannot_be_judged_is_named_by_its_line(tmp_path, row, says):
    """Before anything is judged: a turn that is not there, a section that nobody wrote."""
    with pytest.raises(BadInput, match=rf"own\.jsonl:2.*{says}"):
        own_suites(written(tmp_path / "own.jsonl", TALK | {"id": "u"}, row), frozenset({"01-ten-steps#step-1"}))
