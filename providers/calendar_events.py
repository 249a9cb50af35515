"""What the two calendar providers have in common about events of ours: what is written, and what is found there."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol
from uuid import UUID

from voxanne.errors import Rejected

APPOINTMENT_PROPERTY = "voxanne_appointment"
CLINIC_PROPERTY = "voxanne_clinic"
TIMES_PROPERTY = "voxanne_times"


@dataclass(frozen=True)
class EventDraft:
    """An appointment as a calendar should show it.

    Attributes:
        key: what makes creating it again harmless; the same for every try to create the same event.
        starts_at, ends_at: aware, UTC.
        time_zone: the clinic's IANA zone.
    """

    org_id: UUID
    appointment_id: UUID
    key: UUID
    summary: str
    description: str
    starts_at: datetime
    ends_at: datetime
    time_zone: str
    is_tentative: bool = False

    @property
    def properties(self) -> dict[str, str]:
        """What the event carries for ourselves. Whoever moves it leaves the times that we wrote as they are."""
        return {
            APPOINTMENT_PROPERTY: str(self.appointment_id),
            CLINIC_PROPERTY: str(self.org_id),
            TIMES_PROPERTY: note_times(self.starts_at, self.ends_at),
        }


@dataclass(frozen=True)
class KeptEvent:
    """An event as the calendar has it now.

    Attributes:
        starts_at, ends_at: aware, UTC; None when it takes whole days, or is deleted.
        updated_at: when it was last changed there; None when the provider does not tell.
        is_deleted: somebody deleted it, and the calendar knows.
        appointment_id: whose event it says it is.
        noted: the times that we last wrote, as `note_times` has them; "" when it does not say.
    """

    event_id: str
    etag: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    updated_at: datetime | None = None
    is_deleted: bool = False
    appointment_id: UUID | None = None
    noted: str = ""

    @property
    def is_as_written(self) -> bool:
        """Whether nobody but us has given it other times."""
        return self.starts_at is not None and self.noted == note_times(self.starts_at, self.ends_at)


class EventExists(Rejected):
    """An event with this id is, or was, in the calendar already."""


class EventChanged(Rejected):
    """Somebody changed the event after the version that the change was for."""


class EventWriter(Protocol):
    """What both providers offer for events of ours; each call raises a `ProviderError`."""

    def find_event(self, *, appointment_id: UUID, event_id: str) -> KeptEvent | None:
        """The event of an appointment; None when the calendar knows of none. `event_id` "" when it is not known."""
        ...

    def create_event(self, draft: EventDraft) -> KeptEvent:
        """Put it into the calendar. Raises `EventExists` where the id is taken."""
        ...

    def change_event(self, event_id: str, draft: EventDraft, *, etag: str) -> KeptEvent:
        """Make it as it should be, if it still is the version `etag`. Raises `EventChanged`."""
        ...

    def delete_event(self, event_id: str) -> None:
        """Take it out of the calendar; done when it is gone already."""
        ...

    def list_own_events(self, *, org_id: UUID, since: datetime, until: datetime) -> list[KeptEvent]:
        """Every event of ours that touches a time."""
        ...


def note_times(starts_at: datetime, ends_at: datetime | None) -> str:
    """Two moments as one text, to the second: providers keep no more."""
    return "/".join(f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}" for moment in (starts_at, ends_at) if moment)


def read_uuid(text: object) -> UUID | None:
    """The id that a property holds; None when somebody put something else there."""
    try:
        return UUID(str(text))
    except ValueError:
        return None
