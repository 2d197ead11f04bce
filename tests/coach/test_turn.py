"""One turn, step by step as the user sees it: what is emitted, in which order, and how it ends."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from fakes import RESTS, SLEEP, TIE, WALKS, Rails, ScriptedModel, WordEmbedder, serve, talk, tiny_corpus

from coach.build import Parts, readiness
from coach.draft import MAX_LINES
from coach.errors import Misconfigured, NotFound
from coach.events import ChatRequest, CheckRequest, Event, HistoryMessage
from coach.graph import Coach
from coach.replies import load as load_replies
from coach.retrieve import Retriever
from coach.screen.guardrails import Guardrails
from coach.screen.hear import Heard
from coach.screen.policy import Hit
from coach.thread import Facts, Outcome, Query, Screening
from coach.threads import SqliteThreads
from corpus.embedding import MiniLM
from corpus.passage import Corpus, Label, Stage
from corpus.store import Store, StoreError
from tests.coach.screen.conftest import HashEmbedder, Silent

MakeCoach = Callable[..., Coach]
WRITE = "what if he doesn't answer my letter"
BEFORE_SENTENCES = ["turn", "caveat", "passages"]


def names(events: list[Event]) -> list[str]:
    return [event.name for event in events]


def texts(events: list[Event]) -> list[str]:
    return [event.data["text"] for event in events if event.name == "sentence"]


async def test_events_come_in_the_order_of_the_contract(make_coach: MakeCoach) -> None:
    """The turn, its caveats, the passages, the sentences, the whole answer."""
    events = await talk(make_coach(), WRITE)
    order = names(events)

    assert order[:3] == BEFORE_SENTENCES
    assert set(order[3:-1]) == {"sentence"}
    assert order[-1] == "answer"


async def test_a_sentence_goes_out_once_and_never_changes(make_coach: MakeCoach) -> None:
    """What was emitted is what the answer holds, under the same numbers."""
    events = await talk(make_coach(), SLEEP)
    emitted = [e.data for e in events if e.name == "sentence"]

    assert emitted == list(events[-1].data["sentences"])
    assert [s["id"] for s in emitted] == list(range(1, len(emitted) + 1))


async def test_without_a_model_the_lines_answer(make_coach: MakeCoach) -> None:
    """A few lines, the one that answers her first, each with its citation."""
    answer = (await talk(make_coach(), SLEEP))[-1].data

    assert 1 <= len(answer["sentences"]) <= MAX_LINES
    assert answer["outcome"] == "answered"
    assert answer["sentences"][0]["text"] == WALKS[0].line
    assert all(s["source"] == "line" and s["citations"] for s in answer["sentences"])
    assert answer["decision"]["model"] == "none"


async def test_quotes_are_exact_to_the_byte(make_coach: MakeCoach) -> None:
    """Every quote stands in its passage at its place, and every cited passage is shown."""
    answer = (await talk(make_coach(), WRITE))[-1].data
    shown = {p["passage_id"]: p["text"] for p in answer["passages"]}
    cited = [c for said in (*answer["sentences"], *answer["caveats"]) for c in said["citations"]]

    assert cited
    assert all(shown[c["passage_id"]][c["start"] : c["end"]] == c["quote"] for c in cited)


async def test_a_disagreement_is_said_with_both_sides(make_coach: MakeCoach) -> None:
    """One side is advised; the caveat says that another article holds otherwise, and shows it."""
    answer = (await talk(make_coach(), WRITE))[-1].data

    assert [c["kind"] for c in answer["caveats"]] == ["contested"]
    assert {c["passage_id"] for c in answer["caveats"][0]["citations"]} == {"walks#write/1", "rests#write/1"}
    assert "Leave his letter unanswered for a week." not in texts_of(answer)


async def test_the_doubt_of_a_first_line_is_said_though_another_line_has_two_sides(
    make_coach: MakeCoach, tmp_path: Path, words: WordEmbedder
) -> None:
    """ "This can be stalking" is not lost to "the articles disagree on contact"."""
    doubtful = replace(WALKS[0], label=Label.CONTESTED, because="Nobody ever counted.")
    store = Store(str(tmp_path))
    serve(store, tiny_corpus((doubtful, *WALKS[1:], *RESTS)), words)
    answer = (await talk(make_coach(store=store), f"{SLEEP} And {WRITE}?"))[-1].data

    assert answer["sentences"][0]["text"] == doubtful.line
    assert [c["text"].partition(".")[0] for c in answer["caveats"]] == ["Nobody ever counted", TIE.says[:-1]]
    assert [c["kind"] for c in answer["caveats"]] == ["contested", "contested"]


def texts_of(answer: dict[str, list[dict[str, str]]]) -> list[str]:
    return [s["text"] for s in answer["sentences"]]


async def test_a_manipulative_passage_is_not_recommended(make_coach: MakeCoach) -> None:
    """Not even to someone who asks in its own words while no rail spoke."""
    answer = (await talk(make_coach(), "make him jealous with a photograph"))[-1].data

    assert "walks#jealous/1" not in {p["passage_id"] for p in answer["passages"]}
    assert WALKS[3].line not in texts_of(answer)


async def test_what_the_articles_do_not_know_is_abstained_from(make_coach: MakeCoach) -> None:
    """It says what it can talk about instead, and cites nothing."""
    events = await talk(make_coach(), "qwertz uiop")

    assert events[-1].data["outcome"] == "abstained"
    assert "passages" not in names(events)
    assert texts(events)


@pytest.mark.parametrize(("message", "asks_back"), [("I cannot sleep since he left me.", True), (SLEEP, False)])
async def test_what_she_is_in_is_named_before_the_lines(make_coach: MakeCoach, message: str, asks_back: bool) -> None:
    """And who asks nothing is asked something, last."""
    rails = Rails(lambda text, facts: Screening(facts, text, moments=("nights",)))
    entry = load_replies().entry("moment.nights")
    answer = (await talk(make_coach(rails=rails), message))[-1].data

    assert answer["sentences"][0]["text"] == entry.wordings[0]
    assert answer["sentences"][1]["source"] == "line"
    assert (answer["sentences"][-1]["text"] == entry.question) is asks_back


async def test_who_hurts_is_not_given_a_list_of_topics(make_coach: MakeCoach) -> None:
    """Where the articles are silent, what she is in is named all the same."""
    rails = Rails(lambda text, facts: Screening(facts, text, moments=("numb",)))
    said = texts_of((await talk(make_coach(rails=rails), "qwertz uiop"))[-1].data)
    known = load_replies()

    assert said == [known.entry("moment.numb").wordings[0], *known.said("abstained_beside")]


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


async def test_a_history_is_leaned_on_like_a_thread(make_coach: MakeCoach) -> None:
    """ "and if not?" after a history is about what stood there."""
    history = [HistoryMessage(role="user", content=WRITE), HistoryMessage(role="assistant", content="Wait a week.")]
    alone = (await talk(make_coach(), "and then?"))[-1].data
    leaning = (await talk(make_coach(), "and then?", history=history))[-1].data

    assert alone["passages"] != leaning["passages"]


async def test_a_young_person_in_a_crisis_gets_a_youth_line_beside_the_emergency_number(make_coach: MakeCoach) -> None:
    """First the number for now, then people who are used to someone of fifteen."""
    rails = Rails(
        lambda text, facts: Screening(
            facts.having(minor=True, crisis=("suicide",), n_crisis=1), text, Outcome.CRISIS, "crisis.suicide"
        )
    )
    answer = (await talk(make_coach(rails=rails), "i took them all", region="GB"))[-1].data

    assert "Childline" in [r["name"] for r in answer["referrals"]][1]


async def test_in_a_quotation_she_neither_begs_nor_threatens(make_coach: MakeCoach) -> None:
    """And what stands beside it in her own words is read all the same."""
    beside = await make_coach().check(
        CheckRequest(text='You said "forever", and if you do not answer I will tell your boss.')
    )
    inside = await make_coach().check(CheckRequest(text='You said "please please come back, I beg you" to me in May.'))

    assert "threatens" in {line.kind for line in beside.lines}
    assert "begs" not in {line.kind for line in inside.lines}


async def test_two_turns_at_once_in_one_thread_both_count(make_coach: MakeCoach) -> None:
    """The second knows what the first was told, and neither is lost."""
    rails = Rails(lambda text, facts: Screening(facts.having(abuse=facts.abuse or "hits" in text), text))
    coach = make_coach(rails=rails)
    thread_id = (await talk(coach, SLEEP))[0].data["thread_id"]

    _, second = await asyncio.gather(
        talk(coach, "he hits me", thread_id=thread_id), talk(coach, SLEEP, thread_id=thread_id)
    )

    thread = coach.threads.get(thread_id)
    assert thread is not None and thread.facts.abuse
    assert [turn.message for turn in thread.turns] == [SLEEP, "he hits me", SLEEP]
    assert [c["kind"] for c in second[-1].data["caveats"]] == ["abuse"]


async def test_a_line_that_a_rail_forbids_is_not_said(make_coach: MakeCoach) -> None:
    """The other lines are, and the record says why."""
    answer = (await talk(make_coach(rails=Rails(forbids="phone")), SLEEP))[-1].data

    assert WALKS[1].line not in texts_of(answer)
    assert answer["outcome"] == "answered"


async def test_a_follow_up_leans_on_the_thread(make_coach: MakeCoach) -> None:
    """ "and then?" alone finds nothing; after a question it goes on with it."""
    coach = make_coach()
    first = await talk(coach, SLEEP)
    alone = await talk(coach, "and then?")
    followed = await talk(coach, "and then?", thread_id=first[0].data["thread_id"])

    assert alone[-1].data["outcome"] == "abstained"
    assert followed[-1].data["outcome"] == "answered"
    assert texts_of(followed[-1].data)[0] not in texts_of(first[-1].data), "something new stands first"


@pytest.mark.parametrize(("now", "is_barred"), [("", False), (" I am meeting him.", True)])
async def test_only_a_stage_of_now_bars_lines(make_coach: MakeCoach, now: str, is_barred: bool) -> None:
    """One that the thread remembers weighs, and bars none: life goes on between two messages."""
    rails = Rails(lambda text, facts: Screening(facts.having(stage=Stage.MEETING), text))
    message = f"should the phone be beside my bed? I cannot sleep since he left me.{now}"
    answer = (await talk(make_coach(rails=rails), message))[-1].data

    assert answer["sentences"][0]["text"] == WALKS[1].line
    assert (WALKS[0].line not in texts_of(answer)) is is_barred


async def test_a_follow_up_of_other_things_is_not_answered_by_what_was_asked_before(make_coach: MakeCoach) -> None:
    """The articles know nothing of eggs, whatever stood before; a follow-up of his letter they know all the same."""
    coach = make_coach()
    thread_id = (await talk(coach, SLEEP))[0].data["thread_id"]
    adrift = (await talk(coach, "what about zebra crossings?", thread_id=thread_id))[-1].data
    thread_id = (await talk(coach, SLEEP))[0].data["thread_id"]
    leaning = (await talk(coach, "what about him?", thread_id=thread_id))[-1].data

    assert (adrift["outcome"], leaning["outcome"]) == ("abstained", "answered")


@pytest.mark.parametrize(
    ("message", "says"),
    [
        ("hi, how are you?", "What's going on?"),
        ("thank you 🙏", "I'm glad."),
        ("ok thanks bye", "Take care of yourself."),
        ("makes sense", "All right."),
    ],
)
async def test_a_courtesy_is_answered_as_a_person_would(make_coach: MakeCoach, message: str, says: str) -> None:
    """Also in the middle of a talk: no advice, and no word about articles."""
    coach = make_coach()
    thread_id = (await talk(coach, SLEEP))[0].data["thread_id"]
    for more in ({}, {"thread_id": thread_id}):
        answer = (await talk(coach, message, **more))[-1].data
        assert answer["outcome"] == "answered" and answer["passages"] == ()
        assert says in texts_of(answer)


async def test_ok_is_no_courtesy_where_the_coach_had_asked(make_coach: MakeCoach) -> None:
    """After a decline it answers the question that stood there."""
    rails = Rails(
        lambda text, facts: (
            Screening(facts, text, Outcome.DECLINED, "declined.jealousy", "how do I sleep")
            if "jealous" in text
            else Screening(facts, text)
        )
    )
    coach = make_coach(rails=rails)
    first = await talk(coach, "make him jealous")
    second = (await talk(coach, "ok", thread_id=first[0].data["thread_id"]))[-1].data

    assert "All right." not in texts_of(second)


@pytest.mark.parametrize(
    ("message", "line"),
    [
        (
            "I cannot sleep since she left me",
            "Walk by the river in the evening; she will sleep elsewhere and so will you.",
        ),
        (
            "I cannot sleep since they left me, my partner",
            "Walk by the river in the evening; they will sleep elsewhere and so will you.",
        ),
    ],
)
async def test_pronouns_follow_hers(make_coach: MakeCoach, message: str, line: str) -> None:
    """The line is about her ex as she speaks of them; the quote stays the article's."""
    answer = (await talk(make_coach(), message))[-1].data

    assert answer["sentences"][0]["text"] == line


async def test_pronouns_are_kept_over_turns(make_coach: MakeCoach) -> None:
    """A follow-up without a pronoun is still about her."""
    coach = make_coach()
    first = await talk(coach, "she left and she will not speak to me, why can I not sleep")
    second = await talk(coach, "and how long?", thread_id=first[0].data["thread_id"])

    assert all(" he " not in f" {text} " for text in texts(second))


async def test_an_unknown_thread_is_not_found(make_coach: MakeCoach) -> None:
    """Before anything is emitted."""
    with pytest.raises(NotFound):
        await talk(make_coach(), SLEEP, thread_id="unknown")


async def test_a_thread_that_is_deleted_during_its_turn_stays_deleted(make_coach: MakeCoach) -> None:
    """Forgetting is at once and whole: a turn that ends later does not bring the thread back."""
    coach = make_coach()
    first = await talk(coach, SLEEP)
    thread_id = first[0].data["thread_id"]

    async for event in coach.turn(ChatRequest(message=SLEEP, thread_id=thread_id)):
        if event.name == "passages":
            coach.threads.delete(thread_id)

    assert coach.threads.get(thread_id) is None


async def test_what_was_told_in_a_turn_that_was_stopped_stays_told(make_coach: MakeCoach) -> None:
    """She tells of abuse and hits Stop: the thread is known, and so is that."""
    rails = Rails(lambda text, facts: Screening(facts.having(abuse=facts.abuse or "hits" in text), text))
    coach = make_coach(rails=rails)

    turn = coach.turn(ChatRequest(message="he hits me, I cannot sleep"))
    thread_id = (await anext(turn)).data["thread_id"]
    async for event in turn:
        if event.name == "passages":
            break
    await turn.aclose()  # type: ignore[attr-defined]

    thread = coach.threads.get(thread_id)
    assert thread is not None and thread.facts.abuse


async def test_a_new_index_is_taken_up_by_the_next_turn(
    make_coach: MakeCoach, tmp_path: Path, words: WordEmbedder
) -> None:
    """The turn that began before ends with the index it began with."""
    store = Store(str(tmp_path))
    serve(store, tiny_corpus(), words)
    coach = make_coach(store=store)
    changed = replace(WALKS[0], line="Swim in the lake in the evening.")

    first = []
    async for event in coach.turn(ChatRequest(message=SLEEP)):
        if event.name == "turn":
            serve(store, tiny_corpus((changed, *WALKS[1:]), ()), words)
        first.append(event)
    second = await talk(coach, SLEEP)

    assert texts(first)[0] == WALKS[0].line
    assert texts(second)[0] == changed.line
    assert second[-1].data["decision"]["corpus_digest"] != first[-1].data["decision"]["corpus_digest"]


async def test_a_store_that_dies_while_it_serves_changes_nothing(
    make_coach: MakeCoach, tmp_path: Path, words: WordEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The index is in memory; what is new is taken up when the store is back."""
    store = Store(str(tmp_path))
    serve(store, tiny_corpus(), words)
    coach = make_coach(store=store)
    before = texts(await talk(coach, SLEEP))

    def dead(*_: object, **__: object) -> str:
        raise StoreError("no Chroma server answers")

    def cut(*_: object, **__: object) -> None:
        raise httpx.ConnectError("refused")

    monkeypatch.setattr(store, "current_name", dead)
    monkeypatch.setattr(coach.retriever().index._collection, "query", cut)
    assert texts(await talk(coach, SLEEP)) == before


async def test_an_index_of_other_weights_is_refused(make_coach: MakeCoach, tmp_path: Path, words: WordEmbedder) -> None:
    """At the start; the message says what to run."""
    other = WordEmbedder()
    other.digest = "e" * 64  # type: ignore[misc]
    store = Store(str(tmp_path))
    serve(store, tiny_corpus(), other)

    with pytest.raises(Misconfigured, match="python -m ingest"):
        await talk(make_coach(store=store), SLEEP)


async def test_an_index_that_cannot_be_used_costs_nobody_an_answer(
    make_coach: MakeCoach, tmp_path: Path, words: WordEmbedder
) -> None:
    """Switched to while it serves, it is refused: the one before serves on, and readiness says so until a good one comes."""
    store, other = Store(str(tmp_path)), WordEmbedder()
    serve(store, tiny_corpus(), words)
    coach = make_coach(store=store)
    await talk(coach, SLEEP)
    other.digest = "e" * 64  # type: ignore[misc]
    serve(store, tiny_corpus(), other)
    await coach.admit(ChatRequest(message="kill myself"))

    assert (await talk(coach, "I want to kill myself"))[-1].data["outcome"] == "crisis"
    assert texts(await talk(coach, SLEEP))[0] == WALKS[0].line
    assert readiness(Parts(coach))[1]["missing"] == ["index"]
    serve(store, tiny_corpus(), words)
    assert readiness(Parts(coach))[1]["missing"] == []


@pytest.mark.parametrize("fault", ["full", "broken"])
async def test_a_crisis_is_answered_though_nothing_can_be_kept(
    make_coach: MakeCoach, tmp_path: Path, fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A full disk or a broken file: in a new talk and in one that goes on; no word of hers is logged."""
    threads = SqliteThreads(tmp_path / "t.sqlite", 60)
    coach = make_coach(threads=threads)
    thread_id = (await talk(coach, SLEEP))[0].data["thread_id"]
    threads._db.execute("PRAGMA query_only = ON" if fault == "full" else "DROP TABLE threads")
    known = await talk(coach, "I want to kill myself", thread_id=thread_id)
    first = await talk(coach, "I want to kill myself")
    second = await talk(coach, "I will kill myself", thread_id=first[0].data["thread_id"])

    assert [events[-1].data["outcome"] for events in (known, first, second)] == ["crisis"] * 3
    thread = threads.get(first[0].data["thread_id"])
    assert thread is not None and thread.facts.n_crisis == 2
    assert "kill" not in caplog.text
    threads.close()


async def test_the_decision_tells_how_the_answer_came_about(make_coach: MakeCoach) -> None:
    """Rails, prompts by digest, the corpus, and how long each step took."""
    decision = (await talk(make_coach(), SLEEP))[-1].data["decision"]

    assert decision["rails"][0]["policy"] == "crisis"
    assert {"heard", "verify"} <= decision["prompt_digests"].keys()
    assert {"screen", "make_query", "retrieve", "choose", "speak"} <= decision["timings_ms"].keys()
    assert decision["corpus_digest"] == tiny_corpus().digest


@pytest.mark.weights
def test_no_passage_of_the_corpus_that_manipulates_is_ever_recommended(
    real_store: Store, embedder: MiniLM, real_corpus: Corpus
) -> None:
    """Each of them, asked for in each of its own questions, with the rails out of the way."""
    retriever = Retriever(real_store.open(), embedder)
    bad = [p for p in real_corpus if p.label == "manipulative"]
    found = [f.passage for p in bad for asked in p.asked for f in retriever.find(Query(asked), 12).found]

    assert len(bad) >= 10
    assert found
    assert not {p.id for p in found} & {p.id for p in bad}


@pytest.mark.weights
async def test_asked_for_what_manipulates_nothing_of_it_is_said(real_coach: Coach, real_corpus: Corpus) -> None:
    """A whole turn for each manipulative passage: neither shown as recommended nor said."""
    for passage in real_corpus:
        if passage.label == "manipulative":
            answer = (await talk(real_coach, passage.asked[0]))[-1].data
            assert passage.line not in texts_of(answer)
            assert "manipulative" not in {p["label"] for p in answer["passages"]}
