"""What the readers of both calendar providers tell, in one set of words.

Of an event they pass on when it is and whether it takes its time: titles, people and texts stop at the reader.
"""

from dataclasses import dataclass
from datetime import datetime

from voxanne.errors import Rejected


@dataclass(frozen=True)
class ListedEvent:
    """One event as a list of changes tells it. Times are aware UTC; None where a deleted event has lost them.

    Attributes:
        is_busy: it takes its time: not deleted, cancelled or declined, and not shown as free.
        etag: changes with every change of the event; "" where it is not told.
        mark: what whoever made the event through the API wrote on it for itself: the id of an appointment for ours.
    """

    event_id: str
    starts_at: datetime | None
    ends_at: datetime | None
    is_deleted: bool
    is_busy: bool
    etag: str = ""
    mark: str = ""


@dataclass(frozen=True)
class ChangesPage:
    """A part of what changed. Of `next_page` and `sync_token` one is filled: the other pages, or the next changes.

    Attributes:
        time_zone: the calendar's own, an IANA name; "" where the provider does not tell.
    """

    events: tuple[ListedEvent, ...]
    next_page: str = ""
    sync_token: str = ""
    time_zone: str = ""


@dataclass(frozen=True)
class Window:
    """From when until when a full reading goes, aware UTC."""

    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class WatchedChannel:
    """Where a provider tells of changes until `expires_at`, aware UTC. `resource` is what Google wants to stop it."""

    channel_id: str
    resource: str
    expires_at: datetime


class SyncTokenGone(Rejected):
    """The token of a list of changes is worth nothing any more: read everything again."""


class WatchRefused(Rejected):
    """The provider will not tell us of changes: our address is not one that it accepts or reaches."""
