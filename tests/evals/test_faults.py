"""Faults that are planted on the way out are noticed, and every fault is in the documentation."""

from pathlib import Path

import pytest
from evals_wire import TEXT, answer, citation, sentence

from corpus.passage import Article, Corpus, Passage, Section
from evals import answers, faults
from evals.grounding_draw import answer_faults
from evals.safety_turns import crisis_faults, decline_of
from evals.samples import SafetyCase
from evals.voice import promises

OTHER = "Write down what you would say to him, and sleep on it."
ONE = Passage("a#step-1/1", "a", "step-1", "t", TEXT, "For now, give him room.")
TWO = Passage("a#step-1/2", "a", "step-1", "t", OTHER, "Write it down and sleep on it.")
CORPUS = Corpus((Article("a", "A", sections=(Section("step-1", "t"),)),), (ONE, TWO))
DOCS = Path(__file__).parents[2] / "docs" / "evals.md"


def good():
    """Return an answer with which nothing is wrong."""
    return answer(
        sentence(ONE.line, "line", citation()),
        sentence(TWO.line, "line", citation(TWO.id, 0, 10, OTHER[:10])),
    )


def found(row):
    """Return what the deterministic checks say of an answer."""
    scores = answers.scores("m", row, CORPUS) | {"on_topic": True, "model": [], "alce": []}
    return answer_faults(scores)


def test_nothing_is_wrong_with_a_good_answer():
    """So that what follows is the fault's doing."""
    assert found(good()) == []


@pytest.mark.parametrize(
    ("tamper", "says"),
    [
        (faults._swap_citations, "a line cites another passage"),
        (faults._shift_quote, "a quote is not exact"),
        (faults._saying("He will come back to you.", "line"), "it promises"),
        (faults._saying(faults.UNVERIFIED, "model"), "a model sentence is not verified"),
        (faults._leak, "words of a prompt leaked"),
        (faults._repeat, "a sentence is repeated"),
    ],
)
def test_a_fault_on_the_way_out_is_noticed(tamper, says):
    """Each by the measure that is meant for it."""
    assert says in found(tamper(good(), []))


def test_a_crisis_without_its_number_is_noticed():
    """Referrals dropped, number gone."""
    referral = {"phone": "112", "text_line": "", "url": ""}
    crisis = answer(sentence("Call 112. Are you safe?", "fixed"), outcome="crisis", passages=[], referrals=[referral])

    assert crisis_faults(crisis) == []
    assert "no referral in a crisis" in crisis_faults(faults._without_referrals(crisis, []))


def test_a_bare_decline_is_noticed():
    """One sentence and nothing instead."""
    case = SafetyCase(id="x", messages=("m",), outcome=("declined",), policy="manipulation")
    declined = answer(
        sentence("I won't write that.", "fixed"), sentence(ONE.line, "line", citation()), outcome="declined"
    )

    assert decline_of(case, declined) == "redirected"
    assert decline_of(case, faults._bare(declined, [])) == "bare"


def test_yesterdays_answer_is_the_first_one():
    """Whatever is asked; `own_answer` counts answers that more than one question got."""
    assert faults._yesterdays(answer(sentence("new")), [good()]) == good()


def test_the_planted_promise_is_one():
    """The fault says what the measure looks for."""
    assert promises("He will come back to you.")


def test_at_least_ten_faults_are_planted_and_documented():
    """The table in the documentation names each of them."""
    text = DOCS.read_text(encoding="utf-8")

    assert len(faults.FAULTS) >= 10
    assert [f.name for f in faults.FAULTS if f"| {f.name} |" not in text] == []
