"""Lines about her, and about them: the pronouns follow, and the verbs with them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from coach.lines import fit
from coach.steps import _allowed
from coach.thread import Facts, Pronoun
from corpus.passage import Passage
from corpus.settings import CorpusSettings
from ingest import articles

OF_HIM = re.compile(r"\b(he|him|his|himself)(?!n)\b(?!['’]ll be fine)", re.IGNORECASE)
PLURAL_S = re.compile(r"\bthey (?:\w+ly )?(is|was|has|does|\w+[^su']s)\b", re.IGNORECASE)


def passages() -> list[Passage]:
    """Read every passage of the corpus, without an index."""
    folder: Path = CorpusSettings(_env_file=None).articles  # type: ignore[call-arg]
    read = [articles.read(path, path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.md"))]
    return [passage for one in read for passage in one.passages]


@pytest.mark.parametrize(
    ("line", "she", "they"),
    [
        ("He writes to you.", "She writes to you.", "They write to you."),
        ("If he's sad, let him be.", "If she's sad, let her be.", "If they're sad, let them be."),
        ("The fault was his.", "The fault was hers.", "The fault was theirs."),
        ("What is he doing, and does he miss you?", "What is she doing, and does she miss you?", None),
        ("He really misses his dog.", "She really misses her dog.", "They really miss their dog."),
        ("He always watches himself.", "She always watches herself.", "They always watch themselves."),
        (
            "Ask whether he wants you, loves you and is free.",
            "Ask whether she wants you, loves you and is free.",
            "Ask whether they want you, love you and are free.",
        ),
        ("If he's been ill, wait.", "If she's been ill, wait.", "If they've been ill, wait."),
        ("Perhaps he’s tired.", "Perhaps she’s tired.", "Perhaps they’re tired."),
    ],
)
def test_a_line_follows_her_pronouns(line: str, she: str, they: str | None) -> None:
    """Verbs agree, contractions too."""
    assert fit(line, "she") == she
    if they:
        assert fit(line, "they") == they
    assert fit(line, "he") == line


@pytest.mark.parametrize("pronoun", ["she", "they"])
def test_no_line_of_the_corpus_leaves_him_behind(pronoun: str) -> None:
    """Every line that the coach may say."""
    left = [said for p in passages() if OF_HIM.search(said := fit(p.line, pronoun))]  # type: ignore[arg-type]

    assert left == []


@pytest.mark.parametrize("pronoun", ["she", "they"])
def test_no_line_about_men_is_said_of_an_ex_who_is_none(pronoun: Pronoun) -> None:
    """Nor one that takes the reader for a woman; of a man they may be said."""
    of_men = [p for p in passages() if re.search(r"\b(men|guys|woman)\b", p.line)]

    assert len(of_men) >= 4
    assert not any(_allowed(Facts(pronoun=pronoun))(p) for p in of_men)
    assert all(_allowed(Facts(pronoun="he"))(p) for p in of_men)


def test_no_line_of_the_corpus_says_they_is() -> None:
    """The verb right behind the pronoun agrees with it."""
    wrong = [said for p in passages() if PLURAL_S.search(said := fit(p.line, "they"))]

    assert wrong == []
