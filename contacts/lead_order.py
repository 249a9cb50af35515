"""In which order leads are listed, and where a page of such a list ends."""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from contacts.models import Contact
from voxanne.errors import BadInput

# When somebody was last heard of: never is when they became known. An index has the same words.
HEARD_AT = Coalesce("last_contacted_at", "created_at")


class LeadSort(models.TextChoices):
    """What stands first."""

    SCORE = "score", "Best score"
    NEWEST = "newest", "Newest"
    CONTACT = "contact", "Last contact"


@dataclass(frozen=True)
class _Order:
    column: str
    read: Callable[[str], Any]
    say: Callable[[Any], str]


_ORDERS = {
    LeadSort.SCORE: _Order("lead_score", int, str),
    LeadSort.NEWEST: _Order("created_at", datetime.fromisoformat, datetime.isoformat),
    LeadSort.CONTACT: _Order("heard_at", datetime.fromisoformat, datetime.isoformat),
}


@dataclass(frozen=True)
class LeadCursor:
    """The last row of a page: its place in that order, and its id among those in the same place."""

    sort: LeadSort
    place: Any
    id: UUID

    def encode(self) -> str:
        """As it stands in an address."""
        words = f"{self.sort}|{_ORDERS[self.sort].say(self.place)}|{self.id}"
        return base64.urlsafe_b64encode(words.encode()).decode().rstrip("=")


def decode_lead_cursor(text: str, *, sort: LeadSort) -> LeadCursor | None:
    """The cursor in an address; None for an empty one.

    Raises:
        BadInput: it was not made by us, or for another order.
    """
    if not text:
        return None
    try:
        words = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
        kind, place, row_id = words.split("|")
        cursor = LeadCursor(LeadSort(kind), _ORDERS[LeadSort(kind)].read(place), UUID(row_id))
    except ValueError as error:
        raise BadInput("This page link is not valid any more. Start from the first page.") from error
    if cursor.sort != sort or not _is_possible(cursor.place):
        raise BadInput("This page link is not valid any more. Start from the first page.")
    return cursor


def best_first(
    contacts: QuerySet[Contact],
    *,
    sort: LeadSort,
    after: LeadCursor | None = None,
    down_to: LeadCursor | None = None,
    size: int,
    most: int,
) -> tuple[list[Contact], LeadCursor | None]:
    """A page of contacts in an order, and where the next begins. One query.

    Args:
        after: begin behind this row.
        down_to: instead of a page, everything down to this row, up to `most`: for refreshing what is shown.
    """
    column = _ORDERS[sort].column
    if sort == LeadSort.CONTACT:
        contacts = contacts.annotate(heard_at=HEARD_AT)
    contacts = contacts.order_by(f"-{column}", "-id")
    if after is not None:
        behind = Q(**{f"{column}__lt": after.place}) | Q(**{column: after.place, "id__lt": after.id})
        contacts = contacts.filter(behind, **{f"{column}__lte": after.place})  # the second bounds an index's search
    if down_to is not None:
        reached = Q(**{f"{column}__gt": down_to.place}) | Q(**{column: down_to.place, "id__gte": down_to.id})
        contacts, size = contacts.filter(reached, **{f"{column}__gte": down_to.place}), most
    rows = list(contacts[: size + 1])
    has_more, shown = len(rows) > size or down_to is not None, rows[:size]
    if not shown or not has_more:
        return shown, None
    return shown, LeadCursor(sort, getattr(shown[-1], column), shown[-1].pk)


def _is_possible(place: Any) -> bool:
    """Whether the database can compare with it: a moment with its zone, a number that fits."""
    return place.tzinfo is not None if isinstance(place, datetime) else 0 <= place <= 100
