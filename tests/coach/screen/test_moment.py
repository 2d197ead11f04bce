"""What she is in is named before she is advised: what is heard, and what is left alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from coach import replies
from coach.screen import policy
from coach.thread import Screening

Say = Callable[..., Screening]


@pytest.mark.parametrize(
    ("message", "moment"),
    [
        ("He broke up with me five days ago.", "fresh"),
        ("My boyfriend left me last night and I don't know what to do", "fresh"),
        ("i can't stop crying at work", "crying"),
        ("I keep crying in the bathroom at work", "crying"),
        ("I cant sleep, I lie awake at night thinking of him", "nights"),
        ("how do I get through the nights", "nights"),
        ("he hasn't answered since sunday", "no_answer"),
        ("I keep wanting to text him", "urge"),
        ("help me stop myself from texting him", "urge"),
        ("I keep checking his instagram", "checking"),
        ("my friends are tired of hearing about it", "not_heard"),
        ("why do I keep stalking his instagram", "checking"),
        ("why do i still check his last seen", "checking"),
        ("I was the one who cheated.", "cheated"),
        ("he cheated on me with his coworker", "cheated_on"),
        ("I begged him to stay", "begged"),
        ("I feel so stupid", "ashamed"),
        ("I keep thinking it's all my fault", "blame"),
        ("I broke up with him and I regret it", "ended_it"),
        ("I'll never find anyone like him again", "never_again"),
        ("he ended it out of nowhere", "no_reason"),
        ("i got the job and there's nobody to tell", "good_news"),
        ("I keep having dreams about him", "dreams"),
        ("cried on the bus again", "tears_in_public"),
        ("my hands won't stop shaking", "body"),
        ("lost 4 kilos since he left", "body"),
        ("my heart races when my phone buzzes", "body"),
        ("i caved and called him", "wrote_anyway"),
        ("I finally deleted his number", "step"),
        ("gave the spare key back today", "step"),
        ("new flat, no curtains", "new_start"),
        ("our dog keeps waiting at the door", "pets"),
        ("he took the good knives", "petty"),
        ("he still owes me half the deposit", "paperwork"),
        ("should i delete all our photos", "keepsakes"),
        ("he left his toothbrush", "keepsakes"),
        ("bumble or hinge", "dating_again"),
        ("our friends invited us both", "shared_people"),
        ("my mum says she never liked him", "outside_voices"),
        ("cooking for one is so sad", "empty_hours"),
        ("is it ok to be relieved", "relief"),
        ("plot twist, im the villain now", "joke"),
        ("tomorrow is his birthday and I'm dreading it", "dates"),
        ("I'm so angry at him", "angry"),
        ("I feel completely numb", "numb"),
        ("I can't stop thinking about it", "anxious"),
        ("I'm so lonely since then", "lonely"),
        ("I feel a bit better today", "better"),
        ("Today was the first day I didn't cry.", "better"),
        ("we're back together since May", "again"),
        ("it hurts so much", "hurt"),
        ("I miss her every day", "missing"),
        ("I still love him", "still_love"),
        ("we were together for 7 years", "years"),
        ("he texted me out of the blue yesterday", "wrote_first"),
        ("we are meeting for coffee on saturday", "meeting"),
        ("he blocks and unblocks me", "mixed_signals"),
        ("we have two kids", "children"),
        ("I can't eat anything", "eating"),
        ("I can't focus on anything", "work"),
        ("I ran into him at the store", "ran_into"),
        ("I have to see him every day", "every_day"),
        ("how do we tell the kids", "children"),
        ("everything reminds me of him", "reminded"),
        ("i slept with him again last night", "slept_together"),
        ("am i losing my mind", "losing_mind"),
        ("that doesn't help", "no_help"),
        ("i already do that", "no_help"),
        ("help", "lost"),
        ("please help me", "lost"),
        ("what do i do", "lost"),
        ("will he come back", "come_back"),
        ("is there any hope", "come_back"),
        ("is it over for good", "come_back"),
        ("does he still love me", "his_mind"),
        ("does he miss me", "his_mind"),
        ("what is she thinking", "his_mind"),
        ("why does he keep watching my stories", "his_mind"),
        ("does it ever stop hurting", "eases"),
        ("does it get easier", "eases"),
        ("how long until this gets better", "eases"),
        ("how long does it take to get over someone", "eases"),
        ("when will i feel normal again", "eases"),
        ("will i ever be ok again", "eases"),
        ("why wasn't i enough", "worth"),
        ("what's wrong with me", "worth"),
        ("am i going crazy", "losing_mind"),
        ("is this normal", "losing_mind"),
        ("i'm so tired of feeling like this", "worn"),
        ("how do i stop loving him", "letting_go"),
        ("how do i get over her", "letting_go"),
        ("i can't move on", "letting_go"),
        ("i feel like i wasted 6 years", "wasted"),
        ("will i ever find love again", "never_again"),
        ("why did he leave me", "no_reason"),
    ],
)
def test_it_is_heard(say: Say, message: str, moment: str) -> None:
    """One plain message a kind; a kind that nobody can reach is dead."""
    assert moment in say(message).moments


def test_every_pattern_asks_for_a_word_of_its_own() -> None:
    """(x) may be missing: with all that tells in brackets, "i got (promoted)" would hear good news in "I got dumped"."""
    usual = set(
        """i he she they we you it my me him her them his their our us the a an to of and or but in on at is are was were am be been
        have has had do does did not no so that this with for if when will would can could may just still got get""".split()
    )

    def needed(pattern: str) -> set[str]:
        tokens = [t for t in pattern.split() if t.strip("()") == t and t not in ("..", "...", "^", "$")]
        return {choice for token in tokens for choice in token.split("/")}

    kinds = policy.load("moment").kinds
    patterns = [(name, pattern) for name, kind in kinds.items() for pattern in kind.patterns]

    assert [(name, pattern) for name, pattern in patterns if needed(pattern) <= usual] == []


def test_every_kind_has_a_message_above() -> None:
    """Whoever adds one writes down what it hears."""
    messages = {row[1] for row in test_it_is_heard.pytestmark[0].args[1]}  # type: ignore[attr-defined]

    assert messages == set(policy.load("moment").kinds)


@pytest.mark.parametrize(
    "message",
    [
        "How long should I wait before I write to him?",
        "he thought i was crying, it was hay fever",
        "we laughed until i cried laughing",
        "he cries every night, his mother says",
        "it was not my fault",
        "he left for work yesterday",
        "how do i feel better",
        "can i tell her i'm proud of her",
        "he told everyone i was the one who cheated",
        "what if he doesn't answer?",
        "i think he cheated",
        "we missed the train",
        "i don't cry anymore",
        "since then I sleep, I eat, I even laughed",
        "i'm terrible at following good advice",
        "we work in the same building",
        "he wrote for mine, so it isn't out of nowhere",
        "my mother-in-law rings me and I love her",
        "I'm not eating dinner, I had two lunches",
        "im doing ok during the day but at night its horrible",
        "how long does it take to get him back",
        "when does the lease end",
        "why does he hit me",
        "is there a chance to be friends",
        "help me write a text to him",
        "he came back last night and said he made a mistake, part of me is happy. what should i do",
        "i already tried writing him a letter",
        "i wasted an hour on the bus",
        "what if i start crying in front of him",
        "should i delete his number?",
        "he dreams of a house in the country",
        "he cried on the bus",
        "my sister says he hit her",
        "he has a date with her on friday",
        "my dog is a good boy",
        "how do i get her back",
        "we shook hands",
        "if i got the job i would move",
        "i got the job and he broke up with me",
        "he ended it on my birthday, who does that",
        "i got dumped on a sunday",
        "i got a new phone",
        "will i lose the flat",
        "i gave away the last of my things",
        "i feel so relieved now that i have decided",
        "I've put my papers in order and I feel calmer",
        "my chest hurts",
        "i dream of a house by the sea",
        "planning to wait on the porch with our song playing, my roommate says it's too much, is it",
    ],
)
def test_it_is_not_made_up(say: Say, message: str) -> None:
    """What is asked, meant otherwise, or told of others is not named: a wrong word is worse than none."""
    assert say(message).moments == ()


@pytest.mark.parametrize(
    "told", ["He hits me.", "He told me never to contact him again.", "I have the pills in my hand."]
)
def test_beside_what_is_graver_it_is_silent(say: Say, told: str) -> None:
    """The caveat speaks of that."""
    screening = say(f"{told} I can't stop crying.")

    assert replies.load().named(screening, ()) == ()


def test_the_most_telling_one_is_named_and_that_it_is_fresh(say: Say) -> None:
    """Two at most."""
    screening = say("He left me five days ago, we were together for 7 years, I miss him and I can't stop crying.")
    known = replies.load()

    assert len(screening.moments) == 4
    assert known.named(screening, ()) == tuple(known.entry(f"moment.{m}").texts()[0] for m in ("fresh", "crying"))


def test_in_a_thread_the_words_change_and_then_end(say: Say) -> None:
    """The same tears are not met with the same words."""
    known, screening = replies.load(), say("I can't stop crying")
    answers: list[str] = []
    for text in known.entry("moment.crying").texts():
        assert " ".join(known.named(screening, answers)) == text
        answers.append(f"{text} Drink some water.")

    assert known.named(screening, answers) == ()


def test_the_question_is_asked_once_in_a_thread(say: Say) -> None:
    """It keeps a talk going; twice it would sound like a form."""
    known, screening = replies.load(), say("He left me five days ago, I can't stop crying.")

    (question,) = known.asked_back(screening, ())

    assert question == known.entry("moment.crying").question
    assert known.asked_back(screening, [f"Drink some water. {question}"]) == ()
    assert known.asked_back(say("How long should I wait?"), ()) == ()


def test_every_moment_has_a_question() -> None:
    """One sentence, about her, that proposes nothing."""
    known = replies.load()
    questions = [known.entry(i).question for i in known.ids() if i.startswith("moment.")]

    assert all(q.endswith("?") and q.count("?") == 1 and len(q.split()) <= 14 for q in questions)
    assert [q for q in questions if {"try", "why", "don't"} & set(q.lower().rstrip("?").split())] == [
        "What do you miss, and what don't you?"
    ]


def test_no_wording_names_fault_or_promises() -> None:
    """It may have been none of hers, and nobody knows what comes."""
    texts = [t for i in replies.load().ids() if i.startswith("moment.") for t in replies.load().entry(i).texts()]

    assert len(set(texts)) == len(texts) > 60
    assert [
        t for t in texts if any(word in t.lower().split() for word in ("will", "should", "must", "he", "she"))
    ] == []
