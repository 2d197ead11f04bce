"""The judge is asked as ALCE needs it, once a pair; its pairs come from real answers."""

import pytest
from evals_wire import TEXT, answer, citation, sentence
from fakes import ScriptedModel

from evals import pairs
from evals.errors import BadInput
from evals.figures import Result
from evals.grounding import label_of
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


def test_a_cross_encoder_is_refused_with_a_word_on_why():
    """It needs a hub."""
    with pytest.raises(BadInput, match="hub"):
        from_spec("nli:some/model")


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
