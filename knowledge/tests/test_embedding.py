"""Passages get their vectors: batches, trouble, other models, several at once."""

import time
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
import time_machine
from django.db import connection

from knowledge.embedders import DIMENSIONS, Embedded, EmbeddingFailed
from knowledge.embedding import work
from knowledge.embedding.wanting import follow_chunks
from knowledge.embedding.work import Outcome, claim_due, embed_clinic
from knowledge.models import (
    DocumentStatus,
    KnowledgeChunk,
    KnowledgeDocument,
    KnowledgeEmbedding,
    KnowledgeIndex,
    KnowledgeUsage,
)
from knowledge.retrieval import retrieve
from knowledge.searching import question
from knowledge.settings import KnowledgeSettings
from knowledge.tests.factories import make_chunk, make_document
from knowledge.types import MatchedBy
from orgs.scope import org_scope, org_tx
from voxanne.clock import now
from voxanne.expiring_cache import clear_all_caches

STAFF = "Our physio is here on Tuesdays."
PRICES = "A white filling costs £95."


@dataclass
class OtherEmbedder:
    """Another model: every text points the way that its length says."""

    model: str = "other-model"
    nano_usd_per_token: int = 0
    dimensions: int = DIMENSIONS
    failing: bool = False
    asked: list[int] = field(default_factory=list)

    def embed_documents(self, texts):
        assert not connection.in_atomic_block or getattr(connection, "voxanne_context", None) is None
        self.asked.append(len(texts))
        if self.failing:
            raise EmbeddingFailed(retryable=True, words="It is away.")
        return Embedded([self.embed_query(text, timeout_s=1) for text in texts])

    def embed_query(self, text, *, timeout_s):
        vector = [0.01] * self.dimensions
        vector[len(text) % self.dimensions] = 1.0
        return vector


@pytest.fixture
def use(monkeypatch):
    """Have the installation use an embedder."""

    def use(embedder):
        for place in ("knowledge.embedding.work", "knowledge.embedding.wanting"):
            monkeypatch.setattr(f"{place}.current_embedder", lambda: embedder)
        monkeypatch.setattr(question, "embedder_of", lambda model: embedder if embedder.model == model else None)
        return embedder

    return use


@pytest.fixture
def written(north, working_for):
    """A document whose passages are written and nothing more."""

    def written(*contents, **facts):
        with working_for(north):
            document = make_document(*contents, **facts)
            follow_chunks(document)
        return document

    return written


def _state(document):
    with org_scope(document.org_id), org_tx():
        document.refresh_from_db()
        return document.status, document.progress_done, document.progress_total, document.error


def test_passages_are_embedded_counted_and_found_by_their_meaning(openai, north, written, working_for):
    document = written(STAFF, PRICES)
    assert _state(document) == (DocumentStatus.EMBEDDING, 0, 2, "")
    assert retrieve(org=north, query="What does a filling cost?")[0].matched_by is MatchedBy.LEXICAL
    clear_all_caches()

    assert embed_clinic(org=north) is Outcome.DONE
    assert _state(document) == (DocumentStatus.READY, 2, 2, "")
    with working_for(north):
        usage = KnowledgeUsage.objects.get()
        assert (usage.requests, usage.tokens > 10) == (1, True)
        assert usage.cost_nano_usd == usage.tokens * 20
        assert KnowledgeIndex.objects.get().due_at is None

    (found,) = retrieve(org=north, query="Do you have a therapist?")
    assert (found.content, found.matched_by) == (STAFF, MatchedBy.VECTOR)
    assert found.score >= 0.25
    assert retrieve(org=north, query="What does a filling cost?")[0].matched_by is MatchedBy.BOTH
    before = len(openai.requests_to("openai"))
    retrieve(org=north, query="do you have a  THERAPIST?")
    assert len(openai.requests_to("openai")) == before, "the same question is embedded once"
    assert embed_clinic(org=north) is Outcome.DONE
    assert len(openai.requests_to("openai")) == before, "nothing lacks a vector"


def test_without_an_embedder_documents_are_ready_at_once(north, written, working_for, settings):
    settings.EMBEDDER = "none"

    document = written(PRICES)
    assert _state(document)[0] == DocumentStatus.READY
    assert (embed_clinic(org=north), claim_due()) == (Outcome.NOTHING, [])
    assert retrieve(org=north, query="filling price")


def test_trouble_at_openai_is_told_and_tried_again_while_words_answer(openai, north, written, working_for, monkeypatch):
    monkeypatch.setattr("knowledge.embedders.openai.DOCUMENTS_RETRIES_S", ())
    document = written(PRICES)
    for fault, words in (
        ({"status": 429}, "busy"),
        ({"status": 500}, "cannot be reached"),
        ({"drop_rate": 1}, "reached"),
    ):
        openai.spoil(provider="openai", **fault)
        assert embed_clinic(org=north) is Outcome.AGAIN
        status, _, _, error = _state(document)
        assert (status, words in error) == (DocumentStatus.EMBEDDING, True), error
        assert retrieve(org=north, query="filling price"), "words answer"
        assert claim_due() == [], "not before its time"

    openai.heal(provider="openai")
    with time_machine.travel(now() + timedelta(minutes=5)):
        assert claim_due() == [north.pk]
    with time_machine.travel(now() + timedelta(minutes=10)):
        assert embed_clinic(org=north) is Outcome.DONE
    assert _state(document) == (DocumentStatus.READY, 1, 1, "")


def test_a_refused_key_and_vectors_of_a_wrong_size_are_told_and_left_for_an_hour(openai, use, north, written, settings):
    settings.OPENAI_API_KEY = "sk-bad"
    document = written(PRICES)
    assert embed_clinic(org=north) is Outcome.AGAIN
    assert "key" in _state(document)[3]

    use(OtherEmbedder(dimensions=12))
    assert embed_clinic(org=north) is Outcome.AGAIN
    assert "another size" in _state(document)[3]
    with org_scope(north), org_tx():
        assert KnowledgeIndex.objects.get().due_at > now() + timedelta(minutes=50)
        assert not KnowledgeEmbedding.objects.exists()
    with time_machine.travel(now() + timedelta(minutes=50)):
        assert claim_due() == []


def test_a_question_waits_three_tenths_of_a_second_at_most(openai, north, written):
    written(PRICES)
    embed_clinic(org=north)
    openai.spoil(provider="openai", latency_ms=2_000)

    took = []
    for _ in range(3):  # a busy machine may be slow once
        started = time.perf_counter()
        (found,) = retrieve(org=north, query="filling price")
        took.append(time.perf_counter() - started)
        assert found.matched_by is MatchedBy.LEXICAL
    assert min(took) < 0.9


def test_another_model_takes_over_when_it_has_every_passage(openai, use, north, written, monkeypatch):
    monkeypatch.setattr("knowledge.embedding.batches.SETTINGS", KnowledgeSettings(embed_batch=1))
    document = written(STAFF, PRICES)
    embed_clinic(org=north)
    other = use(OtherEmbedder())
    assert claim_due() == [north.pk], "the sweeper notices"

    kept = work.keep_batch

    def keep_one(*args):
        with org_scope(north), org_tx():
            assert KnowledgeIndex.objects.get().active_model == "text-embedding-3-small"
        return kept(*args)

    monkeypatch.setattr(work, "keep_batch", keep_one)
    with time_machine.travel(now() + timedelta(minutes=5)):
        assert embed_clinic(org=north) is Outcome.DONE
    assert other.asked == [1, 1]
    with org_scope(north), org_tx():
        assert KnowledgeIndex.objects.get().active_model == "other-model"
        assert set(KnowledgeEmbedding.objects.values_list("model", flat=True)) == {"other-model"}
    assert _state(document)[0] == DocumentStatus.READY


def test_a_question_of_one_model_never_meets_vectors_of_another(openai, north, written, working_for):
    written(STAFF)
    embed_clinic(org=north)
    assert retrieve(org=north, query="a therapist")
    with working_for(north):
        KnowledgeIndex.objects.update(active_model="other-model")

    assert retrieve(org=north, query="a therapist") == [], "the vector was made for the model of a moment ago"


def test_only_one_works_for_a_clinic_and_a_lost_claim_stores_nothing(openai, use, north, written, working_for):
    written(PRICES)

    class Interrupted(OtherEmbedder):
        def embed_documents(self, texts):
            assert embed_clinic(org=north) is Outcome.BUSY
            with working_for(north):
                KnowledgeIndex.objects.update(claim=None)
            return super().embed_documents(texts)

    use(Interrupted())
    assert embed_clinic(org=north) is Outcome.BUSY
    with working_for(north):
        assert not KnowledgeEmbedding.objects.exists()


def test_passages_that_change_or_go_meanwhile_keep_nothing_of_the_past(openai, use, north, written, working_for):
    document = written(STAFF, PRICES, "It goes.")

    class Slow(OtherEmbedder):
        def embed_documents(self, texts):
            if not self.asked:
                with working_for(north):
                    KnowledgeChunk.objects.filter(ordinal=1).update(content="New.", sha256="1" * 64)
                    KnowledgeChunk.objects.filter(ordinal=2).delete()
                    make_chunk(document=document, ordinal=3, content="Late.")
                    KnowledgeDocument.objects.update(chunk_count=3)
                    document.refresh_from_db()
                    follow_chunks(document)
            return super().embed_documents(texts)

    slow = use(Slow())
    assert embed_clinic(org=north) is Outcome.DONE
    assert slow.asked == [3, 2]
    assert _state(document)[:3] == (DocumentStatus.READY, 3, 3)
