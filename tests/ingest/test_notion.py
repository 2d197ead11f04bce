"""The notion of manipulation with the real embedder, on a corpus whose labels were written by people."""

from __future__ import annotations

from collections import Counter

import pytest

from corpus import sentences
from corpus.embedding import minilm
from corpus.passage import Label, Passage
from corpus.settings import PACKAGE
from corpus.tactics import Judge
from ingest import reading
from ingest.foreign import Foreign

pytestmark = pytest.mark.weights
GRAVITY = [Label.SOUND, Label.CONTESTED, Label.MANIPULATIVE]


def unread(_: Foreign) -> tuple[Passage, ...]:
    raise AssertionError("our corpus has no foreign article")


@pytest.fixture(scope="module")
def judged() -> Counter[tuple[Label, Label]]:
    """How often each label was written and judged: {(written, judged): passages}."""
    passages = reading.read([PACKAGE / "articles"], unread).passages
    said = [(passage, span.text) for passage in passages for span in sentences.split(passage.text)]
    gravest = {p.id: Label.SOUND for p in passages}
    for (passage, _), finding in zip(said, Judge(minilm()).findings([text for _, text in said]), strict=True):
        if finding:
            gravest[passage.id] = max(gravest[passage.id], finding.label, key=GRAVITY.index)
    return Counter((p.label, gravest[p.id]) for p in passages)


def test_most_manipulative_passages_are_not_taken_for_sound(judged: Counter[tuple[Label, Label]]) -> None:
    """12 of 17 were called manipulative when this was written, on texts that are retold and so say less plainly what they do."""
    n = sum(n for (written, _), n in judged.items() if written is Label.MANIPULATIVE)

    assert judged[Label.MANIPULATIVE, Label.MANIPULATIVE] / n > 0.55
    assert judged[Label.MANIPULATIVE, Label.SOUND] / n < 0.4


def test_few_sound_passages_are_called_manipulative(judged: Counter[tuple[Label, Label]]) -> None:
    """A false label takes good advice away; 7 of 154 when this was written."""
    n = sum(n for (written, _), n in judged.items() if written is Label.SOUND)

    assert judged[Label.SOUND, Label.MANIPULATIVE] / n < 0.07
