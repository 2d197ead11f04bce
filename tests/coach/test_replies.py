"""What people read when the coach stops, warns or refers."""

from __future__ import annotations

from pathlib import Path

import pytest

from coach import replies
from coach.errors import Misconfigured
from coach.thread import CaveatKind, Facts, Outcome, Referral, Screening

EMERGENCY = Referral("e", "Emergency", "anyone", "XX", phone="000", verified_on="2026-01-01", verified_by="test")
LINE = Referral("l", "The Line", "anyone", "XX", phone="111", url="https://line.example")


def test_a_crisis_names_the_number_in_other_words_each_time() -> None:
    """Four turns, four wordings, the place in each."""
    known = replies.load()

    texts = [" ".join(known.crisis("crisis.suicide", n, (EMERGENCY, LINE))) for n in range(1, 5)]

    assert len(set(texts)) == 4
    assert all("000" in text and "111" in text for text in texts)


@pytest.mark.parametrize("reply_id", ["crisis.suicide", "crisis.self_harm", "crisis.danger_now", "crisis.harm_others"])
@pytest.mark.parametrize("language", ["en", "es", "fr", "de", "pt", "it"])
def test_a_crisis_asks(reply_id: str, language: str) -> None:
    """Every crisis asks directly, in her language."""
    assert "?" in " ".join(replies.load().crisis(reply_id, 1, (EMERGENCY, LINE), language))


def test_an_unchecked_number_stands_behind_its_link() -> None:
    """Nobody could check it, so the provider's page comes first."""
    assert replies.contact(LINE) == "The Line (https://line.example, 111)"
    assert replies.contact(EMERGENCY) == "Emergency (000)"


def test_no_placeholder_is_left_in_any_text() -> None:
    """Nothing in braces is ever shown."""
    known = replies.load()

    filled = [
        replies.fill(t, (EMERGENCY, LINE)) for i in known.ids() for t in known.entry(i).every_text() if i != "told_by"
    ]

    assert not [text for text in filled if "{" in text]


def test_a_decline_says_why_and_ends_with_a_question() -> None:
    """Never a bare refusal."""
    known = replies.load()
    screening = Screening(Facts(), "x", Outcome.DECLINED, "declined.jealousy")

    assert len(known.declined("declined.jealousy")) == 1
    assert known.alternative("declined.jealousy")
    assert known.closing(screening, 1)[-1].endswith("?")


def test_graver_facts_have_graver_words() -> None:
    """An urgent case is worded as one."""
    known = replies.load()
    urgent = Screening(Facts(abuse=True, abuse_urgent=True), "x")

    assert known.caveat_purposes(CaveatKind.ABUSE, urgent)[0] == "emergency"
    assert known.caveat_purposes(CaveatKind.ABUSE, Screening(Facts(abuse=True), "x"))[0] == "abuse"


def test_his_no_is_answered_with_the_unsent_letter() -> None:
    """What she wants to say deserves a place."""
    assert "letter" in " ".join(replies.load().opening(Screening(Facts(no="said"), "x")))


def test_a_file_with_an_unknown_placeholder_is_refused(tmp_path: Path) -> None:
    """A slip in the file fails at start and not in a conversation."""
    path = tmp_path / "replies.toml"
    path.write_text('[failed]\nsource = "x"\nsays = "Call {nowhere}."\n')

    with pytest.raises(Misconfigured, match="nowhere"):
        replies.load(path)
