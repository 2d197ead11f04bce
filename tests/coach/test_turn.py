"""One turn, step by step as the user sees it: what is emitted, in which order, and how it ends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from fakes import RESTS, SLEEP, TIE, WALKS, Rails, WordEmbedder, names, serve, talk, texts, texts_of, tiny_corpus

from coach.draft import MAX_LINES
from coach.events import CheckRequest, HistoryMessage
from coach.graph import Coach
from coach.replies import load as load_replies
from coach.retrieve import Retriever
from coach.thread import Outcome, Query, Screening
from corpus.embedding import MiniLM
from corpus.passage import Corpus, Label, Stage
from corpus.store import Store

MakeCoach = Callable[..., Coach]
WRITE = "what if he doesn't answer my letter"
BEFORE_SENTENCES = ["turn", "caveat", "passages"]


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
    """Where the articles are silent, what she is in is named all the same, and who asks nothing is asked on."""
    rails = Rails(lambda text, facts: Screening(facts, text, moments=("numb",)))
    known = load_replies()
    numb = known.entry("moment.numb")

    told = texts_of((await talk(make_coach(rails=rails), "qwertz uiop"))[-1].data)
    assert told == [numb.wordings[0], numb.question]
    asked = texts_of((await talk(make_coach(rails=rails), "qwertz uiop?"))[-1].data)
    assert asked == [numb.wordings[0], *known.said("abstained_beside")]


async def test_who_feels_better_is_not_advised(make_coach: MakeCoach) -> None:
    """A good day wants no list of what to do against a bad one; told again, it is advised like anything else."""
    rails = Rails(lambda text, facts: Screening(facts, text, moments=("better",)))
    better = load_replies().entry("moment.better")

    told = (await talk(make_coach(rails=rails), SLEEP.rstrip("?") + "."))[-1].data
    asked = (await talk(make_coach(rails=rails), SLEEP))[-1].data

    assert (told["outcome"], texts_of(told)) == ("answered", [better.wordings[0], better.question])
    assert "line" in {sentence["source"] for sentence in asked["sentences"]}


async def test_who_tells_is_listened_to_where_the_articles_are_silent(make_coach: MakeCoach) -> None:
    """ "The articles don't cover that" is an answer to a question, and none to somebody who tells of herself."""
    known = load_replies()

    assert texts_of((await talk(make_coach(), "my qwertz uiop"))[-1].data) == list(known.listened([]))
    assert texts_of((await talk(make_coach(), "my qwertz uiop?"))[-1].data) == list(known.said("abstained"))


def test_who_goes_on_telling_is_listened_to_in_other_words() -> None:
    """Four wordings, and the first again when all were said."""
    known, said = load_replies(), list[str]()
    for _ in known.entry("abstained_told").wordings:
        said.append(" ".join(known.listened(said)))

    assert len(set(said)) == len(said) == 4
    assert " ".join(known.listened(said)) == said[0]


async def test_a_history_is_leaned_on_like_a_thread(make_coach: MakeCoach) -> None:
    """ "and if not?" after a history is about what stood there."""
    history = [HistoryMessage(role="user", content=WRITE), HistoryMessage(role="assistant", content="Wait a week.")]
    alone = (await talk(make_coach(), "and then?"))[-1].data
    leaning = (await talk(make_coach(), "and then?", history=history))[-1].data

    assert alone["passages"] != leaning["passages"]


async def test_in_a_quotation_she_neither_begs_nor_threatens(make_coach: MakeCoach) -> None:
    """And what stands beside it in her own words is read all the same."""
    beside = await make_coach().check(
        CheckRequest(text='You said "forever", and if you do not answer I will tell your boss.')
    )
    inside = await make_coach().check(CheckRequest(text='You said "please please come back, I beg you" to me in May.'))

    assert "threatens" in {line.kind for line in beside.lines}
    assert "begs" not in {line.kind for line in inside.lines}


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
