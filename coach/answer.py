"""Step seven of a turn: lines, quotes, fixed words and referrals put together into what a user may see.

Pure functions over the nouns; they decide wording and order, never what is true or allowed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from coach.lines import fit
from coach.thread import Caveat, CaveatKind, Citation, Facts, Shown
from coach.verify import cite_line
from corpus.passage import Corpus, Disagreement, Found, Label, Passage

MAX_OTHER_SIDES = 2  # of a disagreement that a caveat shows


def line_of(passage: Passage, facts: Facts) -> tuple[str, Citation]:
    """Return a passage's line in her words for him, and the words of the passage it rests on."""
    return fit(passage.line, facts.pronoun), cite_line(passage)


def shown(found: Iterable[Found], more: Iterable[Passage] = ()) -> tuple[Shown, ...]:
    """Return the passages that stand beside the answer, each once, in the order they are cited."""
    rows = {f.passage.id: _shown(f.passage, f.score) for f in found}
    for passage in more:
        rows.setdefault(passage.id, _shown(passage, 0.0))
    return tuple(rows.values())


def contested(chosen: Sequence[Found], corpus: Corpus) -> tuple[tuple[Caveat, ...], tuple[Passage, ...]]:
    """Return what has to be said of contested lines, with the passages of other sides: at most one doubt and one disagreement.

    A line that stands first though nothing backs it is said with its doubt ("this can be stalking"), before all else. Of the
    disagreements only the first among the chosen lines is told: more would bury the answer. The other side is shown by its
    passages that may be recommended; a side that is only manipulative is named in words and not cited.
    """
    tied = _disagreement(chosen, corpus)
    doubtful = [f.passage for f in (chosen[:1] if tied else chosen) if f.passage.label is Label.CONTESTED]
    doubts = [p for p in doubtful if p.because and not (tied and corpus.ties(p.id))]
    caveats = [Caveat(CaveatKind.CONTESTED, p.because, (cite_line(p),)) for p in doubts[:1]]
    return (*caveats, *(tied[:1] if tied else ())), tied[1] if tied else ()


def _disagreement(chosen: Sequence[Found], corpus: Corpus) -> tuple[Caveat, tuple[Passage, ...]] | None:
    for candidate in chosen:
        for disagreement, others in corpus.ties(candidate.passage.id):
            sides = [
                corpus.by_id[i] for i in others if i in corpus.by_id and corpus.by_id[i].label is not Label.MANIPULATIVE
            ]
            sides = _one_a_side(sides, disagreement)[:MAX_OTHER_SIDES]
            cited = (cite_line(candidate.passage), *(cite_line(p) for p in sides))
            return Caveat(CaveatKind.CONTESTED, _told(disagreement), cited), tuple(sides)
    return None


def _told(disagreement: Disagreement) -> str:
    stances = [side.stance for side in disagreement.sides]
    return f"{disagreement.says} {_sentence('; '.join(stances))}"


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _one_a_side(passages: Sequence[Passage], disagreement: Disagreement) -> list[Passage]:
    first: dict[str, Passage] = {}
    for passage in passages:
        side = next(s.stance for s in disagreement.sides if passage.id in s.passages)
        first.setdefault(side, passage)
    return list(first.values())


def _shown(passage: Passage, score: float) -> Shown:
    return Shown(passage.id, passage.article, passage.section, passage.title, passage.label.value, passage.text, score)
