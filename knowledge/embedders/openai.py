"""`text-embedding-3-small`: 1536 numbers, two cents a million tokens."""

import contextvars
import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as Late
from typing import ClassVar

from knowledge.embedders.types import DIMENSIONS, Embedded, EmbeddingFailed
from providers.openai.client import MAX_INPUTS, OpenAIClient
from voxanne.errors import ProviderError, RateLimited, Unauthorized
from voxanne.metrics import counter

TOKENS = counter("embedding_tokens", "Tokens that were paid for, by what they were for.", labels=("purpose",))

# Documents in bulk: a large batch takes OpenAI seconds.
DOCUMENTS_TIMEOUT_S, DOCUMENTS_RETRIES_S = 25.0, (2.0, 4.0)
# Questions that are asked at once in a process; further ones wait, and give up in time.
THREADS = 16
_mine = threading.local()
_REFUSED = "OpenAI does not accept this installation's key. Search by words goes on meanwhile."
_BUSY = "OpenAI is busy. Indexing goes on by itself; search by words works meanwhile."
_AWAY = "OpenAI cannot be reached. Indexing goes on by itself; search by words works meanwhile."
_ODD = "OpenAI answered with something that cannot be used. Search by words goes on meanwhile."


class OpenAIEmbedder:
    """OpenAI's smaller embedding model, with the platform's key."""

    model: str = "text-embedding-3-small"
    nano_usd_per_token: int = 20
    _pool: ClassVar[ThreadPoolExecutor | None] = None

    def __init__(self, api_key: str) -> None:
        self._api_key = api_key

    def embed_documents(self, texts: Sequence[str]) -> Embedded:
        """Vectors of any number of texts that are not empty."""
        client = OpenAIClient(self._api_key, timeout_s=DOCUMENTS_TIMEOUT_S, retry_delays_s=DOCUMENTS_RETRIES_S)
        vectors, tokens = [], 0
        for start in range(0, len(texts), MAX_INPUTS):
            made = self._ask(client, texts[start : start + MAX_INPUTS])
            vectors += made.vectors
            tokens += made.tokens
        TOKENS.labels("documents").inc(tokens)
        return Embedded(vectors=vectors, tokens=tokens)

    def embed_query(self, text: str, *, timeout_s: float) -> list[float]:
        """The vector of a question. A socket's time-out starts anew with every byte, so a thread waits for it."""
        context = contextvars.copy_context()
        asked: Future[Embedded] = self._threads().submit(context.run, self._ask_at_once, text, timeout_s)
        try:
            made = asked.result(timeout_s)
        except Late as error:
            asked.cancel()
            raise EmbeddingFailed(retryable=True, words=_AWAY) from error
        TOKENS.labels("questions").inc(made.tokens)
        return made.vectors[0]

    def _ask_at_once(self, text: str, timeout_s: float) -> Embedded:
        """In a thread of the pool, whose connection to OpenAI stays open: a new one would take half of the time."""
        client = getattr(_mine, "client", None)
        if client is None or _mine.made_for != (self._api_key, timeout_s):
            client = OpenAIClient(self._api_key, timeout_s=timeout_s, retry_delays_s=())
            _mine.client, _mine.made_for = client, (self._api_key, timeout_s)
        return self._ask(client, [text])

    def _ask(self, client: OpenAIClient, texts: Sequence[str]) -> Embedded:
        try:
            made = client.embed(texts, model=self.model)
        except ProviderError as error:
            raise _told(error) from error
        if any(len(vector) != DIMENSIONS or not any(vector) for vector in made.vectors):
            raise EmbeddingFailed(retryable=False, words=_ODD)
        return Embedded(vectors=made.vectors, tokens=made.tokens)

    @classmethod
    def _threads(cls) -> ThreadPoolExecutor:
        """Made when it is first needed: a pool does not survive the fork of a worker."""
        if cls._pool is None:
            cls._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="embedding")
        return cls._pool


def _told(error: ProviderError) -> EmbeddingFailed:
    if isinstance(error, Unauthorized):
        return EmbeddingFailed(retryable=False, words=_REFUSED)
    if isinstance(error, RateLimited):
        return EmbeddingFailed(retryable=True, words=_BUSY)
    return EmbeddingFailed(retryable=error.retryable, words=_AWAY if error.retryable else _ODD)
