"""Everything between the clinic and one person, newest first, whichever room keeps it.

Each room says which of its rows belong to a contact and how one of them looks; nothing here imports them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from voxanne.cursors import Cursor, newest_first

PAGE_SIZE = 20
MAX_SHOWN = 100

Rows = Callable[[UUID], "QuerySet[Any]"]


@dataclass(frozen=True)
class ThreadSource:
    """One kind of thing in a thread.

    Attributes:
        noun: what one of them is, for counting: "call".
        rows: those of a contact, with all that their template reads. They have `created_at`.
        template: how one looks; it reads `row`.
        prepare: what is to be found out about those of a page, in one query.
    """

    noun: str
    rows: Rows
    template: str
    prepare: Callable[[list[Any]], None] | None = None


@dataclass(frozen=True)
class ThreadEntry:
    """One thing that happened."""

    noun: str
    template: str
    row: Any

    @property
    def place(self) -> tuple[datetime, UUID]:
        """Where it stands."""
        return self.row.created_at, self.row.pk


@dataclass(frozen=True)
class ThreadPage:
    """One page of a thread, and where the next begins."""

    entries: list[ThreadEntry]
    next_cursor: Cursor | None


_sources: dict[str, ThreadSource] = {}


def register_thread(source: ThreadSource) -> None:
    """Show a kind of thing in every thread. Registering again replaces it."""
    _sources[source.noun] = source


def read_thread(*, contact_id: UUID, after: Cursor | None = None, down_to: Cursor | None = None) -> ThreadPage:
    """A page of a contact's thread. With `down_to` everything as new as that. One query a kind. Inside org_tx."""
    found: list[ThreadEntry] = []
    has_more = down_to is not None
    for source in _sources.values():
        rows, following = newest_first(
            source.rows(contact_id), after=after, down_to=down_to, size=PAGE_SIZE, most=MAX_SHOWN
        )
        found.extend(ThreadEntry(source.noun, source.template, row) for row in rows)
        has_more = has_more or following is not None
    found.sort(key=lambda entry: entry.place, reverse=True)
    shown = found[: MAX_SHOWN if down_to is not None else PAGE_SIZE]
    _prepare(shown)
    if not shown or not (has_more or len(found) > len(shown)):
        return ThreadPage(entries=shown, next_cursor=None)
    moment, row_id = shown[-1].place
    return ThreadPage(entries=shown, next_cursor=Cursor(moment=moment, id=row_id))


def _prepare(entries: list[ThreadEntry]) -> None:
    for source in _sources.values():
        rows = [entry.row for entry in entries if entry.noun == source.noun]
        if rows and source.prepare is not None:
            source.prepare(rows)


def count_thread(contact_id: UUID) -> dict[str, int]:
    """How much there is of each kind: {"call": 3}. One query a kind."""
    return {source.noun: source.rows(contact_id).order_by().count() for source in _sources.values()}
