"""What counts as abuse, what makes it urgent, and what alone takes it back: by exact patterns."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from coach.thread import Screening

Say = Callable[..., Screening]


@pytest.mark.parametrize(
    ("told", "then"),
    [
        ("he choked me last week", "it was not that bad"),
        ("He kicked me", "this is not easy for me to write"),
        ("He kicked me", "that was not him, that was the drink"),
        ("He kicked me", "That was not him."),
        ("He kicked me", "It was not about him. It was about me."),
        ("He kicked me", "I always pick the wrong person"),
        ("He kicked me", "this is my first breakup"),
        ("He kicked me", "it is my mother who says I should take him back"),
        ("He kicked me", "it was my mother who found me on the floor"),
        ("He kicked me", "he is not my boss, he can't tell me what to do"),
        ("He kicked me", "the one time was two years ago"),
        ("He kicked me", "my ex never hit me, he only held my throat"),
        ("He kicked me", "that was a dream come true, our first year"),
        ("He kicked me", "that was in a film he saw and wanted to try"),
        ("He kicked me", "that was a different man then"),
        ("He kicked me", "that was a different boyfriend when he drank, not the real him"),
        ("me pegó", "no fue para tanto"),
        ("me pegó", "fue mi madre quien me encontró"),
        ("il m'a frappée", "ce n'était pas si grave"),
        ("il m'a frappée", "c'était mon père qui m'a emmenée à l'hôpital"),
        ("er hat mich geschlagen", "das war nicht so schlimm"),
        ("er hat mich geschlagen", "das war mein Fehler"),
        ("ele me bateu", "não foi nada"),
        ("ele me bateu", "era meu namorado"),
        ("mi ha picchiata", "non era niente"),
        ("mi ha picchiata", "era il mio ragazzo"),
    ],
)
def test_abuse_is_not_taken_back_by_making_it_small(say: Say, told: str, then: str) -> None:
    """Nor by a sentence about something else: only somebody else's name corrects it."""
    assert say(told, then).facts.abuse


@pytest.mark.parametrize(
    ("told", "then"),
    [
        ("he hit me a lot", "no, that was my father"),
        ("he hit me a lot", "it was my dad who hit me"),
        ("he hit me a lot", "I meant my father, not my ex. My ex never as much as raised his voice."),
        ("he hit me a lot", "Sorry, that's my sister's husband. Mine is an angel."),
        ("he hit me a lot", "not this ex, the one ten years ago"),
        ("he hit me a lot", "that was with a previous boyfriend"),
        ("he hit me a lot", "lol no that's the show I'm watching, not my life"),
        ("he hit me a lot", "that was in a film"),
        ("he hit me a lot", "it was not him, it was my father"),
        ("me pegó", "no, fue mi padre"),
        ("me pegó", "hablaba de mi hermano"),
        ("me pegó", "no fue él, fue mi padrastro"),
        ("il m'a frappée", "non, c'était mon père"),
        ("il m'a frappée", "je parlais de mon beau-père"),
        ("er hat mich gewürgt", "das war mein Vater"),
        ("er hat mich gewürgt", "ich meinte meinen Bruder"),
        ("ele me bateu", "foi o meu pai"),
        ("ele me bateu", "eu estava falando do meu padrasto"),
        ("mi ha picchiata", "no, era mio padre"),
        ("mi ha picchiata", "parlavo di mio fratello"),
    ],
)
def test_abuse_is_taken_back_where_it_was_somebody_else(say: Say, told: str, then: str) -> None:
    """In six languages, and the urgency goes with it."""
    facts = say(told, then).facts

    assert (facts.abuse, facts.abuse_urgent) == (False, False)


@pytest.mark.parametrize(
    "then",
    [
        "It is not the first time, he also strangled me",
        "No, that was my father. But my ex strangled me too.",
        "Das war mein Vater. Mein Ex hat mich gewürgt.",
    ],
)
def test_abuse_told_beside_a_correction_stays_and_counts(say: Say, then: str) -> None:
    """Who corrects one thing may tell of a worse one in the same breath."""
    facts = say("He kicked me", then).facts

    assert (facts.abuse, facts.abuse_urgent) == (True, True)


def test_a_mother_who_saw_it_is_not_the_one_who_hit(say: Say) -> None:
    """Of a father's blows nothing is said about the ex, of a witness's sight everything."""
    assert say("my mother saw him and knows he hit me").facts.abuse
    assert not say("my father used to hit me").facts.abuse


@pytest.mark.parametrize(
    "message",
    [
        "he held my throat",
        "me amenaza con matarme",
        "mi ex dice que me va a matar",
        "me estranguló",
        "me agarró del cuello",
        "me amenazó con un cuchillo",
        "me sigue a todas partes desde que lo dejé",
        "si lo dejo me mata",
        "il a menacé de me tuer",
        "he keeps sitting in his car across from my nursery every morning",
        "the doormat was soaked and stinking of petrol this morning",
        "il m'a étranglée",
        "il m'a serré la gorge",
        "il m'a menacée avec un couteau",
        "il dit qu'il va me tuer",
        "il me suit partout en voiture",
        "il m'attend en bas de chez moi",
        "er hat gedroht mich umzubringen",
        "er hat gedroht, dass er mich umbringt",
        "er hat mich gewürgt",
        "er hat mich am Hals gepackt",
        "er hat mich mit einem Messer bedroht",
        "er lauert mir auf",
        "mein Ex steht jeden Abend vor meinem Haus",
        "ele ameaçou me matar",
        "ameaçou matar-me",
        "ele me enforcou",
        "apertou o meu pescoço",
        "ele me ameaçou com uma faca",
        "ele me segue por todo lado",
        "mi ha minacciata di morte",
        "minaccia di uccidermi",
        "mi ha strangolata",
        "mi ha messo le mani al collo",
        "mi ha minacciata con un coltello",
        "mi segue ovunque con la macchina",
        "mi aspetta sotto casa",
    ],
)
def test_what_comes_before_the_worst_is_urgent_in_every_language(say: Say, message: str) -> None:
    """Strangulation, weapons, his threats to kill her, stalking: the number for emergencies goes with them."""
    facts = say(message).facts

    assert (facts.abuse, facts.abuse_urgent) == (True, True)


@pytest.mark.parametrize(
    "message",
    [
        "Mi mamá me va a matar cuando se entere",
        "Esta espera me mata",
        "me sigue en Instagram",
        "me sigue doliendo desde que lo dejé",
        "su recuerdo me sigue a todas partes",
        "me regaló un cuchillo de cocina",
        "J'ai menacé de me tuer",
        "Ça m'a serré la gorge de le voir",
        "Il me suit sur Instagram",
        "ma mère va me tuer si elle l'apprend",
        "ich habe gedroht mich umzubringen",
        "Die Erinnerung verfolgt mich",
        "er bringt mich um den Verstand",
        "Weihnachten steht vor der Tür",
        "er folgt mir auf Instagram",
        "Ele me segue no Instagram",
        "Eu me cortei com uma faca",
        "vou morrer de saudade dele",
        "ho minacciato di uccidermi",
        "Questo silenzio mi uccide",
        "Lui mi segue su Instagram",
        "il ricordo mi segue ovunque",
        "nobody but him ever put petrol in my car",
        "No stalking for me, I can't even find my own glasses",
        "il m'a suivie jusqu'au bout du monde",
        "ho dimenticato la mia password",
        "ich habe mein Passwort vergessen",
        "why does he keep watching my stories",
        "he still keeps watching every insta story of mine",
    ],
)
def test_idioms_and_her_own_pain_are_no_abuse(say: Say, message: str) -> None:
    """A caveat against him must not answer a figure of speech, nor what she threatens to do to herself."""
    assert not say(message).facts.abuse


@pytest.mark.parametrize(
    "message",
    [
        "¿hay un rastreador en mi móvil?",
        "¿puede leer mis mensajes?",
        "¿él puede rastrear mi celular?",
        "est-ce qu'il y a un traceur sur ma voiture ?",
        "peut-il espionner mon téléphone ?",
        "gibt es einen Peilsender an meinem Auto?",
        "Kann er mitlesen?",
        "kann er mein Handy orten?",
        "há um rastreador no meu carro?",
        "ele pode rastrear o meu celular?",
        "c'è un localizzatore nella mia macchina?",
        "può spiare il mio telefono?",
    ],
)
def test_a_tracker_on_her_own_phone_is_abuse_in_every_language(say: Say, message: str) -> None:
    """She is the one who is watched, and is helped."""
    screening = say(message)

    assert screening.outcome is None
    assert screening.facts.abuse
