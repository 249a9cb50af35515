"""Writing a document's passages: what stays the same keeps its row, and with it its vectors."""

from collections import defaultdict
from collections.abc import Iterable

from knowledge.embedding.wanting import follow_chunks
from knowledge.extraction.running import Extracted
from knowledge.models import PATH_SEPARATOR, KnowledgeChunk, KnowledgeDocument
from knowledge.news import answers_changed
from knowledge.types import ChunkDraft
from orgs.scope import org_tx

_BATCH = 500


def store_passages(held: KnowledgeDocument, drafts: list[ChunkDraft], extracted: Extracted) -> bool:
    """Exchange its passages and let go of it, in one transaction. False when the claim was lost meanwhile."""
    with org_tx():
        rows = KnowledgeDocument.objects.select_for_update(no_key=True, of=("self",))
        row: KnowledgeDocument | None = rows.filter(pk=held.pk, claim=held.claim).first()
        if row is None:
            return False
        _exchange(row, drafts)
        row.chunk_count, row.page_count = len(drafts), extracted.page_count
        row.media_type = extracted.media_type
        row.claim, row.claimed_until, row.due_at, row.attempts = None, None, None, 0
        row.save()
        follow_chunks(row)
        answers_changed(row.org_id)
    return True


def _exchange(document: KnowledgeDocument, drafts: Iterable[ChunkDraft]) -> None:
    """Passages are the same by what they say; they may have moved."""
    there: dict[str, list[KnowledgeChunk]] = defaultdict(list)
    for chunk in document.chunks.only("id", "org_id", "ordinal", "page", "sha256").order_by("-ordinal"):
        there[chunk.sha256].append(chunk)
    moved, new = [], []
    for draft in drafts:
        if not there.get(draft.sha256):
            new.append(_row(document, draft))
            continue
        chunk = there[draft.sha256].pop()
        if (chunk.ordinal, chunk.page) != (draft.ordinal, draft.page):
            chunk.ordinal, chunk.page = draft.ordinal, draft.page
            moved.append(chunk)
    gone = [chunk.pk for chunks in there.values() for chunk in chunks]
    KnowledgeChunk.objects.filter(pk__in=gone).delete()
    KnowledgeChunk.objects.bulk_update(moved, ["ordinal", "page"], batch_size=_BATCH)
    KnowledgeChunk.objects.bulk_create(new, batch_size=_BATCH)


def _row(document: KnowledgeDocument, draft: ChunkDraft) -> KnowledgeChunk:
    return KnowledgeChunk(
        org_id=document.org_id,
        document=document,
        ordinal=draft.ordinal,
        content=draft.content,
        heading_path=PATH_SEPARATOR.join(" ".join(heading.split()) for heading in draft.heading_path),
        page=draft.page,
        token_count=draft.token_count,
        sha256=draft.sha256,
    )
