"""What the tables themselves make sure of."""

import pytest
from django.contrib.postgres.search import SearchQuery
from django.db import IntegrityError, transaction

from knowledge.models import DIMENSIONS, KnowledgeChunk, KnowledgeDocument, KnowledgeEmbedding, Source
from knowledge.tests.factories import make_chunk, make_document, make_embedding


def test_a_passage_is_found_by_its_words_and_by_the_headings_above_it(north, working_for):
    with working_for(north):
        document = make_document("An appointment takes half an hour.")
        make_chunk(document=document, ordinal=1, content="It costs £65.", headings=("Treatments", "Polishing"))

        for words, ordinals in (("appointments", [0]), ("polish", [1]), ("parking", [])):
            found = KnowledgeChunk.objects.filter(search=SearchQuery(words, config="english"))
            assert [chunk.ordinal for chunk in found] == ordinals, words
        assert KnowledgeChunk.objects.get(ordinal=1).headings == ("Treatments", "Polishing")


def test_an_embedding_comes_back_as_it_was_stored(north, working_for):
    with working_for(north):
        make_embedding(make_chunk(), [0.5, -0.5] * (DIMENSIONS // 2))
        stored = KnowledgeEmbedding.objects.get()

    assert list(stored.embedding) == [0.5, -0.5] * (DIMENSIONS // 2)
    assert stored.bits == "10" * (DIMENSIONS // 2)


def test_a_clinic_holds_the_bytes_of_an_upload_once(north, south, working_for):
    for clinic in (north, south):
        with working_for(clinic):
            make_document(source=Source.UPLOAD, sha256="0" * 64)
            make_document(source=Source.TEXT, sha256="0" * 64)
            with pytest.raises(IntegrityError), transaction.atomic():
                make_document(source=Source.UPLOAD, sha256="0" * 64)


def test_passages_go_with_their_document(north, working_for):
    with working_for(north):
        document = make_document("One.", "Two.")
        KnowledgeDocument.objects.filter(pk=document.pk).delete()
        assert not KnowledgeChunk.objects.exists()
