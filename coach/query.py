"""Step two of a turn: the standalone query, made from the message and the thread by rule, without a model.

A follow-up ("and if he doesn't answer?") leans on what stood before: it is short, or it opens with a joining word, or
holds nothing but pronouns. The stage ("he texted me back", "we are together again") is read from the message by
patterns and otherwise kept from the thread.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from coach.thread import Facts, Pronoun, Query, Screening
from corpus.passage import Stage

FOLLOW_UP_WORDS = 9  # a longer message stands on its own
_JOINS = re.compile(
    r"^(and|but|so|or|then|what (if|then|about|else)|how (long|soon|about|so)|why( not)?|when|what for|what do you mean|really|ok(ay)?|yes|no|"
    r"which( one)?|like what|for how long|even if|also|same)\b",
    re.IGNORECASE,
)
_LEANS = re.compile(r"\b(that|this|it|those|these|then|there|one|so|either|instead)\b", re.IGNORECASE)

# Read in this order, the first that fits wins: what settles the stage for certain stands before what is only talked about.
_STAGES: tuple[tuple[Stage, re.Pattern[str]], ...] = tuple(
    (stage, re.compile(pattern, re.IGNORECASE))
    for stage, pattern in (
        (
            Stage.BACK_TOGETHER,
            r"\b((back|together) (together|again)|(gave|giving) (it|us|me|each other) (another|a second) (chance|go|try)|"
            r"took me back|(we|we'?re|are) official again|second time round|since we got back|reunited|moved back in)\b",
        ),
        (
            Stage.JUST_HAPPENED,
            r"\b(just (broke|split|left|dumped|ended)|"
            r"(broke up|left me|dumped me|ended (it|things)|split( up)?)\b.{0,40}\b(today|yesterday|last night|tonight|this (morning|week)|"
            r"hours? ago|(\d|two|three|four|five|six|a few|few|couple of) days? ago|on (mon|tues|wednes|thurs|fri|satur|sun)day)|"
            r"(he|she|they|(boy|girl)friend|bf|gf|husband|wife|partner|ex) (has |have )?left (just |only |about )?(yesterday|last night|(\w+ )?hours? ago|"
            r"(\d|two|three|four|five|six|a few|few|a couple of) days? ago|on (mon|tues|wednes|thurs|fri|satur|sun)day)|"
            r"(today|yesterday|last night|this morning|\w+ days ago),? (he|she|they|my) .{0,25}(left|broke|ended|dumped))\b",
        ),
        (
            Stage.LETTING_GO,
            r"\b(let(ting)? (him|her|them|it|my ex) go|mov(e|ing) on|get(ting)? over (him|her|them|it|this)|give up on|"
            r"accept(ed|ing)? (that )?it'?s over|don'?t want (him|her|them) back|stop(ped)? (loving|wanting|hoping))\b",
        ),
        (
            Stage.MEETING,
            r"\b(meet(ing)?( up)?|see(ing)? (him|her|them|each other) (on|this|tomorrow|tonight|again|next)|coffee|dinner|drinks?|"
            r"(a|our|first) date|bump(ed)? into|ran into|run into|face to face|in person|hang(ing)? out)\b",
        ),
        (
            Stage.TALKING_AGAIN,
            r"\b((we|we'?re|we'?ve|been) (been |are |have been )?(talking|texting|chatting|speaking|in touch)|talk(ing)? again|"
            r"(he|she|they) (texts?|calls?|messages?|writes?) me (now|every|most|again)|on speaking terms)\b",
        ),
        (
            Stage.FIRST_CONTACT,
            r"\b((he|she|they|my ex)('s| has| have)? (just )?(texted|messaged|called|wrote|written|replied|reached out|contacted|answered)|"
            r"(first|send(ing)?|write|writing|draft) (a |the |my |him a |her a )?(first )?(text|message|letter)|"
            r"(what|how) (do|should|can|would) i (even )?(say|write|text|reply|answer|open|start)|"
            r"break(ing)? the silence|reach(ing)? out)\b",
        ),
        (
            Stage.SILENCE,
            r"\b(no contact|haven'?t (heard|spoken|talked|texted)|not (heard|spoken|talked)|silence|radio silence|"
            r"(weeks?|months?) (ago|since|of nothing|without)|hasn'?t (texted|called|written|replied))\b",
        ),
    )
)

_PRONOUNS: dict[Pronoun, re.Pattern[str]] = {
    "he": re.compile(r"\b(he|him|his|boyfriend|bf|husband|guy|man)\b", re.IGNORECASE),
    "she": re.compile(r"\b(she|her|hers|girlfriend|gf|wife|girl|woman)\b", re.IGNORECASE),
    "they": re.compile(r"\b(they|them|their|theirs|partner)\b", re.IGNORECASE),
}


_COURTESIES = {
    "thanks": r"(ok(ay)?,? |great,? |oh,? |aw+,? )?(thank(s| ?you)|thx|ty|cheers)( (so|very) much| a (lot|million|ton))?"
    r"(,? (for (that|this|it|listening|everything|your (help|time|words))|coach|that (really )?help(ed|s)( me)?( a (lot|bit|little))?|"
    r"i('ll| will) try( (that|it))?|i needed that))*",
    "hello": r"(hi|hello|hey|hiya|good (morning|evening|afternoon))( there| coach| you)?",
    "goodbye": r"(ok(ay)?,? )?(good ?bye|bye|bye bye|good ?night|see you|talk (to you )?later|"
    r"i('ll| will) go( to (bed|sleep))?( now)?|gotta go|night)( (then|now|coach|tomorrow|later|soon|and thank(s| you)))*",
}


def courtesy_of(message: str) -> str:
    """Return `thanks`, `hello` or `goodbye` where a message is nothing else, "" otherwise."""
    text = message.strip().strip("!. )(:").lower()
    if "?" in message or len(text.split()) > 9 or re.search(r"\b(but|how|what|should|can you|why)\b", text):
        return ""
    return next((name for name, pattern in _COURTESIES.items() if re.fullmatch(pattern, text)), "")


def make(request: str, said: Sequence[str], facts: Facts) -> Query:
    """Return what to search for, given what she said before. `facts` are those of this turn, with the stage so far."""
    earlier = said[-1] if said and is_follow_up(request) else ""
    if earlier and len(said) > 1 and is_follow_up(earlier):
        earlier = f"{said[-2]} {earlier}"
    return Query(request, earlier, stage_of(request) or facts.stage)


def is_follow_up(message: str) -> bool:
    """Return whether a message leans on what stood before."""
    words = message.split()
    if len(words) > FOLLOW_UP_WORDS:
        return False
    return len(words) <= 3 or bool(_JOINS.search(message.strip()) or _LEANS.search(message))


def stage_of(message: str) -> Stage | None:
    """Return the stage a message tells of, None where it tells of none."""
    return next((stage for stage, pattern in _STAGES if pattern.search(message)), None)


def stage_told(told: Sequence[str], screening: Screening) -> Stage | None:
    """Return the stage that she told of last: in this message, before it in a history, or as the thread knows."""
    newest = (screening.request, *reversed(told[:-1]))
    return next((stage for text in newest if (stage := stage_of(text))), screening.facts.stage)


def pronoun_of(messages: tuple[str, ...]) -> Pronoun:
    """Return how she speaks of her ex, by what she says most often; `he` where she says nothing."""
    text = " ".join(messages)
    counts = {pronoun: len(pattern.findall(text)) for pronoun, pattern in _PRONOUNS.items()}
    best = max(counts, key=lambda p: counts[p])
    return best if counts[best] > 0 else "he"
