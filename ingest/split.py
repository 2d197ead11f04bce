"""Foreign text to passages: whole sentences, grouped so that each passage has about 40 to 90 words of one place.

Sizes are in the embedder's own tokens, since what lies beyond its limit would be cut off unseen. Where to cut is the
cheapest way through all sentences of a section: near the wished size, and rather between paragraphs than inside one.
`corpus.store.SPLITTER` names this way of cutting; raise it there when a change here gives other passages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from corpus import sentences

WISHED_TOKENS = 80  # about 62 words: of 40, 60, 90 and 150 words, passages of 60 were found best
MIN_TOKENS = 52  # about 40 words
MAX_TOKENS = 118  # about 90 words
BREAK_COST = 0.12  # of a cut inside a paragraph; a passage that is 30 % off the wished size costs 0.09

_TOKENS_BESIDE = 2  # start and end mark, counted once a passage


def passages(paragraphs: Sequence[str], n_tokens: Callable[[str], int], max_tokens: int) -> list[tuple[str, ...]]:
    """Return the sentences of each passage. None has more than `max_tokens`, however long a sentence is."""
    units: list[tuple[str, int, bool]] = []  # sentence, its tokens, whether a paragraph begins here
    for paragraph in paragraphs:
        for i, sentence in enumerate(sentences_of(paragraph)):
            for j, part in enumerate(_parts(sentence, n_tokens, max_tokens)):
                units.append((part, n_tokens(part) - _TOKENS_BESIDE, i == j == 0))
    return [tuple(sentence for sentence, _, _ in units[a:b]) for a, b in _cuts(units, max_tokens)]


def sentences_of(paragraph: str) -> tuple[str, ...]:
    """Return a paragraph's sentences; joined by spaces they are the paragraph.

    Articles are edited text, so what goes on in lower case after a mark is the same sentence.
    """
    found: list[str] = []
    for span in sentences.split(" ".join(paragraph.split())):
        if found and span.text[:1].islower():
            found[-1] += " " + span.text
        else:
            found.append(span.text)
    return tuple(found)


def _cuts(units: Sequence[tuple[str, int, bool]], max_tokens: int) -> list[tuple[int, int]]:
    """Return the cheapest way to cut: dynamic programming over the place of the last cut."""
    best: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, len(units) + 1):
        choices: list[tuple[float, int]] = []
        size = _TOKENS_BESIDE
        for start in range(end - 1, -1, -1):
            size += units[start][1]
            if start < end - 1 and size > min(2 * MAX_TOKENS, max_tokens):
                break
            choices.append((best[start][0] + _cost(size, units[start][2]), start))
        best.append(min(choices))
    cuts: list[tuple[int, int]] = []
    end = len(units)
    while end:
        start = best[end][1]
        cuts.append((start, end))
        end = start
    return cuts[::-1]


def _cost(size: int, begins_paragraph: bool) -> float:
    cost = ((size - WISHED_TOKENS) / WISHED_TOKENS) ** 2
    if size < MIN_TOKENS or size > MAX_TOKENS:
        cost += 1.0
    return cost + (0.0 if begins_paragraph else BREAK_COST)


def _parts(sentence: str, n_tokens: Callable[[str], int], max_tokens: int) -> Iterator[str]:
    """Yield a sentence whole, or, where the embedder could not read it whole, in pieces of words that fit."""
    if n_tokens(sentence) <= max_tokens:
        yield sentence
        return
    words = sentence.split(" ")
    if len(words) == 1:  # a URL or the like: no reader misses its tail
        half = max(1, len(sentence) // 2)
        yield from (p for part in (sentence[:half], sentence[half:]) for p in _parts(part, n_tokens, max_tokens))
        return
    middle = len(words) // 2
    commas = [i + 1 for i, word in enumerate(words[:-1]) if word.endswith((",", ";", ":", "–", "—"))]
    cut = min(commas, key=lambda i: abs(i - middle), default=middle)
    for part in (" ".join(words[:cut]), " ".join(words[cut:])):
        yield from _parts(part, n_tokens, max_tokens)
