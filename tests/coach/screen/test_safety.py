"""What else must be said where abuse is told: which words on safety go with which message."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from coach.thread import Facts, Screening

Say = Callable[..., Screening]
TOLD = Facts(abuse=True)


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("screen", "he is asleep in the next room and I have to type quietly"),
        ("screen", "what if he sees this?"),
        ("screen", "my husband goes through my phone every night"),
        ("screen", "está durmiendo a mi lado"),
        ("screen", "il est dans la pièce d'à côté"),
        ("screen", "er liegt nebenan"),
        ("screen", "ele mexe no meu celular"),
        ("screen", "mi controlla il telefono"),
        ("leaving", "I'm going to tell him tonight that it's over"),
        ("leaving", "I still have to pick up my things from her flat"),
        ("leaving", "he wants to meet me one last time"),
        ("leaving", "tengo que recoger mis cosas de su casa"),
        ("leaving", "je vais le quitter"),
        ("leaving", "er will mich ein letztes Mal sehen"),
        ("leaving", "vou deixá-lo amanhã"),
        ("leaving", "vuole vedermi un'ultima volta"),
        ("exposure", "he threatens to out me to my parents"),
        ("exposure", "she will tell my family that I'm a lesbian if I leave"),
        ("exposure", "he says he'll report me to immigration"),
        ("exposure", "amenaza con contarle a mis padres que soy gay"),
        ("exposure", "il veut me faire expulser"),
        ("exposure", "er droht, meinen Eltern zu sagen, dass ich lesbisch bin"),
        ("exposure", "ele ameaça contar ao meu chefe"),
        ("exposure", "minaccia di dire ai miei genitori che sono gay"),
        ("strangulation", "He choked me up against the wall"),
        ("strangulation", "I was nearly choked by him"),
        ("strangulation", "he choked and hit me"),
        ("strangulation", "he choked me because dinner was late"),
        ("strangulation", "his hands were on my throat"),
        ("strangulation", "me apretó el cuello"),
        ("strangulation", "il m'a serré la gorge"),
        ("strangulation", "er hat mir den Hals zugedrückt"),
        ("strangulation", "ele me esganou"),
        ("strangulation", "mi ha messo le mani al collo"),
        ("his_suicide", "he says he will kill himself if I go"),
        ("his_suicide", "dice que se mata si lo dejo"),
        ("his_suicide", "il dit qu'il va se suicider si je pars"),
        ("his_suicide", "er sagt, er bringt sich um, wenn ich gehe"),
        ("his_suicide", "ele diz que se mata se eu for embora"),
        ("his_suicide", "dice che si ammazza se lo lascio"),
        ("device", "he put a tracker on my car"),
        ("device", "I caught him scrolling through my phone"),
        ("device", "me puso un gps en el coche"),
        ("after_assault", "he raped me"),
        ("after_assault", "me violó"),
        ("after_assault", "er hat mich vergewaltigt"),
        ("pictures", "he will post my nudes"),
        ("children", "he hit our daughter"),
    ],
)
def test_words_on_safety_go_with_what_was_told(say: Say, kind: str, message: str) -> None:
    """As people say it, in six languages."""
    assert kind in say(message, facts=TOLD).safety


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("screen", "we sat next to each other at the party and he read this poem"),
        ("screen", "he read my message and did not answer"),
        ("leaving", "I'll leave him alone for a while"),
        ("strangulation", "he has been strange all week"),
        ("strangulation", "I get a lump in my throat when I see him"),
        ("strangulation", "she cooked me dinner"),
        ("device", "he wore his tracksuit again"),
        ("after_assault", "everything went so rapidly"),
        ("leaving", "he left me and took his things, why did he want to leave me"),
        ("leaving", "I want to leave it in the past"),
        ("exposure", "should I tell my parents about the breakup?"),
        ("exposure", "I came out to my parents last year"),
        ("exposure", "he took me out to dinner and told my parents that we broke up"),
    ],
)
def test_ordinary_words_bring_none(say: Say, kind: str, message: str) -> None:
    """A warning that comes with everything is read by nobody."""
    assert kind not in say(message, facts=TOLD).safety


def test_without_abuse_no_words_on_safety_are_said(say: Say) -> None:
    """To fetch one's things is most often just that."""
    assert say("I still have to pick up my things from his flat").safety == ()
