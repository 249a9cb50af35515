"""Saying that passages want vectors, in the transaction that wrote them."""

from knowledge.embedders import current_embedder
from knowledge.models import DocumentStatus, KnowledgeDocument, KnowledgeIndex
from orgs.tasks import enqueue_on_commit
from voxanne.clock import now
from voxanne.live import publish_on_commit


def follow_chunks(document: KnowledgeDocument) -> None:
    """A document's passages are written: have them embedded, or call it ready where nobody embeds.

    Sets and saves its status, progress and error. Inside the transaction that wrote the passages.
    """
    from knowledge.embedding.tasks import embed_passages  # which needs this module

    embedder = current_embedder()
    KnowledgeIndex.objects.bulk_create([KnowledgeIndex()], ignore_conflicts=True)
    document.error = document.error_code = ""
    document.progress_done, document.progress_total = 0, document.chunk_count
    document.status = DocumentStatus.READY
    if embedder is not None and document.chunk_count:
        document.status = DocumentStatus.EMBEDDING
        KnowledgeIndex.objects.update(wanted_model=embedder.model, due_at=now())
        enqueue_on_commit(embed_passages, str(document.org_id))
    document.save(update_fields=["status", "error", "error_code", "progress_done", "progress_total", "updated_at"])
    publish_on_commit(document.org_id, "document", id=document.pk)
