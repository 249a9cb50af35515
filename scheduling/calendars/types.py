"""What is said about calendars: one event of theirs, and how well we follow them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


@dataclass(frozen=True)
class OutsideEvent:
    """One event as it stands in a calendar now, ours or theirs. Times are aware UTC; None where it is deleted.

    Attributes:
        etag: changes with every change of the event; "" where the provider does not tell.
        appointment_id: the appointment that the event itself says it stands for; None for theirs, and for ours where a
            deleted event tells nothing but its id.
        is_busy: it takes its time.
    """

    event_id: str
    starts_at: datetime | None
    ends_at: datetime | None
    deleted: bool
    etag: str
    appointment_id: UUID | None
    is_busy: bool


class Trouble(StrEnum):
    """What is wrong with a connection."""

    ACCESS = "access"
    STALE = "stale"
    DRIFT = "drift"
    CHANNEL = "channel"


@dataclass(frozen=True)
class ConnectionHealth:
    """How well one calendar is followed.

    Attributes:
        label: the provider, as people read it.
        last_synced_at: when it was last read to the end; None before the first time.
        is_stale: not read for so long that booking no longer trusts it.
        sentence: what is wrong and what to do, "" when all is well.
    """

    connection_id: UUID
    label: str
    last_synced_at: datetime | None
    is_stale: bool
    troubles: tuple[Trouble, ...] = ()
    sentence: str = ""


@dataclass(frozen=True)
class CalendarHealth:
    """How well a clinic's calendars are followed; without any calendar all is well."""

    connections: tuple[ConnectionHealth, ...] = ()

    @property
    def stale(self) -> tuple[ConnectionHealth, ...]:
        """The calendars that booking does not trust."""
        return tuple(one for one in self.connections if one.is_stale)

    @property
    def is_stale(self) -> bool:
        """Whether what is free may be wrong, so that a person confirms each booking."""
        return bool(self.stale)
