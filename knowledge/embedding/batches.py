"""The passages of one clinic that lack a vector, a batch at a time, under a claim."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

from django.db.models import Exists, OuterRef, Q, QuerySet

from knowledge.embedders import Embedded, Embedder
from knowledge.models import DocumentStatus, KnowledgeChunk, KnowledgeDocument, KnowledgeEmbedding, KnowledgeIndex
from knowledge.settings import SETTINGS
from orgs.scope import org_tx
from voxanne.clock import now
from voxanne.live import publish_on_commit

CLAIM = timedelta(seconds=SETTINGS.claim_s)


@dataclass(frozen=True)
class Piece:
    """A passage as it is embedded: its headings are part of what it says."""

    chunk_id: UUID
    document_id: UUID
    sha256: str
    text: str


def claim_index(model: str) -> UUID | None:
    """The sole right to embed for the clinic in scope; None when somebody else has it or there is no index."""
    moment = now()
    with org_tx():
        free = Q(claimed_until__isnull=True) | Q(claimed_until__lte=moment)
        index = KnowledgeIndex.objects.select_for_update().filter(free).first()
        if index is None:
            return None
        index.claim, index.claimed_until, index.due_at = uuid4(), moment + CLAIM, moment + CLAIM
        index.wanted_model = model
        index.save(update_fields=["claim", "claimed_until", "due_at", "wanted_model", "updated_at"])
        return index.claim


def next_batch(model: str) -> list[Piece]:
    """Some of the passages that have no vector of this model; none when all have one."""
    pieces: list[Piece] = []
    tokens = 0
    with org_tx():
        for chunk in _lacking(model).order_by("document_id", "ordinal")[: SETTINGS.embed_batch]:
            tokens += chunk.token_count
            if pieces and tokens > SETTINGS.embed_batch_tokens:
                break
            text = f"{' > '.join(chunk.headings)}\n{chunk.content}".strip()
            pieces.append(Piece(chunk.pk, chunk.document_id, chunk.sha256, text or "-"))
    return pieces


def keep_batch(claim: UUID, embedder: Embedder, pieces: list[Piece], made: Embedded) -> bool:
    """Store vectors, unless the claim is lost (False). Passages that changed meanwhile stay without."""
    moment = now()
    with org_tx():
        held = KnowledgeIndex.objects.select_for_update().filter(claim=claim, wanted_model=embedder.model)
        if not held.update(claimed_until=moment + CLAIM, due_at=moment + CLAIM, attempts=0):
            return False
        same = dict(
            KnowledgeChunk.objects.select_for_update(no_key=True)
            .filter(pk__in=[piece.chunk_id for piece in pieces])
            .order_by("pk")
            .values_list("pk", "sha256")
        )
        rows = [
            KnowledgeEmbedding(
                chunk_id=piece.chunk_id, document_id=piece.document_id, model=embedder.model, embedding=vector
            )
            for piece, vector in zip(pieces, made.vectors, strict=True)
            if same.get(piece.chunk_id) == piece.sha256
        ]
        KnowledgeEmbedding.objects.bulk_create(rows, ignore_conflicts=True)
        _show_progress({piece.document_id for piece in pieces}, embedder.model)
    return True


def finish(claim: UUID, model: str) -> bool:
    """Search with this model from now on, when no passage lacks its vector (else False: there is more to do).

    Whoever writes passages marks the index in the same transaction, so none slips through between look and switch.
    """
    with org_tx():
        index = KnowledgeIndex.objects.select_for_update().filter(claim=claim).first()
        if index is None:
            return True
        if _lacking(model).exists():
            return False
        index.active_model, index.wanted_model = model, model
        index.claim = index.claimed_until = index.due_at = None
        index.attempts = 0
        index.save()
        waiting = KnowledgeDocument.objects.filter(status=DocumentStatus.EMBEDDING)
        _show_progress(set(waiting.values_list("pk", flat=True)), model)
    return True


def give_up_for_now(claim: UUID, *, words: str, is_retryable: bool) -> None:
    """Try again later, and say on the documents that wait why they do."""
    with org_tx():
        index = KnowledgeIndex.objects.select_for_update().filter(claim=claim).first()
        if index is None:
            return
        index.attempts = min(index.attempts + 1, 1000)
        wait_s = SETTINGS.retry_after_s * 2 ** min(index.attempts - 1, 12) if is_retryable else SETTINGS.retry_at_most_s
        index.due_at = now() + timedelta(seconds=min(wait_s, SETTINGS.retry_at_most_s))
        index.claim = index.claimed_until = None
        index.save()
        for document in KnowledgeDocument.objects.filter(status=DocumentStatus.EMBEDDING).select_for_update():
            document.error_code, document.error = "embedder", words
            document.save(update_fields=["error_code", "error", "updated_at"])
            publish_on_commit(document.org_id, "document", id=document.pk)


def drop_other_models(model: str) -> None:
    """Delete vectors that nobody searches any more, a batch a transaction."""
    deleted = 1
    while deleted:
        with org_tx():
            old = KnowledgeEmbedding.objects.exclude(model=model).values("pk")[:500]
            deleted, _ = KnowledgeEmbedding.objects.filter(pk__in=old).delete()


def _lacking(model: str) -> QuerySet[KnowledgeChunk]:
    has_one = KnowledgeEmbedding.objects.filter(chunk=OuterRef("pk"), model=model)
    return KnowledgeChunk.objects.filter(~Exists(has_one))


def _show_progress(document_ids: set[UUID], model: str) -> None:
    """Bring the documents' progress up to date; one without anything left is ready."""
    documents = KnowledgeDocument.objects.filter(pk__in=document_ids, status=DocumentStatus.EMBEDDING)
    for document in documents.select_for_update(no_key=True).order_by("pk"):
        left = _lacking(model).filter(document=document).count()
        document.progress_total = document.chunk_count
        document.progress_done = max(0, document.chunk_count - left)
        document.error = document.error_code = ""
        if not left:
            document.status = DocumentStatus.READY
        document.save(update_fields=["progress_done", "progress_total", "status", "error", "error_code", "updated_at"])
        publish_on_commit(document.org_id, "document", id=document.pk)
