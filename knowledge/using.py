"""Remembering which documents answered."""

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from django.db.models import Q

from knowledge.models import KnowledgeDocument
from voxanne.clock import now

# People read "today" and "last week": a document that answers every minute is not written every minute.
_OFTEN = timedelta(minutes=15)


def note_use(document_ids: Collection[UUID]) -> None:
    """These documents answered a caller just now. In the open transaction; waits for nobody."""
    moment = now()
    stale = Q(last_used_at__isnull=True) | Q(last_used_at__lt=moment - _OFTEN)
    free = (
        KnowledgeDocument.objects.filter(stale, pk__in=document_ids)
        .select_for_update(no_key=True, skip_locked=True)
        .values_list("pk", flat=True)
    )
    if ids := list(free):
        KnowledgeDocument.objects.filter(pk__in=ids).update(last_used_at=moment)
