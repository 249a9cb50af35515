"""Embedding a clinic's passages: claim, ask the embedder with no transaction open, store, until none is left."""

import time
from enum import StrEnum
from uuid import UUID

import structlog
from django.db.models import F

from knowledge.embedders import DIMENSIONS, Embedded, Embedder, EmbeddingFailed, current_embedder
from knowledge.embedding.batches import (
    CLAIM,
    claim_index,
    drop_other_models,
    finish,
    give_up_for_now,
    keep_batch,
    next_batch,
)
from knowledge.models import KnowledgeIndex, KnowledgeUsage
from orgs.due_rows import take_due
from orgs.models import Organization
from orgs.scope import org_scope, org_tx, service_tx
from voxanne.clock import now
from voxanne.failpoints import failpoint
from voxanne.metrics import counter

log = structlog.get_logger(__name__)

BATCHES = counter("embedding_batches", "Batches of passages, by what came of them.", labels=("outcome",))

SWEEP_BATCH = 100
# A wake-up works no longer than this before it passes on: the broker hands a task that takes minutes out twice.
LONGEST_S = 180.0


class Outcome(StrEnum):
    """What became of one look."""

    DONE = "done"
    MORE = "more"
    AGAIN = "again"
    BUSY = "busy"
    NOTHING = "nothing"


def embed_clinic(*, org: Organization) -> Outcome:
    """Embed what lacks a vector of the current model, and switch to it when nothing does.

    Safe to run twice, at once, or after a crash at any point. With no transaction open. Never raises for what an
    embedder does: the documents say it, and the sweeper looks again.
    """
    embedder = current_embedder()
    if embedder is None:
        return Outcome.NOTHING
    with org_scope(org):
        claim = claim_index(embedder.model)
        if claim is None:
            return Outcome.BUSY
        failpoint("embedding.claimed")
        try:
            return _work(org, embedder, claim)
        except EmbeddingFailed as failed:
            BATCHES.labels("failed").inc()
            log.warning("embedding.failed", model=embedder.model, retryable=failed.retryable)
            give_up_for_now(claim, words=failed.words, is_retryable=failed.retryable)
            return Outcome.AGAIN


def claim_due() -> list[UUID]:
    """The clinics whose passages want vectors now; their next look moved on."""
    embedder = current_embedder()
    if embedder is None:
        return []
    with service_tx("a changed embedder concerns every organisation"):
        stale = KnowledgeIndex.across_orgs.exclude(wanted_model=embedder.model).filter(due_at__isnull=True)
        KnowledgeIndex.across_orgs.filter(pk__in=stale.values("pk")[:SWEEP_BATCH]).update(due_at=now())
    return [org_id for org_id, _ in take_due(KnowledgeIndex, again_in=CLAIM, limit=SWEEP_BATCH, has_claims=True)]


def _work(org: Organization, embedder: Embedder, claim: UUID) -> Outcome:
    ends = time.monotonic() + LONGEST_S
    while True:
        pieces = next_batch(embedder.model)
        if not pieces:
            if finish(claim, embedder.model):
                drop_other_models(embedder.model)
                return Outcome.DONE
            continue
        if time.monotonic() > ends:
            _let_go(claim)
            return Outcome.MORE
        made = embedder.embed_documents([piece.text for piece in pieces])
        _check(made, len(pieces))
        failpoint("embedding.made")
        count_usage(embedder, made)
        if not keep_batch(claim, embedder, pieces, made):
            return Outcome.BUSY
        BATCHES.labels("stored").inc()
        failpoint("embedding.stored")


def _check(made: Embedded, count: int) -> None:
    if len(made.vectors) != count or any(len(vector) != DIMENSIONS for vector in made.vectors):
        words = "The embedder answered with vectors of another size. Search by words goes on meanwhile."
        raise EmbeddingFailed(retryable=False, words=words)


def _let_go(claim: UUID) -> None:
    with org_tx():
        KnowledgeIndex.objects.filter(claim=claim).update(claim=None, claimed_until=None, due_at=now())


def count_usage(embedder: Embedder, made: Embedded) -> None:
    """Add what a batch cost to the clinic's account of the day. It was paid for, whether or not it can be stored."""
    if not made.tokens:
        return
    with org_tx():
        KnowledgeUsage.objects.bulk_create(
            [KnowledgeUsage(day=now().date(), model=embedder.model)], ignore_conflicts=True
        )
        KnowledgeUsage.objects.filter(day=now().date(), model=embedder.model).update(
            requests=F("requests") + 1,
            tokens=F("tokens") + made.tokens,
            cost_nano_usd=F("cost_nano_usd") + made.tokens * embedder.nano_usd_per_token,
        )
