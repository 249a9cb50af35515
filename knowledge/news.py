"""Telling others that documents have changed; inside the transaction that changed them."""

from uuid import UUID

from knowledge.models import KnowledgeDocument
from orgs.tasks import enqueue_on_commit
from voxanne.live import publish_on_commit


def announce(document: KnowledgeDocument) -> None:
    """Open pages that show this document look again."""
    publish_on_commit(document.org_id, "document", id=document.pk)


def answers_changed(org_id: UUID) -> None:
    """What callers can be told is different now: agents' prompts carry some of it."""
    from knowledge.tasks import refresh_prompts

    enqueue_on_commit(refresh_prompts, str(org_id))
