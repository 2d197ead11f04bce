"""What counts as manipulation: phrases decide, unless the sentence warns; examples decide where no phrase does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from corpus.passage import Label
from corpus.tactics import Judge, Phrases, Tactics, TacticsError, compile_phrase, load

SMALL = """
warns = ["don't", "never", "mistake"]
reports = ["backfires"]
[harmless]
advice = ["Sleep well.", "Walk by the river.", "Eat something warm.", "Call a friend."]
[[tactic]]
id = "jealousy"
label = "manipulative"
because = "It works by jealousy."
patterns = ["make|making HIM * jealous"]
advice = ["Let him see another man.", "Post a photo with another man.", "Show another man to him."]
requests = ["How do I post another man?"]
[[tactic]]
id = "claim"
label = "contested"
because = "It is a claim."
advice = ["All men hunt.", "All men lead.", "All men want heroes."]
"""


@pytest.fixture
def small(tmp_path: Path) -> Tactics:
    (tmp_path / "t.toml").write_text(SMALL, encoding="utf-8")
    return load(tmp_path / "t.toml")


@pytest.mark.parametrize(
    "sentence",
    [
        "Make him jealous.",
        "It is about making your ex a little jealous!",
        "You could make your ex-boyfriend really very jealous",
    ],
)
def test_a_phrase_is_found_in_its_forms(sentence: str) -> None:
    """`a|b` is a choice, HIM is whoever it is about, `*` is up to four words."""
    assert compile_phrase("make|making HIM * jealous").search(sentence)


def test_a_phrase_does_not_reach_over_a_whole_sentence() -> None:
    """Five words between are another thought."""
    assert not compile_phrase("make HIM * jealous").search("make him a warm soup that nobody is jealous of")


def test_a_phrase_decides_with_its_words_as_evidence(small: Tactics) -> None:
    """Whoever reads a verdict sees what it rests on."""
    finding = Phrases(small).find("You’ll make him so jealous tonight.")

    assert finding is not None
    assert (finding.tactic, finding.score, finding.evidence) == ("jealousy", 1.0, "make him so jealous")


@pytest.mark.parametrize(
    "sentence",
    ["Don’t try to make him jealous.", "It is a mistake to make him jealous.", "To make him jealous backfires."],
)
def test_a_warning_against_a_tactic_is_none(small: Tactics, sentence: str) -> None:
    """Articles that warn against jealousy use the same words."""
    assert Phrases(small).find(sentence) is None


def test_examples_decide_where_no_phrase_does(small: Tactics, embedder: Any) -> None:
    """A finding carries the label and the reason of its tactic; harmless sentences have none."""
    found, claim, none = Judge(embedder, small).findings(
        ["Let him see a photo with another man.", "All men hunt heroes.", "Sleep well and eat something warm."]
    )

    assert found is not None
    assert found.tactic == "jealousy"
    assert claim is not None
    assert (claim.label, claim.because) == (Label.CONTESTED, "It is a claim.")
    assert none is None


def test_the_digest_changes_with_the_file(small: Tactics, tmp_path: Path) -> None:
    """Ingest labels anew when somebody corrects the notion."""
    (tmp_path / "t.toml").write_text(SMALL.replace("Sleep well.", "Sleep."), encoding="utf-8")

    assert load(tmp_path / "t.toml").digest != small.digest


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("because", "reason", "reason: extra inputs"),
        ("contested", "bad", "label"),
        ('id = "claim"', 'id = "jealousy"', "an id of its own"),
        ("[harmless]", "[harmless", "line 4"),
    ],
)
def test_a_mistake_in_the_file_is_named(tmp_path: Path, old: str, new: str, says: str) -> None:
    """People who do not code correct this file."""
    (tmp_path / "t.toml").write_text(SMALL.replace(old, new), encoding="utf-8")
    with pytest.raises(TacticsError, match=says):
        load(tmp_path / "t.toml")


def test_the_file_s_own_phrases_find_no_harmless_example() -> None:
    """A phrase that catches a sentence known to be harmless is too wide."""
    tactics = load()
    phrases = Phrases(tactics)

    assert [e for e in tactics.harmless.examples if phrases.find(e)] == []


def test_every_tactic_has_examples_in_both_voices() -> None:
    """An article advises it, a user asks for it."""
    assert all(len(t.advice) >= 5 and len(t.requests) >= 2 for t in load().tactic)
