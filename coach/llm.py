"""The only door to language models: LangChain chat models go in, our `ChatModel` comes out.

The embedded engine, a local server and a hosted model all speak OpenAI's protocol or have a LangChain provider, so one
class serves them. Calls go one after the other: on two cores the engine prefills about 60 tokens a second however many ask,
and parallel calls only push each other's cached prefix out (8 judgements: 6.1 s in turn, 10.1 s at once).
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Sequence
from functools import cached_property
from typing import Any, Protocol

import langsmith
from langchain.chat_models import init_chat_model
from langchain_core.language_models import BaseChatModel
from pydantic import ValidationError

from coach.engine import Engine
from coach.errors import Misconfigured, ModelTimeout, Unavailable
from coach.prompt import ChatMessage
from coach.settings import CoachSettings, is_local, told
from corpus import weights


class ChatModel(Protocol):
    """What the steps ask of a language model; tests give a scripted one."""

    name: str
    is_large: bool  # writes a whole reply in one call with marks, rather than single sentences

    async def write(self, messages: Sequence[ChatMessage], max_tokens: int) -> str:
        """Return the model's text; Unavailable where there is no answer."""
        ...

    async def p_yes(self, messages: Sequence[ChatMessage]) -> float:
        """Return p(Yes) / (p(Yes) + p(No)) of the first token, 0 to 1; Unavailable where there is no answer."""
        ...

    async def close(self) -> None:
        """Give back its connections; nothing is asked afterwards."""
        ...

    @property
    def is_up(self) -> bool:
        """Whether asking makes sense now."""
        ...


class LangChainModel:
    """Any LangChain chat model by `provider:model`, behind our two questions."""

    def __init__(self, name: str, url: str = "", key: str = "", timeout_s: float = 60, engine: Engine | None = None):
        self.name = name
        self.is_large = engine is None
        self._url, self._key, self._timeout_s = url, key, timeout_s
        self._engine = engine
        self._made: dict[tuple[str, int, bool], BaseChatModel] = {}
        self._one_at_a_time = asyncio.Semaphore(1 if engine else 4)

    @property
    def is_up(self) -> bool:
        """A hosted model is asked and may fail; the engine is asked only while its process lives, and not while it is cold."""
        return self._engine is None or self._engine.is_ready

    async def write(self, messages: Sequence[ChatMessage], max_tokens: int) -> str:
        """Return the model's text at temperature 0."""
        reply = await self._invoke(messages, max_tokens, wants_logprobs=False)
        return str(reply.text).strip()

    async def p_yes(self, messages: Sequence[ChatMessage]) -> float:
        """Read the first token's log probabilities; a server that gives none is read as 1 or 0 from its word."""
        reply = await self._invoke(messages, 1, wants_logprobs=True)
        try:
            candidates = reply.response_metadata["logprobs"]["content"][0]["top_logprobs"]
            masses = [(str(c["token"]).strip().lower(), math.exp(c["logprob"])) for c in candidates]
        except (LookupError, TypeError):  # absent, or null somewhere on the way
            masses = []
        if not masses:
            return float(str(reply.text).strip().lower().startswith("yes"))
        yes, no = (sum(mass for word, mass in masses if word == wanted) for wanted in ("yes", "no"))
        return yes / (yes + no) if yes + no else 0.0

    async def _invoke(self, messages: Sequence[ChatMessage], max_tokens: int, *, wants_logprobs: bool) -> Any:
        chat = [(m.role, m.text) for m in messages]
        async with self._one_at_a_time:
            try:
                model = self._model(max_tokens, wants_logprobs)
                return await asyncio.wait_for(model.ainvoke(chat), self._timeout_s)
            except Unavailable:
                raise
            except TimeoutError as error:
                raise ModelTimeout(f"{self.name} did not answer within {self._timeout_s:.0f} s") from error
            except Exception as error:  # whatever a provider's client raises means one thing here: no answer
                raise Unavailable(f"{self.name} did not answer ({type(error).__name__})") from error

    async def close(self) -> None:
        """Close the client that is ours; a provider's own closes itself."""
        if "_unproxied" in vars(self):
            await self._unproxied.aclose()

    def check(self) -> None:
        """Make the provider's client once; Misconfigured where a key or a package is missing. Asks nothing."""
        try:
            self._model(1, wants_logprobs=True)
        except Exception as error:  # each provider raises its own kind
            why = told(error, "") if isinstance(error, ValidationError) else error
            raise Misconfigured(f"COACH_MODEL={self.name} cannot be used: {why}") from error

    def _model(self, max_tokens: int, wants_logprobs: bool) -> BaseChatModel:
        url = self._url
        if self._engine is not None:
            if self._engine.url is None:
                raise Unavailable("the embedded model is starting")
            url = self._engine.url
        slot = (url, max_tokens, wants_logprobs)
        if slot not in self._made:
            provider = self.name if self._engine is None else "openai:embedded"
            options: dict[str, Any] = {"temperature": 0, "max_tokens": max_tokens, "max_retries": 0}
            if provider.startswith("openai:"):
                options["use_responses_api"] = False
            if wants_logprobs and provider.startswith("openai:"):
                options |= {"logprobs": True, "top_logprobs": 10}
            if url:
                options["base_url"] = url
                if provider.startswith("openai:") and is_local(url):
                    # A proxy named in the environment, or by the system, would see every word and find no loopback.
                    options |= {"http_async_client": self._unproxied, "openai_proxy": None}
            if key := (self._engine.key if self._engine else self._key) or ("none" if url else ""):
                options["api_key"] = key
            self._made[slot] = init_chat_model(provider, **options)
        return self._made[slot]

    @cached_property
    def _unproxied(self) -> Any:
        from openai import DefaultAsyncHttpxClient  # takes a second to import: a coach without a model need not wait

        return DefaultAsyncHttpxClient(trust_env=False)


def trace(is_asked: bool) -> None:
    """Switch LangSmith tracing on or off for this process, whatever the environment says.

    A trace sends every message to a hosted service, and LANGSMITH_TRACING may stand in a shell for another project.
    """
    langsmith.configure(enabled=is_asked)


def make(settings: CoachSettings) -> tuple[ChatModel | None, Engine | None]:
    """Return the model the settings name, and its engine if it is embedded; the caller starts and stops that."""
    if settings.model == "none":
        return None, None
    if settings.model == "embedded":
        try:
            path = weights.require(weights.QWEN)
        except weights.WeightsMissing as error:
            raise Misconfigured(str(error)) from error
        engine = Engine(path, settings.model_threads)
        return LangChainModel(weights.QWEN.name, timeout_s=settings.model_timeout_s, engine=engine), engine
    if ":" not in settings.model:
        raise Misconfigured(
            f"COACH_MODEL={settings.model}: give `embedded`, `none` or `provider:model`, e.g. `openai:gpt-5-mini`"
        )
    model = LangChainModel(settings.model, settings.model_url, settings.model_key, settings.model_timeout_s)
    model.check()
    return model, None
