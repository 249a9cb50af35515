"""Documents and passages as tests need them; inside `working_for(org)`."""

from hashlib import sha256
from typing import Any

import factory

from knowledge.models import (
    PATH_SEPARATOR,
    DocumentStatus,
    KnowledgeChunk,
    KnowledgeDocument,
    KnowledgeEmbedding,
    Source,
)


class DocumentFactory(factory.django.DjangoModelFactory):
    """A text that has been typed in and is ready."""

    title = factory.Sequence(lambda n: f"Price list {n}")
    source = Source.TEXT
    text = "A scale and polish costs £65."
    media_type = "text/plain"
    status = DocumentStatus.READY

    class Meta:
        model = KnowledgeDocument


class ChunkFactory(factory.django.DjangoModelFactory):
    """A passage without an embedding."""

    document = factory.SubFactory(DocumentFactory)
    ordinal = factory.Sequence(int)
    content = "A scale and polish costs £65."
    token_count = factory.LazyAttribute(lambda chunk: len(chunk.content.split()))
    sha256 = factory.LazyAttribute(lambda chunk: sha256(chunk.content.encode()).hexdigest())

    class Meta:
        model = KnowledgeChunk


def make_document(*contents: str, **facts: Any) -> KnowledgeDocument:
    """A document with a passage for each of `contents`."""
    document = DocumentFactory.create(**({"chunk_count": len(contents)} | facts))
    for ordinal, content in enumerate(contents):
        make_chunk(document=document, ordinal=ordinal, content=content)
    return document


def make_chunk(*, headings: tuple[str, ...] = (), **facts: Any) -> KnowledgeChunk:
    return ChunkFactory.create(heading_path=PATH_SEPARATOR.join(headings), **facts)


def make_embedding(chunk: KnowledgeChunk, vector: list[float], model: str = "some-model") -> KnowledgeEmbedding:
    return KnowledgeEmbedding.objects.create(chunk=chunk, document_id=chunk.document_id, model=model, embedding=vector)
