"""Both searches put together by the places that they give a passage (reciprocal rank fusion)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from knowledge.models import KnowledgeChunk
from knowledge.searching.lexical import LexicalHit, search_letters, search_words
from knowledge.searching.question import Question
from knowledge.searching.vectors import VectorHit, search_vectors
from knowledge.searching.words import terms_of
from knowledge.settings import SETTINGS
from knowledge.types import MatchedBy, Passage
from orgs.scope import current_org_id

# A search reads few rows with many expressions: compiling those (jit) would take longer than all the rest.
_STANDING = """
SELECT set_config('jit', 'off', true), coalesce(sum(chunk_count), 0),
    coalesce(array_agg(id) FILTER (WHERE NOT is_active), '{}'),
    coalesce((SELECT active_model FROM knowledge_indexes WHERE org_id = %(org)s), '')
FROM knowledge_documents WHERE org_id = %(org)s AND chunk_count > 0
"""


@dataclass(frozen=True)
class _Standing:
    """What a clinic has: passages in all, documents that are switched off, and the model of its vectors."""

    chunk_count: int
    switched_off: list[UUID]
    model: str


@dataclass(frozen=True)
class _Found:
    """A passage's place and strength in both searches."""

    chunk_id: UUID
    rank: float
    strength: float
    matched_by: MatchedBy


def find_passages(question: Question, *, k: int) -> list[Passage]:
    """The best `k` passages for a question, the best first. In the open transaction of the organisation in scope."""
    org_id = current_org_id()
    standing = _standing(org_id)
    if not question.text or not standing.chunk_count:
        return []
    terms = terms_of(question.text)
    words = search_words(org_id, terms, chunk_count=standing.chunk_count)
    near: list[VectorHit] = []
    # The clinic may have changed models since the question was embedded: vectors of two models are never compared.
    if question.vector and question.model == standing.model:
        near = search_vectors(org_id, question, switched_off=standing.switched_off, chunk_count=standing.chunk_count)
    found = fuse(words, near)[:k]
    if not found and (not words or any(c.isdigit() for c in question.text)):  # a code may be half a word
        found = fuse(search_letters(org_id, question.text), [])[:k]
    return _passages(found)


def fuse(words: Sequence[LexicalHit], near: Sequence[VectorHit]) -> list[_Found]:
    """One ranking of two, without what is too weak to be an answer; empty where nothing is strong enough to be one."""
    coverage = {hit.chunk_id: hit.coverage for hit in words}
    similarity = {hit.chunk_id: hit.similarity for hit in near}
    if not _is_answered(coverage, similarity):
        return []
    floor = SETTINGS.lexical_support if near else SETTINGS.lexical_floor
    word_places = {hit.chunk_id: place for place, hit in enumerate(words, start=1)}
    near_places = {hit.chunk_id: place for place, hit in enumerate(near, start=1)}
    found = []
    for chunk_id in dict.fromkeys([*word_places, *near_places]):
        is_named = coverage.get(chunk_id, 0) >= floor
        is_near = similarity.get(chunk_id, 0) >= SETTINGS.similarity_threshold
        if not (is_named or is_near):
            continue
        places = [places[chunk_id] for places in (word_places, near_places) if chunk_id in places]
        rank = sum(1 / (SETTINGS.rank_constant + place) for place in places)
        strength = max(coverage.get(chunk_id, 0) if is_named else 0, similarity.get(chunk_id, 0))
        matched = MatchedBy.BOTH if is_named and is_near else MatchedBy.LEXICAL if is_named else MatchedBy.VECTOR
        found.append(_Found(chunk_id=chunk_id, rank=rank, strength=min(strength, 1.0), matched_by=matched))
    return sorted(found, key=lambda one: (-one.rank, -one.strength))


def _is_answered(coverage: Mapping[UUID, float], similarity: Mapping[UUID, float]) -> bool:
    """Whether any passage speaks of what is asked, by its words and its meaning together.

    Alone, each is fooled: words by a question that shares one with a passage, meaning by one of a kindred subject.
    """
    if not similarity:
        return max(coverage.values(), default=0) >= SETTINGS.lexical_floor
    evidence = (
        SETTINGS.coverage_weight * coverage.get(chunk_id, 0) + similarity.get(chunk_id, 0)
        for chunk_id in {*coverage, *similarity}
    )
    return max(evidence) >= SETTINGS.evidence_floor


def _standing(org_id: UUID) -> _Standing:
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, {"org": org_id})
        _, count, switched_off, model = cursor.fetchone()
    return _Standing(chunk_count=int(count), switched_off=list(switched_off), model=model)


def _passages(found: Sequence[_Found]) -> list[Passage]:
    wanted = [one.chunk_id for one in found]
    chunks = {
        chunk.pk: chunk
        for chunk in KnowledgeChunk.objects.filter(pk__in=wanted, document__is_active=True).select_related("document")
    }
    return [
        Passage(
            document_id=chunks[one.chunk_id].document_id,
            document_title=chunks[one.chunk_id].document.title,
            chunk_id=one.chunk_id,
            content=chunks[one.chunk_id].content,
            page=chunks[one.chunk_id].page,
            heading_path=chunks[one.chunk_id].headings,
            score=round(one.strength, 4),
            matched_by=one.matched_by,
        )
        for one in found
        if one.chunk_id in chunks
    ]
