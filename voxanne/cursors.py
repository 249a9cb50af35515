"""Where a page of a list ends: a moment or a number, and an id, so that new rows never shift what comes next."""

import base64
import re
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


@dataclass(frozen=True)
class Rank:
    """The last row of a page that is ordered by a number, the highest first."""

    value: int
    id: UUID

    def encode(self) -> str:
        """As it stands in an address."""
        return base64.urlsafe_b64encode(f"#{self.value}|{self.id}".encode()).decode().rstrip("=")


def decode_rank(text: str) -> Rank | None:
    """The rank in an address; None for an empty one.

    Raises:
        BadInput: it was not made by us, or for another order.
    """
    if not text:
        return None
    try:
        value, _, row_id = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode().partition("|")
        if not re.fullmatch(r"#-?\d{1,9}", value):
            raise ValueError
        return Rank(value=int(value[1:]), id=UUID(row_id))
    except ValueError as error:
        raise BadInput("This page link is not valid any more. Start from the first page.") from error


def highest_first(
    query: QuerySet[M], *, by: str, after: Rank | None, down_to: Rank | None, size: int, most: int
) -> tuple[list[M], Rank | None]:
    """As `newest_first`, by a whole number instead of the time. Rows without one are left out. One query."""
    query = query.filter(**{f"{by}__isnull": False}).order_by(f"-{by}", "-id")
    if after is not None:
        behind = Q(**{f"{by}__lt": after.value}) | Q(**{by: after.value, "id__lt": after.id})
        query = query.filter(behind, **{f"{by}__lte": after.value})
    if down_to is not None:
        query, size = query.filter(**{f"{by}__gte": down_to.value}), most
    rows = list(query[: size + 1])
    has_more = len(rows) > size or down_to is not None
    shown: list[Any] = rows[:size]
    last = shown[-1] if shown and has_more else None
    return shown, Rank(value=getattr(last, by), id=last.pk) if last else None


def oldest_first(
    query: QuerySet[M], *, after: Cursor | None, down_to: Cursor | None, size: int, most: int
) -> tuple[list[M], Cursor | None]:
    """As `newest_first`, the other way round. One query."""
    query = query.order_by("created_at", "id")
    if after is not None:
        behind = Q(created_at__gt=after.moment) | Q(created_at=after.moment, id__gt=after.id)
        query = query.filter(behind, created_at__gte=after.moment)
    if down_to is not None:
        query, size = query.filter(created_at__lte=down_to.moment), most
    return _page(query, size=size, is_cut=down_to is not None)


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
    return _page(query, size=size, is_cut=down_to is not None)


def _page(query: QuerySet[M], *, size: int, is_cut: bool) -> tuple[list[M], Cursor | None]:
    """So many rows, and where the next page begins: there is one when rows are left, or were cut off (`is_cut`)."""
    rows = list(query[: size + 1])
    shown: list[Any] = rows[:size]
    last = shown[-1] if shown and (is_cut or len(rows) > size) else None
    return shown, Cursor(moment=last.created_at, id=last.pk) if last else None
