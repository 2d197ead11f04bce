"""What nobody has labelled yet: foreign passages get a label, a line, stages and an aim, all on the cautious side.

The label is the gravest tactic that `corpus.tactics` finds in a passage's sentences. The line is the passage's own best
sentence. Stages and aim are not guessed: the nearest of short descriptions met our writers' stages in 53 % and their aim in
48 % of 221 passages, so foreign advice suits every stage, is taken as aimed at him, and is safe under no caveat.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from corpus.embedding import Embedder, Vectors
from corpus.passage import Aim, Corpus, Label, Passage, Section, Stage
from corpus.quote import MAX_QUOTE_WORDS
from corpus.tactics import Finding, Judge, Tactics
from ingest import split
from ingest.foreign import Foreign

VERSION = "1"  # raise it when a change here gives other labels or lines
LINE_WORDS = range(6, 31)
ADVICE_BONUS = 0.15  # of an imperative or a "you" sentence, against cosines to the passage's centre of 0.5 to 0.9
FLAW_COST = 0.2  # of what is no statement, needs the sentence before it, tells of the author, is too short or too long

# Which sentences may speak for a passage: a tactic is told as one, and what is contested is not put into her ear.
SPEAKER = {Label.SOUND: Label.SOUND, Label.CONTESTED: Label.SOUND, Label.MANIPULATIVE: Label.MANIPULATIVE}

_INNER = str.maketrans("“”", "‘’")  # quotation marks inside quotation marks
_GRAVITY = {Label.SOUND: 0, Label.CONTESTED: 1, Label.MANIPULATIVE: 2}
_ADVISES = re.compile(r"\b(?:you|your|yourself)\b", re.IGNORECASE)
_IMPERATIVE = re.compile(
    r"(?:please |just |only |simply |always |first,? |then,? )?(?:accept|act|admit|allow|apologi[sz]e|ask|avoid|be|breathe"
    r"|bring|build|call|choose|consider|cry|do|don't|don’t|enjoy|expect|explain|express|feel|find|focus|forget|forgive|get"
    r"|give|go|have|help|hold|ignore|improve|invite|join|keep|learn|leave|let|listen|live|look|love|make|meet|mention|move"
    r"|never|notice|open|pay|plan|play|practi[cs]e|prepare|put|read|reach|reflect|remember|remind|resist|respect|rest|say"
    r"|see|send|set|share|show|sleep|smile|spend|start|stay|stop|suggest|take|talk|tell|thank|think|treat|trust|try|turn"
    r"|use|visit|wait|watch|wear|work|write)\b",
    re.IGNORECASE,
)
_LEANS = re.compile(
    r"(?:this|that|these|those|its?|they|such|either|both|neither|so|because|which|here|there|the same|doing so)\b",
    re.IGNORECASE,
)
_TELLS = re.compile(r"\b(?:I|I'm|I’m|I've|I’ve|me|my)\b")
_LEAD_IN = re.compile(
    r"(?:and|but|so|or|yet|however|therefore|thus|in fact|also|instead|of course|besides|moreover|furthermore|in addition"
    r"|additionally|finally|firstly|secondly|lastly|then|now|well|anyway|in short|as a result|in conclusion|for example"
    r"|after all|remember|again|plus|meanwhile|nevertheless|still|conversely|alternatively|contrarily|on the other hand)"
    r"\s*[,:]\s+|(?:and|but|so|yet|plus)\s+",
    re.IGNORECASE,
)


class Labeller:
    """Makes passages of a foreign article. `known` are passages labelled before by the same notion, by text."""

    def __init__(self, embedder: Embedder, judge: Callable[[], Judge], known: Mapping[str, Passage]):
        self._embedder = embedder
        self._judge = judge  # asked for only when a text is new: it may have to learn first
        self._known = known

    def passages(self, foreign: Foreign) -> tuple[Passage, ...]:
        """Split and label an article."""
        places: list[tuple[Section, int, tuple[str, ...]]] = []
        for section in foreign.article.sections:
            paragraphs = foreign.paragraphs[section.id]
            groups = split.passages(paragraphs, self._embedder.n_tokens, self._embedder.max_tokens)
            places += [(section, n, group) for n, group in enumerate(groups, start=1)]
        new = [group for _, _, group in places if " ".join(group) not in self._known]
        judged = {**self._known, **self._judged(new)}
        return tuple(
            replace(
                judged[" ".join(group)],
                id=f"{foreign.article.id}#{section.id}/{n}",
                article=foreign.article.id,
                section=section.id,
                title=section.title,
            )
            for section, n, group in places
        )

    def again(self, corpus: Corpus) -> Corpus:
        """Judge foreign passages of a kept corpus by today's notion. Ours, which have questions, stay as they were written."""
        groups = {p.text: split.sentences_of(p.text) for p in corpus.passages if not p.asked}
        judged = self._judged(list(groups.values()))
        renewed = tuple(
            replace(judged[p.text], id=p.id, article=p.article, section=p.section, title=p.title)
            if p.text in groups
            else p
            for p in corpus.passages
        )
        return Corpus(corpus.articles, renewed, corpus.disagreements)

    def _judged(self, groups: Sequence[tuple[str, ...]]) -> dict[str, Passage]:
        """Return passages by text, with everything but their place."""
        if not groups:
            return {}
        sentences = [sentence for group in groups for sentence in group]
        vectors = self._embedder.encode(sentences)
        findings = self._judge().findings(sentences, vectors)
        judged: dict[str, Passage] = {}
        end = 0
        for group in groups:
            start, end = end, end + len(group)
            passage = _judge_one(group, vectors[start:end], findings[start:end])
            judged[passage.text] = passage
        return judged


def _judge_one(group: Sequence[str], vectors: Vectors, findings: Sequence[Finding | None]) -> Passage:
    text = " ".join(group)
    gravest = max((f for f in findings if f), key=lambda f: (_GRAVITY[f.label], f.score), default=None)
    label = gravest.label if gravest else Label.SOUND
    best = _best(group, vectors, [(f.label if f else Label.SOUND) is SPEAKER[label] for f in findings])
    line = clean(group[best])
    start = sum(len(sentence) + 1 for sentence in group[:best])
    is_short = len(group[best].split()) <= MAX_QUOTE_WORDS  # of a longer one `lines` finds the part to quote
    return Passage(
        id="",
        article="",
        section="",
        title="",
        text=text,
        line=f"The article says: “{line.translate(_INNER)}”" if label is Label.MANIPULATIVE else line,
        quote=(start, start + len(group[best])) if is_short else (0, 0),
        line_support=1.0,  # it is the passage's own sentence
        label=label,
        because=gravest.because if gravest else "",
        stages=tuple(Stage),
        aim=Aim.HIM,
    )


def notion(tactics: Tactics) -> str:
    """Return what names this way of labelling: equal values give equal labels and lines."""
    return hashlib.sha256(f"{VERSION} {tactics.digest}".encode()).hexdigest()[:16]


def _best(group: Sequence[str], vectors: Vectors, speaks: Sequence[bool]) -> int:
    """Return the place of the sentence that speaks for the passage: near its centre, and advice rather than tale."""
    centre = vectors.mean(axis=0)
    centre /= np.linalg.norm(centre) or 1.0
    choice = [i for i in range(len(group)) if speaks[i]] or range(len(group))
    return max(choice, key=lambda i: float(vectors[i] @ centre) + _manner(_bare(group[i])))


def _manner(sentence: str) -> float:
    advises = bool(_IMPERATIVE.match(sentence) or _ADVISES.search(sentence))
    flaws = [
        sentence[-1:] not in ".!…”\"'’)",  # a question, a heading, an introduction to a list
        bool(_LEANS.match(sentence)),
        bool(_TELLS.search(sentence)),
        len(sentence.split()) not in LINE_WORDS,
    ]
    return ADVICE_BONUS * advises - FLAW_COST * sum(flaws)


def clean(sentence: str) -> str:
    """Return a sentence that stands alone: no lead-in, no brackets, one full stop, no quotation mark left open."""
    text = (_bare(sentence) or sentence).rstrip(" :;,-–—!").strip()
    if text.count("“") != text.count("”") or text.count('"') % 2:
        text = re.sub('[“”"]', "", text)
    if text and text[-1] not in '.?…”"':
        text += "."
    return text[:1].upper() + text[1:]


def _bare(sentence: str) -> str:
    text = re.sub(r"\s*\([^()]*\)", "", sentence).strip()
    while (match := _LEAD_IN.match(text)) and match.end() < len(text):
        text = text[match.end() :]
    return text
