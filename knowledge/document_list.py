"""What the page of documents shows. Inside org_tx."""

from dataclasses import dataclass

from django.db import models
from django.db.models import Q

from knowledge.models import DocumentStatus, KnowledgeDocument
from voxanne.cursors import Cursor, newest_first

PAGE_SIZE = 25
MAX_SHOWN = 100

# What a row needs: texts and keys stay in the table.
_ROW_FIELDS = (
    "id", "org_id", "created_at", "title", "source", "filename", "url", "size_bytes", "status", "progress_done",
    "progress_total", "error", "page_count", "chunk_count", "is_active", "last_used_at",
)  # fmt: skip


class DocumentState(models.TextChoices):
    """What the list can be narrowed to."""

    READY = "ready", "Ready"
    WORKING = "working", "Being processed"
    FAILED = "failed", "Failed"
    OFF = "off", "Switched off"


_STATES = {
    DocumentState.READY.value: Q(status=DocumentStatus.READY, is_active=True),
    DocumentState.WORKING.value: Q(
        status__in=[DocumentStatus.PENDING, DocumentStatus.EXTRACTING, DocumentStatus.EMBEDDING]
    ),
    DocumentState.FAILED.value: Q(status=DocumentStatus.FAILED),
    DocumentState.OFF.value: Q(is_active=False),
}


@dataclass(frozen=True)
class DocumentFilters:
    """What the list is narrowed to; it stands in the address."""

    q: str = ""
    state: str = ""
    source: str = ""

    @property
    def is_set(self) -> bool:
        """Whether anything is narrowed at all."""
        return any((self.q, self.state, self.source))

    def as_query(self) -> dict[str, str]:
        """For the address, without what is not set."""
        values = {"q": self.q, "state": self.state, "source": self.source}
        return {name: value for name, value in values.items() if value}


def list_documents(
    *, filters: DocumentFilters, after: Cursor | None = None, down_to: Cursor | None = None
) -> tuple[list[KnowledgeDocument], Cursor | None]:
    """A page of documents, the newest first, and where the next begins. One query."""
    found = KnowledgeDocument.objects.filter(_matching(filters)).only(*_ROW_FIELDS)
    return newest_first(found, after=after, down_to=down_to, size=PAGE_SIZE, most=MAX_SHOWN)


def count_failed() -> int:
    """How many documents could not be read. One query."""
    return KnowledgeDocument.objects.filter(status=DocumentStatus.FAILED).count()


def _matching(filters: DocumentFilters) -> Q:
    condition = Q()
    if filters.state in _STATES:
        condition &= _STATES[filters.state]
    if filters.source:
        condition &= Q(source=filters.source)
    for word in filters.q.split():
        condition &= Q(title__icontains=word) | Q(filename__icontains=word)
    return condition
