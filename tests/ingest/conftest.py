"""What tests of ingest share: an embedder made of words, a store of their own, and articles in our format."""

from __future__ import annotations

import tempfile
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from corpus.embedding import Vectors
from corpus.store import Store
from corpus.tactics import Tactics
from ingest import __main__ as command


class WordEmbedder:
    """A vector of which words a text has: texts that share words are near. Remembers what it was asked."""

    name, digest, dimension, max_tokens = "words", "d" * 64, 64, 60

    def __init__(self) -> None:
        self.asked: list[str] = []

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.asked += texts
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in zip(vectors, texts, strict=True):
            for word in text.lower().split():
                row[zlib.crc32(word.strip('.,!?"').encode()) % self.dimension] += 1
            row /= np.linalg.norm(row) or 1.0
        return vectors

    def n_tokens(self, text: str) -> int:
        return len(text.split()) + 2


TACTICS = Tactics.model_validate(
    {
        "warns": ["don't", "never"],
        "reports": ["backfires"],
        "harmless": {"advice": ["Sleep well.", "Walk by the river.", "Eat something warm."]},
        "tactic": [
            {
                "id": "jealousy",
                "label": "manipulative",
                "because": "It works by making him jealous.",
                "patterns": ["make|making HIM * jealous"],
                "advice": ["Let him see you with another man.", "Post a photo with a stranger."],
            },
            {
                "id": "claim",
                "label": "contested",
                "because": "It is a claim.",
                "advice": ["All men hunt.", "All men lead."],
            },
        ],
    }
)

PASSAGE = """### {n}
Line: Give him room for a while.
Label: sound
Stages: silence
Aim: self
Asked:
- should I text him?
- he left, what now
- is one call too many

{text}
"""


def article(id: str = "01-walks", sections: dict[str, list[str]] | None = None) -> str:
    """Return an article in our format, with the given texts by section."""
    body = ""
    for section, texts in (sections or {"step-1": ["Walk by the river every morning."]}).items():
        body += f"\n## {section} A title\n\n"
        body += "\n".join(PASSAGE.format(n=n, text=text) for n, text in enumerate(texts, start=1))
    return f"---\nid: {id}\ntitle: Walks\nauthors: Ann Ode, Bo Tree\nsite:\ndate:\n---\n{body}"


@pytest.fixture
def embedder() -> WordEmbedder:
    return WordEmbedder()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one good article."""
    path = tmp_path / "articles"
    path.mkdir()
    (path / "01-walks.md").write_text(article(), encoding="utf-8")
    return path


@pytest.fixture
def write() -> Callable[..., str]:
    """The function that writes an article in our format."""
    return article


Ingest = Callable[..., int]


@pytest.fixture
def ingest(tmp_path: Path, embedder: WordEmbedder, monkeypatch: pytest.MonkeyPatch) -> Ingest:
    """`python -m ingest` with the embedder of words, into a store of its own."""
    monkeypatch.chdir(tmp_path)  # no .env of this machine
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))  # where the lock of a server's store lies
    monkeypatch.setenv("CORPUS_STORE", str(tmp_path / "store"))
    monkeypatch.setenv("CORPUS_WEIGHTS", str(tmp_path / "weights"))
    monkeypatch.setenv("CORPUS_ARTICLES", str(tmp_path / "articles"))
    monkeypatch.setattr(command, "load_tactics", lambda: TACTICS)
    return lambda *args: command.main([str(a) for a in args], load=lambda: embedder, kind=embedder)


@pytest.fixture
def tactics() -> Tactics:
    """A notion of manipulation that is learnt at once."""
    return TACTICS


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(str(tmp_path / "store"))
