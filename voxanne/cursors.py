"""Where a page of a list ends: a moment and an id, so that new rows never shift what comes next."""

import base64
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model, Q, QuerySet

from voxanne.errors import BadInput

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Cursor:
    """The last row of a page, in the list's own order."""

    moment: datetime
    id: UUID

    def encode(self) -> str:
        """As it stands in an address."""
        return base64.urlsafe_b64encode(f"{self.moment.isoformat()}|{self.id}".encode()).decode().rstrip("=")


def decode_cursor(text: str) -> Cursor | None:
    """The cursor in an address; None for an empty one.

    Raises:
        BadInput: it was not made by us.
    """
    if not text:
        return None
    try:
        moment, _, row_id = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode().partition("|")
        return Cursor(moment=datetime.fromisoformat(moment), id=UUID(row_id))
    except ValueError as error:
        raise BadInput("This page link is not valid any more. Start from the first page.") from error


def newest_first(
    query: QuerySet[M], *, after: Cursor | None, down_to: Cursor | None, size: int, most: int
) -> tuple[list[M], Cursor | None]:
    """A page of rows by `created_at`, and where the next begins. One query.

    Args:
        after: begin behind this row.
        down_to: instead of a page, everything as new as this row, up to `most`: for refreshing what is shown.
    """
    query = query.order_by("-created_at", "-id")
    if after is not None:
        behind = Q(created_at__lt=after.moment) | Q(created_at=after.moment, id__lt=after.id)
        query = query.filter(behind, created_at__lte=after.moment)  # the second lets an index bound the search
    if down_to is not None:
        query, size = query.filter(created_at__gte=down_to.moment), most
    rows = list(query[: size + 1])
    has_more = len(rows) > size or down_to is not None
    shown: list[Any] = rows[:size]
    last = shown[-1] if shown and has_more else None
    return shown, Cursor(moment=last.created_at, id=last.pk) if last else None
