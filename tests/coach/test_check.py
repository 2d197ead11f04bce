"""A message she means to send: its lines, his words in it, what stands against sending it, and what it tells of danger."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from fakes import Rails, talk
from pydantic import ValidationError

from coach import check
from coach.check import Review, apart
from coach.events import CheckRequest, HistoryMessage
from coach.graph import Coach
from coach.screen.guardrails import Guardrails
from coach.thread import Citation, Facts, Screening, Thread
from tests.coach.screen.conftest import HashEmbedder, Silent

MakeCoach = Callable[..., Coach]

HELLO = "hello, I am new here"


@pytest.fixture(scope="module")
def rails() -> Guardrails:
    """The real patterns, without the second tier."""
    return Guardrails(HashEmbedder(), second_tier=Silent())


def review(text: str, local_time: str | None = None, **told: object) -> Review:
    """Review a text by the patterns of the check alone, given what was told."""
    return check.review(
        text, Screening(Facts().having(**told), text), local_time, lambda asked: (Citation(asked, "", 0, 0, 1.0),)
    )


def kinds(text: str, **told: object) -> list[str]:
    return [mark.kind for mark in review(text, **told).lines]


async def thread_of(coach: Coach, **told: object) -> str:
    """Begin a thread in which something was told."""
    thread = Thread("t", facts=Facts().having(**told))
    coach.threads.put(thread)
    return thread.id


def facts_of(coach: Coach, thread_id: str) -> Facts:
    thread = coach.threads.get(thread_id)
    assert thread is not None
    return thread.facts


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("If you don't answer I will tell your boss everything.", "threatens"),
        ("If you don't answer, I'll come to your work.", "threatens"),
        ("If you don't come back I won't be here tomorrow.", "threatens"),
        ("Answer me or else.", "threatens"),
        ("You'll regret this.", "threatens"),
        ("I'll make you pay for this.", "threatens"),
        ("I will kill you.", "threatens"),
        ("You will never see the kids again.", "threatens"),
        ("I'm going to send your pictures to your mom.", "threatens"),
        ("This is your last chance.", "threatens"),
        ("Te vas a arrepentir.", "threatens"),
        ("Tu vas le regretter.", "threatens"),
        ("Wenn du nicht antwortest, sage ich alles deinem Chef.", "threatens"),
        ("Se não voltas, conto tudo à tua mãe.", "threatens"),
        ("La pagherai.", "threatens"),
        ("Give me one last chance.", "begs"),
        ("Please don't leave me.", "begs"),
        ("I can't live without you.", "begs"),
        ("Te lo ruego, vuelve conmigo.", "begs"),
        ("Je t'en supplie, reviens.", "begs"),
        ("Ich flehe dich an, komm zurück.", "begs"),
        ("Por favor, volta para mim.", "begs"),
        ("Ti prego, torna da me.", "begs"),
        ("You're so selfish.", "blames"),
        ("Es ist alles deine Schuld.", "blames"),
        ("Why won't you answer?", "presses"),
        ("Answer me by Friday.", "presses"),
        ("Réponds-moi.", "presses"),
        ("I went on a date, your loss.", "baits"),
        ("He conocido a alguien.", "baits"),
    ],
)
def test_check_marks_the_line_with_its_kind_and_a_passage(text: str, kind: str) -> None:
    """In her language, too; a threat is not to be sent, the rest may rest a day."""
    reviewed = review(text)
    (mark,) = reviewed.lines

    assert (mark.kind, text[mark.start : mark.end]) == (kind, text)
    assert mark.why and mark.citations
    assert reviewed.verdict == ("do_not_send" if kind == "threatens" else "rest_a_day")


@pytest.mark.parametrize(
    "text",
    [
        "If you don't stop drinking, I will leave.",
        "Stop yelling or I will hang up.",
        "Please give me my keys back.",
        "Can you please call me about the lease?",
        "I want you to know that I regret how I acted.",
        "You will see how much I regret it.",
        "You were my last chance at happiness.",
        "I will end this conversation here.",
        "I will never hurt you.",
        "I can drop the keys off by Friday.",
        "I will tell everyone how great you are.",
        "I will tell your mom thank you for the soup.",
        "I'll send you your photos on Sunday.",
        "I'll find you a good lawyer.",
        "I will take the kids to school on Friday.",
        "Si no puedes el viernes, te digo otro día.",
        "Je vois quelqu'un demain pour le bail.",
        "Bitte antworte mir wegen der Schlüssel.",
        "Deves-me vinte euros.",
        "Du hast das gut gemacht.",
    ],
)
def test_check_leaves_an_ordinary_line_alone(text: str) -> None:
    """A boundary, an apology and what has to be settled are no threats and no begging."""
    assert kinds(text) == []
    assert review(text).verdict == "fine"


def test_check_says_what_is_good_and_does_not_say_that_begging_asks_for_nothing() -> None:
    """Praise has to be true."""
    asks_nothing = check.rules().good["asks_nothing"].says

    assert asks_nothing in review("Thank you for the good years. Take care.").good
    assert asks_nothing not in review("Te lo ruego, vuelve conmigo.").good


def test_check_rewrites_in_her_own_lines_alone() -> None:
    """Nothing is promised or made up: the calmer version is hers, without what begs."""
    assert (
        review("I'm sorry for Sunday. Please don't leave me. Take care.").rewrite == "I'm sorry for Sunday. Take care."
    )
    assert review("I'm sorry. You'll regret this. Take care of yourself.").rewrite is None


@pytest.mark.parametrize(
    ("local_time", "is_late"), [("21:59", False), ("22:00", True), ("00:10", True), ("05:59", True), ("06:00", False)]
)
def test_check_says_when_it_is_late(local_time: str, is_late: bool) -> None:
    """From ten to six a message rests."""
    assert [m.kind for m in review("Take care.", local_time).lines] == (["late_night"] if is_late else [])


@pytest.mark.parametrize("local_time", ["24:00", "99:99", "12:60", "1:30", "noon"])
def test_check_refuses_a_time_that_no_clock_shows(local_time: str) -> None:
    """It would be taken for night."""
    with pytest.raises(ValidationError):
        CheckRequest(text="Take care.", local_time=local_time)


def test_check_marks_a_long_message_as_a_whole() -> None:
    """One thought is easier to read; his words do not make hers longer."""
    assert kinds("I miss the lake. " * 40) == ["over_long"]
    assert kinds("> you never wrote back\n" * 40 + "I miss the lake.") == []


# --- his no -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "I hope you are well.",
        "Can I pick up my things on Sunday? I love you so much. Please come back, I beg you.",
        "Can I pick up my things on Sunday? I love you so much.",
        "The deposit came. I miss you.",
        "Can I pick up my stuff? I'll wait outside.",
        "The rent is paid. " * 20,
    ],
)
def test_under_his_no_nothing_is_right_to_send_and_nothing_is_rewritten(text: str) -> None:
    """A practical word opens no door for the rest; what she wants to say goes into the letter."""
    reviewed = review(text, no="said")

    assert reviewed.lines[0].kind == "breaks_no"
    assert (reviewed.outcome, reviewed.verdict, reviewed.rewrite) == ("declined", "do_not_send", None)
    assert reviewed.says == (check.rules().breaks_no.letter,)


@pytest.mark.parametrize(
    "text",
    [
        "Can I pick up my things on Sunday?",
        "Can you please give me the keys on Friday?",
        "I'll bring the rent by Friday.",
    ],
)
def test_under_his_no_brief_practical_words_stay_possible(text: str) -> None:
    """Children, keys and a lease have to be settled; late at night they wait, and are not rewritten."""
    assert review(text, no="said").verdict == "fine"
    assert (review(text, "23:30", no="said").verdict, review(text, "23:30", no="said").rewrite) == ("rest_a_day", None)


def test_under_an_order_nothing_is_right_to_send() -> None:
    """Not even a practical word: only the court can open that way."""
    reviewed = review("Can I pick up my things on Sunday?", no="order")

    assert reviewed.verdict == "do_not_send" and reviewed.lines[0].why == check.rules().breaks_no.order


# --- his words --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "his"),
    [
        ('You wrote "I want to die without you" and that scared me.', '"I want to die without you"'),
        ("You said 'I want to die without you' last night.", "'I want to die without you'"),
        ("You said ‘I don’t want to live’ last night.", "‘I don’t want to live’"),
        ("“I will kill myself if you go,” you said to me.", "“I will kill myself if you go,”"),
        ("Du hast geschrieben: „Ich will sterben“ und das macht mir Angst.", "„Ich will sterben“"),
        ("Tu m'as écrit « je veux mourir » hier.", "« je veux mourir »"),
        ("Me escribiste «quiero morir».", "«quiero morir»"),
        ("Escreveste «quero morrer» ontem.", "«quero morrer»"),
        ("Mi hai scritto “voglio morire”.", "“voglio morire”"),
        ("He: I will kill myself. You will see.\nI am worried.", "He: I will kill myself. You will see."),
        ("> I want to die\nPlease talk to someone.", "> I want to die"),
        ("Elle: je veux mourir", "Elle: je veux mourir"),
    ],
)
async def test_what_he_wrote_is_no_crisis_of_hers(
    make_coach: MakeCoach, rails: Guardrails, text: str, his: str
) -> None:
    """It is told from her words, and what to do about his threat is said with places beside it."""
    reviewed = await make_coach(rails=rails).check(CheckRequest(text=text, region="US"))

    assert apart(text)[1] == his
    assert reviewed.outcome == "answered" and reviewed.verdict != "fine"
    assert len(reviewed.says) > 1 and reviewed.referrals


@pytest.mark.parametrize(
    "text",
    [
        '"I want to die."',
        'I wrote "I want to die" in my diary.',
        'My note says "I want to die".',
        '"I want to die." You said I was dramatic.',
        'You said "fine" and all I could think was "I want to die".',
        'You said "ok", I thought "I want to die".',
        'You said "never. And I want to die. You know "that".',
        'I read your message and thought "I want to die".',
        "You said “I want to die”. I want to die too.",
        "Ich habe geschrieben: „Ich will sterben“.",
        "> I want to die\n> Goodbye",
        'You wrote "I want to die" and so do I.',
        "You said “I can’t go on, I want to die”. Me too.",
        "Du hast geschrieben: „Ich will sterben“. Ich auch.",
        "Me escribiste «quiero morir». Yo también.",
    ],
)
async def test_her_own_words_in_quotation_marks_are_heard(make_coach: MakeCoach, rails: Guardrails, text: str) -> None:
    """Only of what is said to be his are they sure not to be hers."""
    assert (await make_coach(rails=rails).check(CheckRequest(text=text))).outcome == "crisis"


@pytest.mark.parametrize(
    ("text", "is_urgent"),
    [
        ('You told me last night: "I will kill you". Can we talk?', True),
        ("> I will send your nudes to your boss\nCan we talk?", False),
        ("Du hast geschrieben „ich bringe dich um“. Können wir reden?", True),
    ],
)
async def test_his_threat_against_her_is_abuse(make_coach: MakeCoach, text: str, is_urgent: bool) -> None:
    """In his own words it is told in the plainest way, and it stays told."""
    coach = make_coach()
    thread_id = await thread_of(coach)
    reviewed = await coach.check(CheckRequest(text=text, thread_id=thread_id))
    facts = facts_of(coach, thread_id)

    assert reviewed.verdict != "fine" and reviewed.says and reviewed.referrals
    assert (facts.abuse, facts.abuse_urgent) == (True, is_urgent)


# --- danger -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["You choked me. I still love you.", "You raped me.", "You hit me when I was pregnant."]
)
async def test_abuse_told_in_the_message_is_named(make_coach: MakeCoach, rails: Guardrails, text: str) -> None:
    """The words of the caveat, with who helps; nothing is fine to send, praised or made nicer beside it."""
    reviewed = await make_coach(rails=rails).check(CheckRequest(text=text))

    assert reviewed.verdict != "fine" and reviewed.rewrite is None and reviewed.good == ()
    assert any("not your fault" in said for said in reviewed.says)
    assert reviewed.referrals


@pytest.mark.parametrize(
    "told",
    [
        {"abuse": True},
        {"abuse": True, "abuse_urgent": True},
        {"own_conduct": True},
        {"minor": True, "minor_urgent": True},
    ],
)
async def test_what_was_told_in_the_talk_counts_in_the_check(make_coach: MakeCoach, told: dict[str, bool]) -> None:
    """A friendly invitation to someone who hurt her, or whom she hurt, is not fine."""
    coach = make_coach()
    request = CheckRequest(text="Would you like to meet for coffee?", thread_id=await thread_of(coach, **told))
    reviewed = await coach.check(request)

    assert reviewed.verdict == "rest_a_day" and reviewed.rewrite is None
    assert reviewed.says and reviewed.referrals


async def test_a_threat_of_hers_to_kill_is_named_with_who_helps(make_coach: MakeCoach) -> None:
    """Not sending it is not enough: there are people who help her not to do it."""
    reviewed = await make_coach().check(CheckRequest(text="If you leave me I will kill you.", region="US"))

    assert reviewed.verdict == "do_not_send"
    assert reviewed.says and reviewed.referrals


async def test_under_abuse_no_letter_is_spoken_of(make_coach: MakeCoach) -> None:
    """One that is found is a danger of its own."""
    coach = make_coach()
    thread_id = await thread_of(coach, abuse=True, no="said")
    reviewed = await coach.check(CheckRequest(text="I miss you.", thread_id=thread_id))

    assert reviewed.verdict == "do_not_send"
    assert check.rules().breaks_no.letter not in reviewed.says


async def test_a_crisis_in_a_check_goes_on_in_the_talk(make_coach: MakeCoach, rails: Guardrails) -> None:
    """A goodbye pasted there is told: the talk does not go on as if nothing had been said."""
    coach = make_coach(rails=rails)
    thread_id = (await talk(coach, HELLO))[0].data["thread_id"]
    first = await coach.check(CheckRequest(text="I want to die. Goodbye.", thread_id=thread_id))
    second = await coach.check(CheckRequest(text="Happy birthday.", thread_id=thread_id))
    answer = (await talk(coach, "what should I text him?", thread_id=thread_id))[-1].data

    assert (first.outcome, second.outcome, answer["outcome"]) == ("crisis", "crisis", "crisis")
    assert first.says != second.says
    assert first.says[-1] == check.rules().crisis.says and first.referrals


async def test_words_meant_for_him_end_no_crisis(make_coach: MakeCoach, rails: Guardrails) -> None:
    """ "I am safe" comforts him there; to the coach she says it in the talk."""
    coach = make_coach(rails=rails)
    thread_id = (await talk(coach, "I took all my pills"))[0].data["thread_id"]
    reviewed = await coach.check(CheckRequest(text="I am safe now, don't worry.", thread_id=thread_id))
    history = [HistoryMessage(role="user", content="I took all my pills")]
    alone = await coach.check(CheckRequest(text="I am safe now, don't worry.", history=history))

    assert (reviewed.outcome, alone.outcome) == ("crisis", "crisis")
    assert facts_of(coach, thread_id).crisis
    assert (await talk(coach, "I am safe now", thread_id=thread_id))[-1].data["outcome"] == "answered"


async def test_the_question_asked_in_a_check_is_answered_in_the_talk(make_coach: MakeCoach) -> None:
    """ "yes" is then the answer to it; a "yes" to him in another check is not."""
    coach = make_coach(rails=Rails(lambda text, facts: Screening(facts.having(asked=not facts.asked), text)))
    thread_id = await thread_of(coach)
    await coach.check(CheckRequest(text="Thank you for all of it.", thread_id=thread_id))
    assert facts_of(coach, thread_id).asked

    await coach.check(CheckRequest(text="Yes.", thread_id=thread_id))
    assert facts_of(coach, thread_id).asked


async def test_a_check_adds_danger_to_the_thread_and_lifts_nothing(make_coach: MakeCoach, rails: Guardrails) -> None:
    """What counts against her is left to the talk: in a message "I" and "you" change places."""
    coach = make_coach(rails=rails)
    thread_id = await thread_of(coach, no="said", minor=True)
    await coach.check(
        CheckRequest(text="You choked me. You wrote to me yesterday, you want me back.", thread_id=thread_id)
    )

    assert facts_of(coach, thread_id) == Facts(no="said", minor=True, abuse=True, abuse_urgent=True)


# --- declined ---------------------------------------------------------------------------------------------------------


async def test_a_declined_line_has_its_reason_and_a_passage(make_coach: MakeCoach, rails: Guardrails) -> None:
    """Also where no pattern of the check marks it."""
    text = "Hi. I slept with your best friend just to make you jealous. Take care."
    reviewed = await make_coach(rails=rails).check(CheckRequest(text=text))
    (mark,) = (line for line in reviewed.lines if line.kind == "declined")

    assert reviewed.outcome == "declined" and reviewed.verdict == "do_not_send"
    assert text[mark.start : mark.end] == "I slept with your best friend just to make you jealous."
    assert "fear of losing you" in mark.why and mark.citations


async def test_what_is_declined_in_no_single_line_has_its_reason_as_a_whole(make_coach: MakeCoach) -> None:
    """Nobody reads "better not" without why; a line that threatens keeps its own."""

    def declines(text: str, facts: Facts) -> Screening:
        facts = facts.having(declined="manipulation.threats")
        return Screening(facts, text, check.Outcome.DECLINED, "declined.threats", "calm your anger")

    coach = make_coach(rails=Rails(declines))
    whole = await coach.check(CheckRequest(text="Think of your job. And of who knows."))
    line = await coach.check(CheckRequest(text="I will tell your boss everything."))

    assert [(m.kind, m.start, m.end) for m in whole.lines] == [("declined", 0, 36)]
    assert [m.kind for m in line.lines] == ["threatens"]
