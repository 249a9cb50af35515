"""A document's passages as its page shows them. Inside org_tx."""

from knowledge.models import KnowledgeChunk, KnowledgeDocument

PAGE_SIZE = 25
MOST_SHOWN = 200


def list_passages(
    document: KnowledgeDocument, *, after: int | None = None, down_to: int | None = None
) -> tuple[list[KnowledgeChunk], int | None]:
    """A page of passages in their order, and the place behind which the next begins. One query.

    Args:
        down_to: instead of a page everything up to this place, for refreshing what is shown.
    """
    chunks = KnowledgeChunk.objects.filter(document=document).order_by("ordinal")
    found = chunks.only("id", "org_id", "ordinal", "content", "heading_path", "page")
    size = PAGE_SIZE
    if after is not None:
        found = found.filter(ordinal__gt=after)
    if down_to is not None:
        found, size = found.filter(ordinal__lte=down_to), MOST_SHOWN
    rows = list(found[: size + 1])
    shown = rows[:size]
    has_more = len(rows) > size or down_to is not None
    return shown, shown[-1].ordinal if shown and has_more else None


def read_place(text: str) -> int | None:
    """A place in an address; None where it is none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None
