"""Which lines are chosen, and what of a large model's words counts as a claim."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from fakes import RESTS, WALKS, passage, tiny_corpus

from coach import draft
from corpus.passage import Aim, Found, Label, Stage

CORPUS = tiny_corpus()
ALL = tuple(Found(p, 0.9 - n / 100) for n, p in enumerate(CORPUS) if p.label is not Label.MANIPULATIVE)


def unlike(a: str, b: str) -> float:
    return 0.0


def ids(chosen: tuple[Found, ...]) -> list[str]:
    return [f.passage.id for f in chosen]


def test_the_best_is_said_first() -> None:
    """The others follow from herself to him."""
    him, herself = replace(ALL[0], passage=replace(WALKS[0], aim=Aim.HIM)), ALL[1]
    us = Found(passage("walks#us/1", "Talk.", "Talk. More.", aim=Aim.US), 0.88)

    assert ids(draft.choose([him, us, herself], CORPUS, unlike)) == [him.passage.id, herself.passage.id, "walks#us/1"]


def test_no_two_lines_say_the_same() -> None:
    """The better of two that are alike stays."""

    def likeness(a: str, b: str) -> float:
        return 0.9 if {a, b} == {"walks#sleep/1", "walks#sleep/2"} else 0.0

    assert "walks#sleep/2" not in ids(draft.choose(ALL, CORPUS, likeness))


def test_two_sides_are_not_both_advised() -> None:
    """One of two lines that contradict each other is left to the caveat."""
    chosen = ids(draft.choose(ALL, CORPUS, unlike))

    assert "walks#write/1" in chosen
    assert "rests#write/1" not in chosen


def test_a_claim_without_evidence_needs_to_be_asked_for() -> None:
    """First it may stand; further down it is left out, unless an article contradicts it."""
    doubtful = Found(replace(RESTS[0], label=Label.CONTESTED), 0.89)
    asked_for = replace(doubtful, score=0.95)

    assert "rests#rest/1" not in ids(draft.choose([ALL[0], doubtful], CORPUS, unlike))
    assert ids(draft.choose([asked_for, ALL[0]], CORPUS, unlike))[0] == "rests#rest/1"


def test_a_line_that_would_stand_alone_gets_the_nearest_other_for_company(monkeypatch: pytest.MonkeyPatch) -> None:
    """The nearest by score, though it is hardly likely to fit; not one far off, none that fits nobody, and never a third."""
    lone, likelier, near, far, hopeless = (
        Found(passage(f"walks#s/{n}", f"Line {n}.", "Text. More."), score)
        for n, score in enumerate((0.72, 0.5, 0.66, 0.59, 0.7))
    )
    chance = {lone: 0.5, likelier: 0.29, near: 0.15, far: 0.2, hopeless: 0.05}
    monkeypatch.setattr(draft, "probability", lambda found, vector: chance[found])

    assert ids(draft.choose(list(chance), CORPUS, unlike)) == ["walks#s/0", "walks#s/2"]
    assert ids(draft.choose([lone, far, hopeless], CORPUS, unlike)) == ["walks#s/0"]
    assert draft.choose([near, far], CORPUS, unlike) == ()


def test_who_wrote_an_article_is_said_only_to_who_asks() -> None:
    """It is no advice, also where something has to be said."""
    authors = Found(passage("walks#s/9", "This article was written by Ann Ode.", "Ann wrote it. More."), 0.6)

    assert ids(draft.choose([ALL[0], authors], CORPUS, unlike, at_least=2)) == ["walks#sleep/1"]
    assert ids(draft.choose([authors, replace(ALL[0], score=0.5)], CORPUS, unlike))[0] == "walks#s/9"


def test_lines_of_another_stage_are_left_out() -> None:
    """But for the one that answers her."""
    chosen = draft.choose([replace(ALL[1], score=0.95), ALL[0]], CORPUS, unlike, Stage.MEETING)

    assert ids(chosen) == ["walks#sleep/2"]


def test_there_are_never_more_than_a_few() -> None:
    """Whatever is found."""
    many = [Found(passage(f"walks#s/{n}", f"Line {n}.", "Text. More."), 0.9) for n in range(12)]

    assert len(draft.choose(many, CORPUS, unlike)) == draft.MAX_LINES


def test_only_what_fits_is_said() -> None:
    """However few lines that leaves; where something has to be said, the likeliest are."""
    near, far = (
        Found(passage("walks#s/1", "Line.", "Text. More."), 0.8),
        Found(passage("walks#s/2", "Other.", "Text."), 0.2),
    )

    assert ids(draft.choose([near, far], CORPUS, unlike)) == ["walks#s/1"]
    assert ids(draft.choose([far], CORPUS, unlike)) == []
    assert ids(draft.choose([far], CORPUS, unlike, at_least=1)) == ["walks#s/2"]


def test_what_fits_most_people_does_not_lead_in_another_stage(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the nearest is what she asks for, whatever its stage; a good record is no such reason."""
    monkeypatch.setattr(draft, "probability", lambda f, _vector: 0.9 if f.passage.id == "walks#s/2" else 0.5)
    near = Found(passage("walks#s/1", "Line.", "Text. More."), 0.5)
    useful = Found(replace(passage("walks#s/2", "Other.", "Text."), stages=(Stage.SILENCE,)), 0.4)

    assert ids(draft.choose([near, useful], CORPUS, unlike, Stage.MEETING)) == ["walks#s/1"]
    assert ids(draft.choose([near, useful], CORPUS, unlike, Stage.SILENCE)) == ["walks#s/2", "walks#s/1"]


def test_what_was_said_is_said_again_only_where_nothing_new_fits() -> None:
    """However well it fits; then one line is enough, or as many as the turn needs."""
    scores = {1: 0.9, 2: 0.8, 3: 0.1, 4: 0.1}
    found = [Found(passage(f"walks#s/{n}", f"Line {n}.", "Text. More."), score) for n, score in scores.items()]
    both = {"walks#s/1", "walks#s/2"}

    assert ids(draft.choose(found, CORPUS, unlike, said={"walks#s/1"})) == ["walks#s/2"]
    assert ids(draft.choose(found, CORPUS, unlike, said=both)) == ["walks#s/1"]
    assert ids(draft.choose(found, CORPUS, unlike, said=both, at_least=2)) == ["walks#s/1", "walks#s/2"]
    assert ids(draft.choose(found, CORPUS, unlike, said=both, at_least=3)) == ["walks#s/1", "walks#s/2", "walks#s/3"]


def test_what_says_the_same_as_what_was_said_is_not_new() -> None:
    """Five articles repeat each other."""

    def likeness(a: str, b: str) -> float:
        return 0.9 if {a, b} == {"walks#s/1", "walks#s/2"} else 0.0

    scores = {2: 0.9, 3: 0.8}
    found = [Found(passage(f"walks#s/{n}", f"Line {n}.", "Text. More."), score) for n, score in scores.items()]

    assert ids(draft.choose(found, CORPUS, likeness, said={"walks#s/1"})) == ["walks#s/3"]


def test_a_record_of_harmless_messages_says_nothing_where_violence_was_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """What never fitted those may be just what she needs: its score alone counts."""
    monkeypatch.setattr(draft, "probability", lambda _, vector: 0.5 if vector is None else 0.05)
    listen = Found(passage("walks#s/1", "Listen to your friends.", "Text. More."), 0.7)

    assert ids(draft.choose([listen], CORPUS, unlike, vector=np.ones(2, dtype=np.float32))) == []
    assert ids(draft.choose([listen], CORPUS, unlike)) == ["walks#s/1"]


def test_what_is_very_near_leads() -> None:
    """Before what fits most people: it is what she asks for."""
    told = [(0.9, 0.2, "asked for"), (0.5, 0.9, "fits most"), (0.5, 0.1, "fits nobody")]

    assert [what for _, _, what in draft.in_order(told)] == ["asked for", "fits most"]
    assert [what for _, _, what in draft.in_order(told[1:])] == ["fits most"]
    assert [what for _, _, what in draft.in_order([(0.9, 0.05, "scolds who is near"), *told[1:]])] == ["fits most"]


def test_what_is_near_may_presume_and_is_not_said_first() -> None:
    """What is likely to fit goes before it, or goes without it."""
    near, nearer = (0.72, 0.2, "near"), (0.78, 0.2, "nearer")
    fits = [(0.5, 0.9, "fits most"), (0.4, 0.8, "fits many")]

    assert [what for _, _, what in draft.in_order([near, *fits])] == ["fits most", "fits many"]
    assert [what for _, _, what in draft.in_order([nearer, *fits])] == ["fits most", "nearer", "fits many"]
    assert [what for _, _, what in draft.in_order([near, (0.5, 0.1, "fits nobody")])] == ["near"]
    assert [what for _, _, what in draft.in_order([(0.78, 0.95, "both"), *fits])] == ["both", "fits most", "fits many"]


@pytest.mark.parametrize(
    "text",
    [
        "He left. Walk in the evening [1]. Rest on Sundays [2].",
        "He left. Walk in the evening. [1] Rest on Sundays. [2]",
        "He left.\nWalk in the evening [1].\n\nRest on Sundays [2][9].",
    ],
)
def test_a_mark_belongs_to_its_sentence(text: str) -> None:
    """Before its full stop or behind it; marks that name nothing count as none."""
    found = draft.claims(text, ALL[:2])

    assert [c.text for c in found] == ["He left.", "Walk in the evening.", "Rest on Sundays."]
    assert [c.passages for c in found] == [(), (ALL[0],), (ALL[1],)]
