"""What people read when the coach stops, warns or refers."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from coach import replies
from coach.errors import Misconfigured
from coach.thread import CaveatKind, Facts, Outcome, Referral, Screening

EMERGENCY = Referral("e", "Emergency", "anyone", "XX", phone="000", verified_on="2026-01-01", verified_by="test")
LINE = Referral("l", "The Line", "anyone", "XX", phone="111", url="https://line.example")
CRISES = ["crisis.suicide", "crisis.self_harm", "crisis.danger_now", "crisis.harm_others"]
HE = re.compile(r"\b(he|him|his|himself)\b", re.IGNORECASE)


@pytest.mark.parametrize("reply_id", CRISES)
@pytest.mark.parametrize("language", ["en", *replies.LANGUAGES])
def test_a_crisis_names_the_number_in_other_words_each_time(reply_id: str, language: str) -> None:
    """Four turns, four wordings, the number in each, and a line to talk to in nearly all, in her language."""
    known = replies.load()

    texts = [" ".join(known.crisis(reply_id, n, (EMERGENCY, LINE), language)) for n in range(1, 5)]

    assert len(set(texts)) == 4
    assert all("000" in text for text in texts)
    assert sum("111" in text for text in texts) >= 3


def test_a_crisis_with_too_few_wordings_in_a_language_is_refused(tmp_path: Path) -> None:
    """The message names the entry and the language."""
    path = tmp_path / "replies.toml"
    four = '["Call {emergency}?", "Now {emergency}?", "Do call {emergency}?", "Please, {emergency}?"]'
    path.write_text(f'[crisis.suicide]\nsource = "x"\nwordings = {four}\nes = ["Llama: {{emergency}}"]\n')

    with pytest.raises(Misconfigured, match=r"\[crisis.suicide\] es: 1 wordings, wants 4"):
        replies.load(path)


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "children"), ("es", "hijos"), ("fr", "enfants"), ("de", "Kinder"), ("pt", "filhos"), ("it", "figli")],
)
def test_beside_a_no_what_concerns_children_may_still_be_said(language: str, words: str) -> None:
    """Who has to agree on Friday's handover is not told to be silent about it."""
    told = Screening(Facts(no="said"), "x", language=language)

    assert words in replies.load().caveat(CaveatKind.RESPECT_DECISION, told)


@pytest.mark.parametrize("reply_id", CRISES)
@pytest.mark.parametrize("language", ["en", *replies.LANGUAGES])
def test_a_crisis_asks_and_names_the_number(reply_id: str, language: str) -> None:
    """Every wording of every crisis, in her language."""
    texts = replies.load().entry(reply_id).texts(language)

    assert all("?" in text and "{emergency}" in text for text in texts)
    assert "{help}" in texts[0]


def test_an_unchecked_number_stands_behind_its_link() -> None:
    """Nobody could check it, so the provider's page comes first, then a word on it; a page alone needs none."""
    assert replies.contact(LINE) == "The Line (https://line.example; number not checked: 111)"
    assert replies.contact(LINE, "de") == "The Line (https://line.example; Nummer nicht geprüft: 111)"
    assert replies.contact(replace(LINE, phone="")) == "The Line (https://line.example)"
    assert replies.contact(EMERGENCY) == "Emergency (000)"


def test_an_emergency_number_in_a_sentence_stands_bare() -> None:
    """Nobody in danger should have to read past a link."""
    unchecked = replace(EMERGENCY, verified_on="", verified_by="", url="https://emergency.example")

    assert replies.fill("Call {emergency} now.", (unchecked, LINE)) == "Call 000 now."


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
    assert known.closing(screening)[-1].endswith("?")


def test_graver_facts_have_graver_words() -> None:
    """An urgent case is worded as one."""
    known = replies.load()
    urgent = Screening(Facts(abuse=True, abuse_urgent=True), "x")

    assert known.caveat_purposes(CaveatKind.ABUSE, urgent)[0] == "emergency"
    assert known.caveat_purposes(CaveatKind.ABUSE, Screening(Facts(abuse=True), "x"))[0] == "abuse"


@pytest.mark.parametrize("reply_id", CRISES)
def test_in_brazil_a_crisis_speaks_brazilian_portuguese(reply_id: str) -> None:
    """What is said in Portugal sounds far away there."""
    known = replies.load()

    in_brazil = " ".join(known.crisis(reply_id, 1, (EMERGENCY, LINE), replies.spoken("pt", "BR")))
    elsewhere = " ".join(known.crisis(reply_id, 1, (EMERGENCY, LINE), replies.spoken("pt", "PT")))

    assert "você" in in_brazil.lower() and "você" not in elsewhere.lower()
    assert "000" in in_brazil


def test_in_brazil_abuse_is_named_in_brazilian_portuguese() -> None:
    """And what has no Brazilian wording is said as in Portugal."""
    known = replies.load()
    told = Screening(Facts(abuse=True), "x", language=replies.spoken("pt", "BR"))

    assert "Você" in known.caveat(CaveatKind.ABUSE, told)
    assert known.choices(replace(told, facts=Facts(asked=True))) == ("Sim", "Não", "Talvez")


def test_words_on_safety_never_give_a_line_for_the_emergency_number() -> None:
    """Beside abuse that is not urgent the first place is an abuse line; it may not answer at night."""
    children = Screening(Facts(abuse=True), "x", safety=("children",))
    urgent = replace(children, facts=Facts(abuse=True, abuse_urgent=True))

    assert "call your local emergency number" in " ".join(replies.load().safety(children, (LINE,)))
    assert "call 000" in " ".join(replies.load().safety(urgent, (EMERGENCY, LINE)))


def test_words_on_safety_are_said_in_her_language() -> None:
    """Where the file has them in it."""
    told = Screening(Facts(abuse=True), "x", language="es", safety=("strangulation",))

    said = " ".join(replies.load().safety(told, (LINE,)))

    assert said.startswith("Si te han apretado el cuello")
    assert "el número local de emergencias" in said


def test_no_text_says_he() -> None:
    """An ex may be anyone, and so may the one who reads."""
    known = replies.load()

    assert [
        i for i in known.ids() for text in (*known.entry(i).texts(), known.entry(i).question) if HE.search(text)
    ] == []


def test_his_no_is_answered_with_the_unsent_letter() -> None:
    """What she wants to say deserves a place."""
    known, told = replies.load(), Screening(Facts(no="said"), "x")
    said = " ".join(known.opening(told))

    assert "letter" in said
    assert known.opening(told, [f"{said} Take a walk."]) == ()  # once in a talk: the third time it is no comfort


def test_a_file_with_an_unknown_placeholder_is_refused(tmp_path: Path) -> None:
    """A slip in the file fails at start and not in a conversation."""
    path = tmp_path / "replies.toml"
    path.write_text('[failed]\nsource = "x"\nsays = "Call {nowhere}."\n')

    with pytest.raises(Misconfigured, match="nowhere"):
        replies.load(path)


@pytest.mark.parametrize("language", replies.LANGUAGES)
def test_where_no_number_is_known_that_is_said_in_her_language(language: str) -> None:
    """A Spanish sentence with an English end is read twice."""
    said = " ".join(replies.load().crisis("crisis.suicide", 1, (), language))

    assert replies.NOWHERE[language[:2]] in said
    assert replies.NOWHERE["en"] not in said


def test_the_letter_is_spoken_of_in_her_language() -> None:
    """And so is what helps to stop."""
    told = Screening(Facts(no="said", own_conduct=True), "x", language="es")

    opening = " ".join(replies.load().opening(told))

    assert "carta" in opening and "contraseñas" in opening
    assert "letter" not in opening
