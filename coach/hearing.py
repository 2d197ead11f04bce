"""What the coach heard: the one sentence that the embedded model writes. It says back her question, and nothing else.

A small model says much that nobody told. So it is given one question alone and the first words, and is held by rules before
it is verified: no advice, no words from elsewhere, and nobody mixed up with anybody. Figures: docs/drafting.md.
"""

from __future__ import annotations

import re
from functools import cache

from coach import prompt
from coach.llm import ChatModel
from coach.prompt import ChatMessage
from corpus.sentences import split

MAX_TOKENS = 40
MIN_ASKED_WORDS, MAX_ASKED_WORDS = 4, 40  # of a question that is said back
MAX_FOREIGN_WORDS = 0.34  # share of content words in the sentence that she did not use herself
OPENINGS = ("You are wondering", "You want to know", "You are asking")  # a talk of ten turns would wear out one


def question_in(message: str) -> str:
    """Return what is said back: the last thing she asks, "" where she asks nothing of some words, or asks what is wrong
    with her, which nobody should hear back.

    Stories are not: of 19 sentences that told one and passed the verifier at 0.8, six were right (docs/drafting.md).
    """
    asked = [span.text.strip() for span in split(message) if _asks(span.text.strip())]
    is_fit = (
        asked and MIN_ASKED_WORDS <= len(asked[-1].split()) <= MAX_ASKED_WORDS and not _SELF_CONTEMPT.search(asked[-1])
    )
    return asked[-1] if is_fit else ""


def asks(message: str) -> bool:
    """Return whether a message asks anything, with or without a question mark."""
    return any(_asks(span.text.strip()) for span in split(message))


async def say_back(model: ChatModel, question: str, n_turns: int = 0) -> str:
    """Return one sentence that says a question back, "" where the model's is not of that kind. Not yet verified.

    The model is given the first words and goes on from there: left to itself it answers every third question.
    """
    opening = OPENINGS[n_turns % len(OPENINGS)]
    chat = (*prompt.load("heard").fill(message=question), ChatMessage("assistant", opening))
    text = await model.write(chat, MAX_TOKENS)
    sentence = _first_sentence(text if text.startswith(OPENINGS) else f"{opening} {text}")
    return sentence if is_saying_back(sentence, question) else ""


def is_saying_back(sentence: str, message: str) -> bool:
    """Return whether a sentence only says back what the message told: no advice, no question, no words from elsewhere,
    and everybody who does something in it did so in the message.
    """
    n_words = len(sentence.split())
    if not 5 <= n_words <= 32 or not sentence.endswith(".") or not _OPENS.search(sentence):
        return False
    # What she wonders about may hold "should" or "try"; it is still her question and no advice. What urges must be hers.
    if not _WONDERS.match(sentence) and _ADVICE.search(sentence):
        return False
    if any(urge.group().lower() not in message.lower() for urge in _URGES.finditer(sentence)):
        return False
    if _WRONG_PERSON.search(_IN_QUOTES.sub("", sentence)):
        return False
    said = {_stem(w) for w in _WORD.findall(message.lower())}
    content = [_stem(w) for w in _WORD.findall(sentence.lower()) if w not in _COMMON]
    foreign = [w for w in content if w not in said]
    if (
        not content
        or len(foreign) / len(content) > MAX_FOREIGN_WORDS
        or (_example_words() | _VERDICTS).intersection(foreign)
    ):
        return False
    return not _mixes_up(sentence, message)


# Without a question mark: "what he did was cruel" and "can't stop crying" tell, however they begin.
_ASKING = re.compile(
    r"(how|what|why|which|when|where)\s+(do|does|did|can|could|should|would|will|is|are|am|to|long|much|many|soon|else)\b|"
    r"(should|shall|can|could|do|does|did|is|are|will|would|am)\s+(i|he|she|they|it|we|my|this|that|there|you)\b",
    re.IGNORECASE,
)
_SELF_CONTEMPT = re.compile(
    r"wrong with me|why (am|do) i (so|always|such)|\b(stupid|pathetic|ugly|unlovable|needy|crazy|worthless|disgusting|deserve|idiot)\b|"
    r"not (good )?enough",
    re.IGNORECASE,
)
_ADVICE = re.compile(
    r"\b(should|shouldn't|must|need to|have to|ought|try|could|can|let|give yourself|take (some|a|your)|important|remember|focus|"
    r"make sure|don't (text|call|write|contact)|consider|best|better to|why not)\b|[?!]",
    re.IGNORECASE,
)
_URGES = re.compile(
    r"\b(let|give yourself|take (some|a|your)|important|remember|focus|make sure|consider|don't (text|call|write|contact))\b|[?!]",
    re.IGNORECASE,
)
_WRONG_PERSON = re.compile(r"\b(i|me|my|mine|we|our|us)\b|[?!]", re.IGNORECASE)
_IN_QUOTES = re.compile(r"[\"“'‘][^\"”’]*[\"”’]")
_WONDERS = re.compile(r"^you (want to know|are (wondering|asking|unsure|not sure|looking for))\b", re.IGNORECASE)
_OPENS = re.compile(
    r"^(you|your|he|she|they|his|her|their|it|after|since|for|now|part of you|\w+ (days?|weeks?|months?|years?))\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[a-zà-ÿ']{3,}")
_COMMON = frozenset(
    """the and you your yours yourself that this there with for are was were have has had not but his him himself her she herself
    they them themselves their it's its been being about from what when how who why will would which while after before into over
    still just now yet ago back feel feeling want wants wondering wonder whether know unsure asking ask ended left told says said
    think thinking does did since""".split()
)

# Who did it: words for the one who writes and for others, as typed by her and as said to her, without apostrophes.
_HERS = {"my": ("me", "my", "mine", "myself", "us", "our", "ours"), "your": ("your", "yours", "yourself")}
_OTHERS = tuple(frozenset(words.split()) for words in ("he hes hed him his himself", "she shes shed her hers herself"))
_SUBJECTS = {
    word: who
    for who, words in {
        "you": "i im ive id ill you youre youve youd",
        "both": "we weve",
        "he": "he hes hed",
        "she": "she shes shed",
        "they": "they theyre theyve theyd",
    }.items()
    for word in words.split()
}
_BETWEEN = frozenset(
    """just really still never always also both had have has was were am is are did do does would will can could not dont didnt
    wasnt wont cant doesnt isnt been be only even then now so very too ever""".split()
)
_MIN_VERB = 3  # letters


def _mixes_up(sentence: str, message: str) -> bool:
    """Return whether somebody in the sentence comes from nowhere, or does what only another one does in the message."""
    told, said = _bare_words(message), _bare_words(sentence)
    if any(other.intersection(said) and not other.intersection(told) for other in _OTHERS):
        return True
    if set(_HERS["your"]).intersection(said) and not set(_HERS["my"] + _HERS["your"]).intersection(told):
        return True  # "i check who liked his pics" is not about her own
    did = _deeds(told)
    return any(
        deed in did and not doers & did[deed] and "both" not in doers | did[deed]
        for deed, doers in _deeds(said).items()
    )


def _deeds(words: list[str]) -> dict[str, set[str]]:
    """Return who does what, as far as a pronoun stands before the verb."""
    found: dict[str, set[str]] = {}
    for place, word in enumerate(words):
        if word in _SUBJECTS:
            after = next((w for w in words[place + 1 :] if w not in _BETWEEN), "")
            if len(after) >= _MIN_VERB and after not in _SUBJECTS:
                found.setdefault(_stem(after), set()).add(_SUBJECTS[word])
    return found


def _bare_words(text: str) -> list[str]:
    return re.findall(r"[a-zà-ÿ]+", re.sub("['’]", "", text.lower()))


def _asks(sentence: str) -> bool:
    return "?" in sentence or bool(_ASKING.match(sentence))


@cache
def _example_words() -> frozenset[str]:
    # The prompt's own examples are where a small model takes words from that nobody said.
    texts = " ".join(m.text for m in prompt.load("heard").messages if m.role != "system")
    return frozenset(_stem(w) for w in _WORD.findall(texts.lower()) if w not in _COMMON)


def _first_sentence(text: str) -> str:
    match = re.match(r".+?[.!?](?=\s|$)", " ".join(text.split()))
    return match.group() if match else ""


def _stem(word: str) -> str:
    word = word.replace("'", "")
    for ending in ("ing", "ed", "es", "s", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


_VERDICTS = frozenset(
    map(_stem, "wrong normal okay fine natural healthy understandable".split())
)  # hers only if she said so
