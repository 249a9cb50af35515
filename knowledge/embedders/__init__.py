"""Who turns texts into vectors: `current_embedder()` from now on, `embedder_of(model)` those that are there."""

from knowledge.embedders.choosing import (
    current_embedder,
    embedder_of,
    find_embedder_problem,
    forget_embedders,
    preload_embedder,
)
from knowledge.embedders.types import DIMENSIONS, Embedded, Embedder, EmbeddingFailed

__all__ = [
    "DIMENSIONS",
    "Embedded",
    "Embedder",
    "EmbeddingFailed",
    "current_embedder",
    "embedder_of",
    "find_embedder_problem",
    "forget_embedders",
    "preload_embedder",
]
