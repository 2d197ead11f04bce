"""Step four of a turn: what to say. The floor first: the lines of the passages that fit, a good answer without a model.

`choose` picks three to five lines, no two alike, in a sensible order. `heard` has the model say back in one sentence
what she told; it may carry no advice, and is checked to hold none. `reply` has a large model write the whole. What else was tried of a model, and lost against
the plain lines in blind reading, stands in `docs/drafting.md`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from coach import prompt
from coach.llm import ChatModel
from coach.prompt import ChatMessage
from corpus.passage import Aim, Corpus, Found, Label, Stage
from corpus.sentences import split

MIN_LINES = 3
MAX_LINES = 4
ALIKE = 0.72  # cosine of two lines from which on they say the same
FAR_BEHIND = 0.14  # score under the best from which on a further line no longer fits; MIN_LINES hold all the same
MAX_HEARD_TOKENS = 40
MIN_ASKED_WORDS = 4  # of a question that is said back alone
MAX_REPLY_TOKENS = 300
MAX_MESSAGE_WORDS = 90  # of hers that the model reads; the beginning and the end of a long story say most

_ORDER = {Aim.SELF: 0, Aim.HIM: 1, Aim.US: 2}


def choose(
    found: Sequence[Found], corpus: Corpus, likeness: Callable[[str, str], float], stage: Stage | None = None
) -> tuple[Found, ...]:
    """Return the passages whose lines make the answer, in the order they are said.

    The best stays first: it answers her. The rest must suit the stage she told of, and goes from herself to him to the
    two of them. A `contested` claim that no other article contradicts has no evidence behind it: it is taken only where
    she asked about just that.
    """
    chosen: list[Found] = []
    for candidate in found:
        if len(chosen) == MAX_LINES:
            break
        if chosen and len(chosen) >= MIN_LINES and candidate.score < chosen[0].score - FAR_BEHIND:
            break
        passage = candidate.passage
        if passage.label is Label.CONTESTED and chosen and not corpus.ties(passage.id):
            continue
        if chosen and stage is not None and passage.stages and stage not in passage.stages:
            continue
        if any(_says_the_same(candidate, c, likeness) or _other_sides(candidate, c, corpus) for c in chosen):
            continue
        chosen.append(candidate)
    return (*chosen[:1], *sorted(chosen[1:], key=lambda f: _ORDER[f.passage.aim]))


def lead(chosen: Sequence[Found], first: Found | None) -> tuple[Found, ...]:
    """Return the chosen passages led by one that has to be said first."""
    if first is None:
        return tuple(chosen)
    return (first, *(f for f in chosen if f.passage.id != first.passage.id))[:MAX_LINES]


def _says_the_same(a: Found, b: Found, likeness: Callable[[str, str], float]) -> bool:
    return likeness(a.passage.id, b.passage.id) > ALIKE


def _other_sides(a: Found, b: Found, corpus: Corpus) -> bool:
    # Two lines that contradict each other are not both advised; the caveat shows the other side.
    return any(b.passage.id in others for _, others in corpus.ties(a.passage.id))


def focuses(message: str) -> tuple[str, ...]:
    """Return what is to be said back, in the order of trying: her question alone, then the whole message.

    A small model says a bare question back well, and stumbles over a story with a question in it (docs/drafting.md).
    """
    whole = shorten(message)
    asked = [span.text.strip() for span in split(whole) if "?" in span.text or _ASKING.match(span.text.strip())]
    alone = [text for text in asked[-1:] if len(text.split()) >= MIN_ASKED_WORDS and text != whole]
    return (*alone, whole)


async def heard(model: ChatModel, focus: str, message: str) -> str:
    """Return one sentence that says back what she told, "" where the model's is not of that kind. Not yet verified.

    The model is given the first words and goes on from there: left to itself it answers every third bare question.
    """
    opening = "You are wondering" if is_bare_question(focus) else "You"
    chat = (*prompt.load("heard").fill(message=focus), ChatMessage("assistant", opening))
    text = await model.write(chat, MAX_HEARD_TOKENS)
    sentence = _first_sentence(text if text.startswith(opening) else f"{opening} {text}")
    return sentence if is_saying_back(sentence, message) else ""


def is_bare_question(message: str) -> bool:
    """Return whether a message asks and tells nothing else."""
    return len(split(message)) == 1 and ("?" in message or bool(_ASKING.match(message)))


_ASKING = re.compile(
    r"(how|what|why|which|should|can|could|do|does|is|are|will|would)\b", re.IGNORECASE
)  # without a question mark; "when he left" and "did" tell as often as they ask


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence of a model's draft, not yet verified, with the passages that it names."""

    text: str
    passages: tuple[Found, ...] = ()


async def reply(model: ChatModel, message: str, chosen: Sequence[Found]) -> list[Claim]:
    """Return the claims of a large model's whole reply, each with the passages it marked, in one call."""
    numbered = "\n".join(f"[{n}] {f.passage.text}" for n, f in enumerate(chosen, 1))
    text = await model.write(prompt.load("reply").fill(passages=numbered, message=message), MAX_REPLY_TOKENS)
    return claims(text, chosen)


def claims(text: str, chosen: Sequence[Found]) -> list[Claim]:
    """Read the marks of a draft: a sentence owns the marks in it and those that follow it. Unknown marks count as none."""
    found: list[Claim] = []
    for span in split(_MARK_AFTER_STOP.sub(r" \2\1 ", " ".join(text.split()))):
        numbers = [int(n) for n in _MARK.findall(span.text)]
        named = tuple(dict.fromkeys(chosen[n - 1] for n in numbers if 1 <= n <= len(chosen)))
        plain = re.sub(r"\s+([.,;:!?])", r"\1", _MARK.sub("", span.text)).strip()
        if plain:
            found.append(Claim(" ".join(plain.split()), named))
    return found


_MARK = re.compile(r"\[(\d{1,2})\]")
_MARK_AFTER_STOP = re.compile(r"([.!?])\s*((?:\[\d{1,2}\]\s*)+)")  # "… first. [2]": the mark belongs before the stop
_ADVICE = re.compile(
    r"\b(should|shouldn't|must|need to|have to|ought|try|could|can|let|give yourself|take (some|a|your)|important|remember|focus|"
    r"make sure|don't (text|call|write|contact)|consider|best|better to|why not)\b|[?!]",
    re.IGNORECASE,
)
_WRONG_PERSON = re.compile(r"\b(i|me|my|mine|we|our|us)\b|[?!]", re.IGNORECASE)
_IN_QUOTES = re.compile(r"[\"“'‘][^\"”’]*[\"”’]")
_WONDERS = re.compile(r"^you are (wondering|asking|unsure|not sure|looking for)\b", re.IGNORECASE)
_OPENS = re.compile(
    r"^(you|your|he|she|they|his|her|their|it|after|since|for|now|part of you|\w+ (days?|weeks?|months?|years?))\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[a-zà-ÿ']{3,}")
_COMMON = frozenset(
    """the and you your yours that this with for are was were have has had not but his her him she they them their it's its been
    being about from what when how who why will would which while after before into over still just now yet ago back feel feeling
    want wants wondering wonder whether know unsure asking ask ended left told says said think thinking does did since""".split()
)
MAX_FOREIGN_WORDS = 0.34  # share of content words in the sentence that she did not use herself


def is_saying_back(sentence: str, message: str) -> bool:
    """Return whether a sentence only says back what the message told: no advice, no question, no words from elsewhere."""
    n_words = len(sentence.split())
    if not 5 <= n_words <= 32 or not sentence.endswith(".") or not _OPENS.search(sentence):
        return False
    # What she wonders about may hold any word; it is still her question and no advice.
    rest = "" if _WONDERS.match(sentence) else sentence
    if _ADVICE.search(rest) or _WRONG_PERSON.search(_IN_QUOTES.sub("", sentence)):
        return False
    said = {_stem(w) for w in _WORD.findall(message.lower())}
    content = [_stem(w) for w in _WORD.findall(sentence.lower()) if w not in _COMMON]
    if not content:
        return False
    foreign = [w for w in content if w not in said]
    return len(foreign) / len(content) <= MAX_FOREIGN_WORDS and not _example_words().intersection(foreign)


@cache
def _example_words() -> frozenset[str]:
    # The prompt's own examples are where a small model takes words from that nobody said.
    texts = " ".join(m.text for m in prompt.load("heard").messages if m.role != "system")
    return frozenset(_stem(w) for w in _WORD.findall(texts.lower()) if w not in _COMMON)


def shorten(message: str) -> str:
    """Return a message on one line, a long one by its beginning and its end."""
    words = message.split()
    if len(words) <= MAX_MESSAGE_WORDS:
        return " ".join(words)
    half = MAX_MESSAGE_WORDS // 2
    return " ".join([*words[:half], "…", *words[-half:]])


def _first_sentence(text: str) -> str:
    match = re.match(r".+?[.!?](?=\s|$)", " ".join(text.split()))
    return match.group() if match else ""


def _stem(word: str) -> str:
    word = word.replace("'", "")
    for ending in ("ing", "ed", "es", "s", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word
