"""Step two of a turn: the standalone query, made from the message and the thread by rule, without a model.

A follow-up ("and if he doesn't answer?") leans on what stood before: it is short, or it opens with a joining word, or
holds nothing but pronouns. The stage ("he texted me back", "we are together again") is read from the message by
patterns and otherwise kept from the thread.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from coach.thread import Facts, Query, Screening
from corpus.passage import Stage

FOLLOW_UP_WORDS = 9  # a longer message stands on its own
REACH = 4  # messages that a follow-up may lean on
_JOINS = re.compile(
    r"^(and|but|so|or|then|what (if|then|about|else)|how (long|soon|about|so)|why( not)?|when|what for|what do you mean|really|ok(ay)?|yes|no|"
    r"which( one)?|like what|for how long|even if|also|same)\b",
    re.IGNORECASE,
)
_LEANS = re.compile(r"\b(that|this|it|those|these|then|there|one|so|either|instead)\b", re.IGNORECASE)

# Words that name nothing to look for, when things were that are no thing by themselves, and people who were spoken of.
_SMALL_WORDS = frozenset(
    """a an the and but so or if then else also even just really still again ok okay yes no not don't dont doesn't isn't can't won't what when
    where which who why how is are am was were be been being do does did done have has had can could should would will shall may might must
    i i'm i've i'd i'll me my mine myself you your to of in on at for from with without about by as than too very more most much many long
    soon far often some any one ones this that these those it its it's there here thing things something anything nothing way like mean think
    know say tell want need get go make happen happens work works really after before until while maybe please instead either both same
    another other others only ever never always bad good better wrong right okay""".split()
)
_TIMES = frozenset(
    """today tonight tomorrow yesterday morning evening night weekend week weeks month months year years day days hour hours minute minutes
    monday tuesday wednesday thursday friday saturday sunday later now two three four five six first second next last half long""".split()
)
_SPOKEN_OF = re.compile(
    r"(he|him|his|himself|she|her|hers|herself|they|them|their|we|us|our|ex|it|its|that|this|one|exes|we'?re|he'?s|she'?s|they'?re|it'?s|that'?s)"
)

# Whom a meeting is with: her ex, and nobody else.
_EX = r"(him|her|them|(my|the) ex|ex|each other)"
_NOT_YET = "".join(
    rf"(?<!\b{word} )"
    for word in "if once when until till unless whether are pretend wish hope think dreamed dreamt imagine".split()
)
_WE_HAVE = (
    r"\b(we(['’]?ve|['’]re| have| are)?|(and|n|&) (i|me)( have| are)?|i(['’]?ve| have)?)"
    r"( (just|finally|now|only|recently|officially|got|gotten|been|moved))*"
)
_OUT = r"(a |the |our |some )?(first )?(coffees?|dinner|lunch|drinks?|brunch)"

# Read in this order, the first that fits wins: what settles the stage for certain stands before what is only talked about.
# A stage is read from what is, not from what is wished for or asked about: "how do we get back together" tells of none.
_STAGES: tuple[tuple[Stage, re.Pattern[str]], ...] = tuple(
    (stage, re.compile(pattern, re.IGNORECASE))
    for stage, pattern in (
        (
            Stage.BACK_TOGETHER,
            rf"{_NOT_YET}{_WE_HAVE} (back together|together again|official again|reunited)\b|"
            r"(^|[.!?;]\s+)((just|finally) )?(got|gotten) (back together|together again)\b|"
            r"\b((since|after) (we (got|were) |getting )(back together|together again)|since we reunited|"
            r"(gave|we(['’]re| are) giving) (it|us|me|each other) (another|a second) (chance|go|try)|"
            r"((he|she|they)(['’]s| has| have)?|ex|(boy|girl)friend|husband|wife) (just |finally )?(took|taken) me back|second time round|"
            r"(we|(he|she|they)(['’]s|['’]ve| has| have)?) (just )?moved back in(?! with (his|her|their|a|some)\b))\b",
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
            rf"\b(meet(ing)? (up )?(with )?{_EX}|see(ing)? {_EX} (on|this|tomorrow|tonight|again|next|for the)|first time (seeing|meeting) {_EX}|"
            r"we(['’](re|ll|ve|d)| are| will| might| could| may| want to| had| have)?"
            r"( (finally|just|only|probably|going to|gonna|want to|both|agreed to|planning to|all))* "
            rf"(meet(ing)?( up)?|met( up)? (again|yesterday|last|on|for)|(hav(e|ing)|had|get(ting)?|go(ing)?( out)? for) {_OUT}|"
            rf"{_OUT} (twice|together|on)|"
            r"hang(ing)? out|catch(ing)? up)|"
            rf"(he|she|they|ex) (just |even )?(wants?|asked me|suggested|invited me|offered|proposed)( to| for| out| me| up| that we| we)*"
            rf"( (have|get|grab|go|come|do|meet))?( out| over)?( for)? (meet(ing)?( up)?|see(ing)? me|{_OUT})|"
            rf"(our|first|the) (first )?(coffee|dinner|lunch|drinks?|meeting|meetup) (with {_EX}|on|this|next|tomorrow|tonight|together)|"
            rf"(?<!\bmiss )(hav(e|ing)|get(ting)?|grab(bing)?|for) {_OUT} with {_EX}|"
            rf"(a|first|second) date with {_EX}|our (first|second|next) date (again|since|after|on|this|next|tomorrow|tonight)|"
            rf"(bump(ed|ing)? into|ran into|run(ning)? into|hang(ing)? out with) {_EX}|"
            r"(talk(ing)?|tell(ing)?|speak(ing)?|say(ing)?|apologi[sz](e|ing))\b[^.?!]{0,25} (face to face|in person))\b",
        ),
        (
            Stage.TALKING_AGAIN,
            r"\b(we(['’](re|ve)| are| have)?( (been|just|started|finally|back|now|properly))* (talking|texting|chatting|speaking|in touch)|"
            r"(he|she|they|ex)(['’]s| has| have)? (started|began|is|are) (talking|texting|speaking|writing) (to )?me again|"
            r"we (talk|text|chat|speak|call) (\w+ )?(again|now|every|most|daily)|started talking again|"
            r"(he|she|they) (texts?|calls?|messages?|writes?) me (now|every|most|again)|(?<!not )(?<!n['’]t )on speaking terms)\b",
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

_THANKS = (
    r"(thank(s| ?you)|thx|thnx|thanx|ty|tysm|tyvm|cheers)( (so|very) much| a (lot|million|ton|bunch)| again| coach)*"
)
_COURTESIES = {
    "thanks": rf"((ok(ay)?|great|oh|aw+|haha|lol|yeah|yes|alright) ){{0,2}}{_THANKS}"
    r"( (for (that|this|it|listening|everything|your (help|time|words))|coach|that (really )?help(ed|s)( me)?( a (lot|bit|little))?|"
    r"i('ll| will) try( (that|it))?|i needed that|you('re| are| r) (so |very |really )?(kind|sweet|nice|helpful)))*",
    "hello": r"(hi|hello|hey|hiya|heya|good (morning|evening|afternoon))( there| coach| you)?"
    r"( (how are you( doing)?( today)?|how('s| is) it going|(can|could) you (please )?help( me)?( please)?|"
    r"(are you|anyone|anybody|is (anyone|anybody)) there))?|"
    r"how are you( doing)?( today)?|can you (please )?help me( please)?|(are you|is (anyone|anybody)) there",
    "goodbye": r"(ok(ay)? )?(good ?bye|bye|bye bye|good ?night|see you|talk (to you )?later|"
    r"i('ll| will) go( to (bed|sleep))?( now)?|gotta go|night)( (then|now|coach|tomorrow|later|soon|and thank(s| you)))*|"
    rf"((ok(ay)?|great) )?{_THANKS} (bye|good ?night|talk (to you )?later|see you (tomorrow|later|soon))( then| now| coach)?",
    "ok": r"(oh |ah )?(ok(ay)?|kk?|alright|all right|got it|i see|(that )?makes sense|good to know|fair enough|"
    r"understood|noted|will do|i('ll| will) try( (that|it))?)"
    r"( (ok(ay)?|got it|i see|(that )?makes sense|good to know|fair enough|will do|then|coach|i('ll| will) try( (that|it))?))*",
    "who": r"((are you|is this|am i (talking|speaking|chatting|writing) (to|with)) (just )?((an?|the) )?((real|actual|living) )?"
    r"(person|human( being)?|someone real|real|bot|chat ?bot|robot|ai|machine|computer|program|therapist|counsell?or|psychologist)"
    r"( or (just )?((an?|the) )?((real|actual) )?(person|human|not|bot|chat ?bot|robot|ai|machine|computer|program))?|"
    r"(who|what) (are|r) you|what is this|what can you (do|help( me)? with)|how can you help( me)?)",
}
_KIND_SIGNS = re.compile(
    "[🙏👋👍👌🤗🫶😊🙂😀😃😄😁😅😘🥰❤🧡💛💚💙💜🤎🤍💕💖💗💓💞✨🌸🌷🌻☺\ufe0f\U0001f3fb-\U0001f3ff]"
)
_STOPS = re.compile(r"[.,;:!?()…–—-]+")


def courtesy_of(message: str) -> str:
    """Return `thanks`, `hello`, `goodbye`, `ok` or `who` (what are you?) where a message is nothing else, "" otherwise.

    Beside its stops only friendly signs count for nothing: a knife or a pill behind "good night" is no courtesy.
    """
    text = " ".join(_STOPS.sub(" ", _KIND_SIGNS.sub(" ", message)).lower().replace("’", "'").split())
    return next((name for name, pattern in _COURTESIES.items() if re.fullmatch(pattern, text)), "")


def make(request: str, said: Sequence[str], facts: Facts) -> Query:
    """Return what to search for, given what she said before. `facts` are those of this turn, with the stage so far."""
    earlier = _leant_on(said) if is_follow_up(request) else ""
    return Query(request, earlier, stage_of(request) or facts.stage, names_a_thing(request))


def _leant_on(said: Sequence[str]) -> str:
    """Return the last message that stands on its own, with the follow-ups behind it; "thanks" in between counts for nothing."""
    found: list[str] = []
    for message in reversed(said):
        if courtesy_of(message):
            continue
        found.insert(0, message)
        if len(found) == REACH or not is_follow_up(message):
            break
    return " ".join(found)


def is_follow_up(message: str) -> bool:
    """Return whether a message leans on what stood before."""
    words = message.split()
    if len(words) > FOLLOW_UP_WORDS:
        return False
    return len(words) <= 3 or bool(_JOINS.search(message.strip()) or _LEANS.search(message))


def names_a_thing(message: str) -> bool:
    """Return whether a message is of things of its own ("how long do I boil an egg"), and of nobody who was spoken of."""
    words = re.findall(r"[a-z]+(?:['’][a-z]+)?", message.lower())
    own = [word for word in words if word not in _SMALL_WORDS]
    return len(own) >= 2 and not set(own) <= _TIMES and not any(_SPOKEN_OF.fullmatch(word) for word in words)


def stage_of(message: str) -> Stage | None:
    """Return the stage a message tells of, None where it tells of none."""
    return next((stage for stage, pattern in _STAGES if pattern.search(message)), None)


def stage_told(told: Sequence[str], screening: Screening) -> Stage | None:
    """Return the stage that she told of last: in this message, before it in a history, or as the thread knows."""
    newest = (screening.request, *reversed(told[:-1]))
    return next((stage for text in newest if (stage := stage_of(text))), screening.facts.stage)
