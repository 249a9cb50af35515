"""Searching by meaning: first by the signs of the numbers, then exactly among the nearest."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from knowledge.searching.question import Question
from knowledge.settings import SETTINGS


@dataclass(frozen=True)
class VectorHit:
    """A passage that is near the question. `similarity` is the cosine, at most 1."""

    chunk_id: UUID
    similarity: float


# An organisation's signs are read one after the other, a few megabytes: `+ 0` keeps the shared index out of it. In that
# index the passages of a small organisation would be too rare to be found. See docs/decisions/0032.
_OWN = "(e.bits <~> (SELECT bits FROM question)) + 0"
_SHARED = "e.bits <~> (SELECT bits FROM question)"
_SEARCH = """
WITH question AS (
    SELECT %(vector)s::vector(1536) AS vector, (binary_quantize(%(vector)s::vector(1536)))::bit(1536) AS bits
), near AS MATERIALIZED (
    SELECT chunk_id, embedding FROM knowledge_embeddings e
    WHERE org_id = %(org)s AND model = %(model)s AND document_id <> ALL(%(off)s) ORDER BY {distance} LIMIT %(near)s
)
SELECT chunk_id, 1 - (embedding <=> (SELECT vector FROM question)) AS similarity FROM near
ORDER BY similarity DESC LIMIT %(limit)s
"""
_WIDE = (
    "SELECT set_config('hnsw.iterative_scan', 'relaxed_order', true), set_config('hnsw.ef_search', %s, true), "
    "set_config('hnsw.max_scan_tuples', '200000', true)"
)


def search_vectors(
    org_id: UUID, question: Question, *, switched_off: Sequence[UUID], chunk_count: int
) -> list[VectorHit]:
    """The passages nearest to the question, of those that the question's own model has embedded."""
    shared = chunk_count > SETTINGS.scan_up_to
    values: dict[str, Any] = {
        "org": org_id,
        "model": question.model,
        "vector": "[" + ",".join(map(repr, question.vector)) + "]",
        "off": list(switched_off),
        "near": SETTINGS.scan_candidates,
        "limit": SETTINGS.candidates,
    }
    with connection.cursor() as cursor:
        if shared:
            cursor.execute(_WIDE, [str(SETTINGS.scan_candidates)])
        cursor.execute(_SEARCH.format(distance=_SHARED if shared else _OWN), values)
        return [VectorHit(chunk_id, float(similarity)) for chunk_id, similarity in cursor.fetchall()]
