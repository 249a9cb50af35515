"""The form of an embedder."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from knowledge.models import DIMENSIONS

__all__ = ["DIMENSIONS", "Embedded", "Embedder", "EmbeddingFailed"]


@dataclass(frozen=True)
class Embedded:
    """A vector of `DIMENSIONS` numbers for each text, in order, and the tokens that were paid for (0: nothing was)."""

    vectors: list[list[float]]
    tokens: int = 0


class EmbeddingFailed(Exception):
    """No vectors were made.

    Attributes:
        retryable: trying later may help.
        words: a sentence for staff, that names no key and no text.
    """

    def __init__(self, *, retryable: bool, words: str) -> None:
        super().__init__(words)
        self.retryable = retryable
        self.words = words


class Embedder(Protocol):
    """Turns texts into vectors of `DIMENSIONS` numbers; shorter ones are padded with zeros, which changes no cosine.

    Attributes:
        model: names what makes the vectors; vectors of different models are never compared.
        nano_usd_per_token: what a token costs; 0 for what runs here.
    """

    model: str
    nano_usd_per_token: int

    def embed_documents(self, texts: Sequence[str]) -> Embedded:
        """A vector for each text. May take its time, and tries again by itself.

        Raises:
            EmbeddingFailed: no text has one.
        """
        ...

    def embed_query(self, text: str, *, timeout_s: float) -> list[float]:
        """The vector of a question that somebody waits for.

        Raises:
            EmbeddingFailed: also when it would take longer than `timeout_s`.
        """
        ...
