"""What OpenAI makes of texts."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Embeddings:
    """One vector for each text, in order, and how many tokens OpenAI counted, which is what it charges for."""

    vectors: list[list[float]]
    tokens: int
