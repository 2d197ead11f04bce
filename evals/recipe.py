"""The plain recipe that the coach is timed against: 1,000-character chunks, the top 4 stuffed into one prompt, one call.

Same machine, same weights, same articles. It cites nothing, verifies nothing and screens nothing; it is what most
retrieval chats are, and the yardstick of `speed.py`.
"""

from __future__ import annotations

import numpy as np

from coach.llm import ChatModel
from coach.prompt import ChatMessage
from corpus.embedding import Embedder
from corpus.passage import Corpus

CHUNK_CHARS = 1000
TOP = 4
MAX_TOKENS = 160
SYSTEM = "You are a helpful relationship coach. Answer the question using only the context."


def chunks(corpus: Corpus, size: int = CHUNK_CHARS) -> list[str]:
    """Return the articles cut every `size` characters, wherever that falls."""
    texts = [" ".join(p.text for p in corpus if p.article == article.id) for article in corpus.articles]
    return [text[i : i + size] for text in texts for i in range(0, len(text), size)]


class Recipe:
    """The chunks, embedded once."""

    def __init__(self, corpus: Corpus, embedder: Embedder, model: ChatModel):
        self._chunks, self._embedder, self._model = chunks(corpus), embedder, model
        self._vectors = embedder.encode(self._chunks)

    async def answer(self, question: str) -> str:
        """Return the model's one answer."""
        near = self._vectors @ self._embedder.encode([question])[0]
        context = "\n\n".join(self._chunks[i] for i in np.argsort(-near)[:TOP])
        messages = (ChatMessage("system", SYSTEM), ChatMessage("user", f"Context:\n{context}\n\nQuestion: {question}"))
        return await self._model.write(messages, MAX_TOKENS)
