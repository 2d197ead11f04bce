"""What all tests share: a coach made of fakes, and for tests marked `weights` the real embedder, rails and index."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any, cast

import pytest
from fakes import Rails, ScriptedModel, WordEmbedder, serve, tiny_corpus
from hypothesis import settings as hypothesis_settings

from coach import referrals
from coach.graph import Coach
from coach.replies import load as load_replies
from coach.screen.guardrails import Guardrails
from coach.settings import CoachSettings
from coach.threads import MemoryThreads, ThreadStore
from corpus.embedding import MiniLM, minilm
from corpus.passage import Corpus
from corpus.store import Store

MakeCoach = Callable[..., Coach]

hypothesis_settings.register_profile(
    "quick", deadline=None, max_examples=50, derandomize=True
)  # a busy machine is no bug
hypothesis_settings.load_profile("quick")


@pytest.fixture(autouse=True)
def _own_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of whoever runs the tests reaches them."""
    for name in list(os.environ):
        if name.startswith(("COACH_", "CORPUS_STORE", "CORPUS_ARTICLES", "UI_COACH", "LANGSMITH_", "LANGCHAIN_")):
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def words() -> WordEmbedder:
    return WordEmbedder()


@pytest.fixture(scope="session")
def tiny_store(tmp_path_factory: pytest.TempPathFactory, words: WordEmbedder) -> Store:
    """The tiny corpus, indexed once; a test that switches makes a store of its own."""
    store = Store(str(tmp_path_factory.mktemp("tiny")))
    serve(store, tiny_corpus(), words)
    return store


@pytest.fixture
def make_coach(tiny_store: Store, words: WordEmbedder, monkeypatch: pytest.MonkeyPatch) -> MakeCoach:
    """The function that makes a coach of fakes; what a test cares about it names.

    Every line that is found fits: what was learnt of real lines and scores says nothing of these.
    """
    monkeypatch.setattr("coach.draft.probability", lambda found, _vector: 0.5 + found.score / 4)

    def make(
        model: ScriptedModel | None = None,
        rails: Any = None,
        store: Store = tiny_store,
        embedder: Any = words,
        threads: ThreadStore | None = None,
        **settings: Any,
    ) -> Coach:
        return Coach(
            settings=CoachSettings(**{"model": "none", "_env_file": None, **settings}),
            store=store,
            embedder=embedder,
            guardrails=cast(Guardrails, rails or Rails()),
            replies=load_replies(),
            referrals_for=referrals.for_purpose,
            threads=threads or MemoryThreads(3600),
            model=model,
        )

    return make


@pytest.fixture(scope="session")
def embedder() -> MiniLM:
    """The real embedder."""
    return minilm()


@pytest.fixture(scope="session")
def real_location(tmp_path_factory: pytest.TempPathFactory, embedder: MiniLM) -> Iterator[str]:
    """Where the whole corpus was ingested with the real embedder, once a session."""
    from ingest.__main__ import main

    location = str(tmp_path_factory.mktemp("real"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CORPUS_STORE", location)
        assert main([], load=lambda: embedder) == 0
    yield location


@pytest.fixture(scope="session")
def real_store(real_location: str) -> Store:
    return Store(real_location)


@pytest.fixture(scope="session")
def real_corpus(real_store: Store) -> Corpus:
    return real_store.open().corpus


@pytest.fixture(scope="session")
def real_rails(embedder: MiniLM) -> Guardrails:
    return Guardrails()


@pytest.fixture
def real_coach(make_coach: MakeCoach, real_store: Store, embedder: MiniLM, real_rails: Guardrails) -> Coach:
    """The coach as it is, without a language model."""
    return make_coach(rails=real_rails, store=real_store, embedder=embedder)
