"""How appointments stand in calendars, in words: for the page of one, and for what needs a person."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from orgs.models import Organization
from scheduling.calendars.health import calendar_health
from scheduling.calendars.types import Trouble
from scheduling.models import (
    Appointment,
    AppointmentStatus,
    CalendarEvent,
    CalendarProvider,
    CalendarSyncState,
    EventProblem,
    EventState,
)
from voxanne.clock import now

# More than these are counted together.
NAMED = 3


@dataclass(frozen=True)
class InCalendar:
    """How an appointment stands in one calendar.

    Attributes:
        label: the calendar's provider, as people read it.
        words: the state in a few words.
        problem: why the appointment cannot follow, as the end of a sentence.
    """

    label: str
    state: str
    words: str
    error: str = ""
    problem: str = ""
    outside_starts_at: datetime | None = None
    outside_ends_at: datetime | None = None


@dataclass(frozen=True)
class CalendarTrouble:
    """What a person should look at. `appointment_id` is None where it is about several."""

    title: str
    detail: str
    appointment_id: UUID | None = None
    is_error: bool = False


def list_stale(org: Organization) -> list[CalendarTrouble]:
    """Calendars that do not answer, so that bookings wait. One query, inside org_tx.

    Those whose account refuses us are told of as failed credentials already.
    """
    stale = [one for one in calendar_health(org).stale if Trouble.ACCESS not in one.troubles]
    return [CalendarTrouble(f"{one.label} does not answer", one.sentence) for one in stale]


def list_calendars(appointment: Appointment) -> list[InCalendar]:
    """How an appointment stands in each calendar that it is in, or should be in. At most one query, inside org_tx."""
    if appointment.calendar_sync_state == CalendarSyncState.NONE:
        return []
    rows = CalendarEvent.objects.filter(appointment=appointment).select_related("connection")
    return [_read(row) for row in rows.order_by("connection__provider")]


def list_trouble(org: Organization) -> list[CalendarTrouble]:
    """What is to come and stands otherwise in a calendar than here. One query, inside org_tx."""
    troubled = (CalendarSyncState.DIFFERS, CalendarSyncState.FAILED)
    found = list(
        Appointment.objects.for_org(org.pk)
        .filter(starts_at__gt=now(), calendar_sync_state__in=troubled)
        .exclude(status=AppointmentStatus.HELD)
        .select_related("contact", "service")
        .order_by("starts_at", "id")[:500]
    )
    moved = [row for row in found if row.calendar_sync_state == CalendarSyncState.DIFFERS]
    missing = [row for row in found if row.calendar_sync_state == CalendarSyncState.FAILED]
    return [*_say_moved(moved), *_say_missing(missing)]


def _read(row: CalendarEvent) -> InCalendar:
    return InCalendar(
        label=CalendarProvider(row.connection.provider).label,
        state=row.state,
        words=EventState(row.state).label,
        error=row.error,
        problem=EventProblem(row.problem).label if row.problem else "",
        outside_starts_at=row.outside_starts_at,
        outside_ends_at=row.outside_ends_at,
    )


def _say_moved(rows: list[Appointment]) -> list[CalendarTrouble]:
    if len(rows) > NAMED:
        return [
            CalendarTrouble(
                f"{len(rows)} appointments were moved in your calendar",
                "They cannot follow. Open each and choose: put it back, or cancel it.",
            )
        ]
    return [
        CalendarTrouble(
            f"{row.who} was moved in your calendar",
            f"{row.what} cannot be at that time. Put it back in the calendar, or cancel it.",
            appointment_id=row.pk,
        )
        for row in rows
    ]


def _say_missing(rows: list[Appointment]) -> list[CalendarTrouble]:
    if not rows:
        return []
    one = len(rows) == 1
    title = f"{rows[0].who} is not in your calendar" if one else f"{len(rows)} appointments are not in your calendar"
    detail = "Your calendar could not be written to. We keep trying."
    return [CalendarTrouble(title, detail, appointment_id=rows[0].pk if one else None, is_error=True)]
