"""The judge is asked as ALCE needs it, once a pair; its pairs come from real answers."""

import pytest
from evals_wire import TEXT, answer, citation, sentence
from fakes import ScriptedModel

from evals import pairs
from evals.agreement import JudgeErrors
from evals.errors import BadInput
from evals.figures import Result
from evals.grounding import _alce_scores, label_of
from evals.grounding_draw import alce as alce_figures
from evals.judge import ModelJudge, alce, from_spec
from evals.samples import JudgePair


async def test_one_citation_costs_one_question():
    """Alone and together are the same."""
    model = ScriptedModel([0.9])

    said = await alce(ModelJudge(model), "claim", ["evidence"])

    assert (said.by_all, said.alone, said.without) == (True, (True,), (False,))
    assert len(model.asked) == 1


async def test_two_citations_are_asked_together_alone_and_without_each():
    """Together 0.9; alone 0.9 and 0.1; without the first it is the second alone, which is remembered."""
    model = ScriptedModel([0.9, 0.9, 0.1])

    said = await alce(ModelJudge(model), "claim", ["one", "two"])

    assert (said.alone, said.without) == ((True, False), (False, True))


async def test_the_judge_reads_the_claim_before_its_evidence():
    """The other way round than the verifier."""
    model = ScriptedModel([0.9])
    await ModelJudge(model).entails("THE CLAIM", "THE EVIDENCE")

    assert model.asked[0].index("THE CLAIM") < model.asked[0].index("THE EVIDENCE")


@pytest.mark.parametrize(("spec", "says"), [("nli:some/model", "hub"), ("none", "provider:model"), ("gpt", "gpt")])
async def test_a_judge_that_cannot_be_had_is_refused_with_a_word_on_why(spec, says):
    """A cross-encoder needs a hub, and no model judges nothing."""
    with pytest.raises(BadInput, match=says):
        await from_spec(spec)


async def test_a_line_that_cites_nothing_is_not_recalled():
    """It rests on nothing, whatever her message says; only what a model says back rests on that."""
    said = answer(sentence("Rest."), sentence("You are wondering why.", "model"))

    rows = await _alce_scores(ModelJudge(ScriptedModel([0.9])), "why?", said)

    assert rows == [
        {"source": "line", "faithful": False, "by_quote": False, "recall": 0.0, "precise": []},
        {"source": "model", "faithful": True},
    ]


def test_a_corrected_f1_is_that_of_corrected_recall_and_precision():
    """Precision 0.9 and recall 0.6 are by a judge of 0.9 and 0.8 really 1.0 and 0.571: F1 0.727."""
    rows = [
        {"source": "line", "faithful": True, "by_quote": True, "recall": float(i < 6), "precise": [i < 9]}
        for i in range(10)
    ]
    told = [Result("grounding", "answer", "1", True, scores={"alce": rows})]

    drawn = {f.key: f.value for f in alce_figures(told, JudgeErrors(0.9, 0.8, 100, 100))}

    assert drawn["grounding.citation_f1"] == pytest.approx(0.72, abs=1e-3)
    assert drawn["grounding.citation_f1.corrected"] == pytest.approx(0.7273, abs=1e-3)


def result():
    """A recorded answer with two passages beside it."""
    row = answer(sentence("Give him room.", "line", citation()))
    row["passages"].append(row["passages"][0] | {"passage_id": "b#x/1", "text": "Other."})
    other = answer(sentence("Rest.", "line", citation()))
    other["passages"].append(row["passages"][1])
    record = [{"turns": [{"message": "m", "answer": a}]} for a in (row, other)]
    return [Result("grounding", "answer", str(i), True, record=r) for i, r in enumerate(record)]


def test_drawn_pairs_hold_own_and_other_evidence():
    """Without the others a judge that always says yes would look right."""
    drawn = pairs.draw(result(), 10)

    assert sorted(p["tags"][0] for p in drawn) == ["other", "own"]
    assert {p["evidence"] for p in drawn} == {TEXT, "Other."}
    assert not any("verdict" in key or "support" in key for p in drawn for key in p)


def test_labels_of_two_readers_are_joined_by_id():
    """And a pair that one has not labelled is refused."""
    a = JudgePair(id="1", claim="c", evidence="e", reader_a=True)
    b = JudgePair(id="1", claim="c", evidence="e", reader_b=False)

    joined = pairs.join([a], [b])[0]

    assert (joined["reader_a"], joined["reader_b"]) == (True, False)
    with pytest.raises(BadInput, match="not labelled"):
        pairs.join([a], [a])


def test_a_pair_counts_where_readers_agree_or_have_settled():
    """Otherwise it has no label."""
    assert label_of(JudgePair(id="1", claim="c", evidence="e", reader_a=True, reader_b=True)) is True
    assert label_of(JudgePair(id="1", claim="c", evidence="e", reader_a=True, reader_b=False)) is None
    assert label_of(JudgePair(id="1", claim="c", evidence="e", reader_a=True, reader_b=False, supported=False)) is False
