"""What the rails do to a turn: crisis and caveats first, the question about suicide, and a rail that breaks."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from fakes import SLEEP, WALKS, Rails, ScriptedModel, names, talk, texts, texts_of

from coach.events import CheckRequest
from coach.graph import Coach
from coach.screen.guardrails import Guardrails
from coach.screen.hear import Heard
from coach.screen.policy import Hit
from coach.thread import Facts, Outcome, Screening
from tests.coach.screen.conftest import HashEmbedder, Silent

MakeCoach = Callable[..., Coach]

BEFORE_SENTENCES = ["turn", "caveat", "passages"]


async def test_a_crisis_ends_the_turn_without_passages(make_coach: MakeCoach) -> None:
    """Fixed words and places with people; the model is not asked."""
    model = ScriptedModel(["You want to kill yourself.", 0.99])
    events = await talk(make_coach(model), "I want to kill myself", region="UK")
    answer = events[-1].data

    assert names(events)[0] == "turn" and "passages" not in names(events)
    assert (answer["outcome"], model.asked) == ("crisis", [])
    assert {r["region"] for r in answer["referrals"]} == {"GB"}
    assert {s["source"] for s in answer["sentences"]} == {"fixed"}


async def test_a_caveat_comes_first_with_its_referrals(make_coach: MakeCoach) -> None:
    """Under abuse only lines that are safe with it are said."""
    rails = Rails(lambda text, facts: Screening(facts.having(abuse=True), text))
    events = await talk(make_coach(rails=rails), SLEEP)
    caveat = events[1].data

    assert names(events)[1] == "caveat"
    assert caveat["kind"] == "abuse" and caveat["referrals"]
    assert {p["passage_id"] for p in events[-1].data["passages"]} == {"walks#sleep/1"}


async def test_under_a_caveat_a_line_that_is_held_back_leaves_no_gap(make_coach: MakeCoach) -> None:
    """Its passage is not shown either, so the numbers beside the sentences run on."""
    rails = Rails(lambda text, facts: Screening(facts.having(abuse=True), text), forbids="by the river")
    answer = (await talk(make_coach(rails=rails), SLEEP))[-1].data

    assert answer["passages"] == () and answer["outcome"] == "answered"
    assert not any(s["citations"] for s in answer["sentences"])


async def test_under_a_caveat_a_rail_that_raises_on_a_line_closes_the_turn(make_coach: MakeCoach) -> None:
    """Before anything is shown that nobody screened."""
    rails = Rails(lambda text, facts: Screening(facts.having(abuse=True), text), breaks_on_sentence=ValueError())
    events = await talk(make_coach(rails=rails), SLEEP)

    assert events[-1].data["outcome"] == "failed" and "passages" not in names(events)


async def test_a_told_fact_stays_told(make_coach: MakeCoach) -> None:
    """Abuse told in the first turn binds the second, which does not mention it."""
    rails = Rails(lambda text, facts: Screening(facts.having(abuse=facts.abuse or "hits" in text), text))
    coach = make_coach(rails=rails)
    first = await talk(coach, "he hits me")
    second = await talk(coach, SLEEP, thread_id=first[0].data["thread_id"])

    assert [c["kind"] for c in second[-1].data["caveats"]] == ["abuse"]


async def test_a_rail_that_raises_closes_the_turn(make_coach: MakeCoach, caplog: pytest.LogCaptureFixture) -> None:
    """Failed, with help shown, its error on record, and no word of hers in the log."""
    events = await talk(make_coach(rails=Rails(breaks=ValueError(SLEEP))), SLEEP)
    answer = events[-1].data

    assert answer["outcome"] == "failed"
    assert answer["referrals"] and texts(events)
    assert [r["verdict"] for r in answer["decision"]["rails"]] == ["error"]
    assert "sleep" not in caplog.text


@pytest.mark.parametrize(("region", "is_brazilian"), [("BR", True), ("PT", False)])
async def test_portuguese_is_that_of_the_region(make_coach: MakeCoach, region: str, is_brazilian: bool) -> None:
    """In a caveat and where the turn failed."""
    told = Rails(lambda text, facts: Screening(facts.having(abuse=True), text, language="pt"))
    caveat = (await talk(make_coach(rails=told), SLEEP, region=region))[1].data["text"]
    message = "não consigo dormir desde que ele me deixou, o que faço?"
    failed = texts(await talk(make_coach(rails=Rails(breaks=ValueError())), message, region=region))

    assert ("você" in caveat.lower()) is is_brazilian
    assert ("você" in " ".join(failed).lower()) is is_brazilian


async def test_a_turn_that_failed_says_so_in_her_language(make_coach: MakeCoach) -> None:
    """Help that cannot be read is none."""
    events = await talk(make_coach(rails=Rails(breaks=ValueError())), "no puedo dormir desde que me dejó, ¿qué hago?")

    assert "no me esperes" in " ".join(texts(events))


async def test_a_rail_that_raises_on_a_sentence_closes_the_turn(make_coach: MakeCoach) -> None:
    """A sentence that could not be screened does not leave."""
    events = await talk(make_coach(rails=Rails(breaks_on_sentence=ValueError())), SLEEP)
    answer = events[-1].data

    assert answer["outcome"] == "failed" and answer["referrals"]
    assert {s["source"] for s in answer["sentences"]} == {"fixed"}
    assert "error" in {r["verdict"] for r in answer["decision"]["rails"]}


class Stumbling(Silent):
    """A second tier that raises over some words for so many messages."""

    def __init__(self, words: str, n_times: int) -> None:
        self.words, self.n_times = words, n_times

    def find(self, name: str, heard: Heard) -> list[Hit]:
        if self.words in heard.text and self.n_times:
            self.n_times -= 1
            raise ValueError("broken")
        return []


async def test_what_was_told_in_a_turn_that_failed_is_heard_in_the_next(make_coach: MakeCoach) -> None:
    """Pills that no rail has read of are not forgotten."""
    coach = make_coach(rails=Guardrails(HashEmbedder(), second_tier=Stumbling("pills", 1)))
    failed = await talk(coach, "I took all my pills")
    answer = (await talk(coach, "what should I text him?", thread_id=failed[0].data["thread_id"]))[-1].data

    assert (failed[-1].data["outcome"], answer["outcome"]) == ("failed", "crisis")


async def test_a_message_that_breaks_a_rail_each_time_closes_its_own_turn_only(make_coach: MakeCoach) -> None:
    """Nobody is locked out by what she once wrote."""
    coach = make_coach(rails=Guardrails(HashEmbedder(), second_tier=Stumbling("hoodie", 99)))
    failed = await talk(coach, "he has my hoodie")
    answer = (await talk(coach, SLEEP, thread_id=failed[0].data["thread_id"]))[-1].data

    assert (failed[-1].data["outcome"], answer["outcome"]) == ("failed", "answered")


async def test_a_rail_that_raises_closes_a_check(make_coach: MakeCoach) -> None:
    """A message that could not be screened is not called fine; help is shown."""
    review = await make_coach(rails=Rails(breaks=ValueError())).check(CheckRequest(text="I hope you are well"))

    assert review.outcome == "failed" and review.verdict == "do_not_send"
    assert review.says and review.referrals


async def test_where_a_rail_is_unsure_of_a_crisis_the_coach_asks_first(make_coach: MakeCoach) -> None:
    """In plain words, with a place beside the question; then it goes on, by lines alone."""
    rails = Rails(lambda text, facts: Screening(facts.having(asked=True), text, safety=("unsure",)))
    answer = (await talk(make_coach(ScriptedModel(), rails=rails), SLEEP))[-1].data

    assert answer["outcome"] == "answered"
    assert "killing yourself" in answer["sentences"][0]["text"]
    assert answer["referrals"]
    assert answer["choices"] == ("Yes", "No", "Maybe")
    assert {s["source"] for s in answer["sentences"]} == {"fixed", "line"}


@pytest.mark.parametrize(
    ("message", "reply", "outcome"),
    [("how many of my pills are too many", "out_of_scope.medicine", Outcome.OUT_OF_SCOPE), ("thank you", "", None)],
)
async def test_the_question_is_asked_however_the_turn_ends(
    make_coach: MakeCoach, message: str, reply: str, outcome: Outcome | None
) -> None:
    """Beside a word on doctors, and instead of "I'm glad"."""

    def unsure(text: str, facts: Facts) -> Screening:
        return Screening(facts.having(asked=True), text, outcome, reply, safety=("unsure",))

    answer = (await talk(make_coach(rails=Rails(unsure)), message))[-1].data

    assert "killing yourself" in answer["sentences"][0]["text"]
    assert answer["referrals"]
    assert "glad" not in " ".join(texts_of(answer))


async def test_the_check_asks_too(make_coach: MakeCoach) -> None:
    """A farewell is just what somebody pastes there; nothing beside that question is fine to send."""
    rails = Rails(lambda text, facts: Screening(facts.having(asked=True), text, safety=("unsure",)))
    review = await make_coach(rails=rails).check(
        CheckRequest(text="Take care of yourself, and thank you for all of it.")
    )

    assert review.verdict != "fine"
    assert any("killing yourself" in said for said in review.says)
    assert review.referrals


async def test_a_young_person_in_a_crisis_gets_a_youth_line_beside_the_emergency_number(make_coach: MakeCoach) -> None:
    """First the number for now, then people who are used to someone of fifteen."""
    rails = Rails(
        lambda text, facts: Screening(
            facts.having(minor=True, crisis=("suicide",), n_crisis=1), text, Outcome.CRISIS, "crisis.suicide"
        )
    )
    answer = (await talk(make_coach(rails=rails), "i took them all", region="GB"))[-1].data

    assert "Childline" in [r["name"] for r in answer["referrals"]][1]


async def test_a_line_that_a_rail_forbids_is_not_said(make_coach: MakeCoach) -> None:
    """The other lines are, and the record says why."""
    answer = (await talk(make_coach(rails=Rails(forbids="phone")), SLEEP))[-1].data

    assert WALKS[1].line not in texts_of(answer)
    assert answer["outcome"] == "answered"
