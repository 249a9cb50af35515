"""Comparing what we believe of a calendar with what is in it: what differs is looked at, by whoever writes.

Nothing is decided here. A difference is mostly something on its way; one that stays is what neither a channel nor a
list of changes told us.
"""

from datetime import datetime, timedelta
from uuid import UUID

import structlog

from orgs.models import Organization
from orgs.scope import org_tx
from orgs.tasks import enqueue_on_commit
from providers.calendar_events import KeptEvent
from scheduling.calendars.wanting import want_missing
from scheduling.calendars.writers import calendar_writer
from scheduling.models import CalendarConnection, CalendarEvent, EventState
from voxanne.clock import now

log = structlog.get_logger(__name__)

BEHIND = timedelta(days=1)
AHEAD = timedelta(days=400)


def count_differences(org: Organization, connection: CalendarConnection) -> int:
    """How many appointments differ from a calendar's events; they are looked at from now on.

    Call it with no transaction open. Safe to run twice.

    Raises:
        ProviderError, CredentialError: it cannot be read at the moment.
    """
    asked_at = now()
    events = calendar_writer(org, connection).list_own_events(
        org_id=org.pk, since=asked_at - BEHIND, until=asked_at + AHEAD
    )
    with org_tx():
        return _note_differences(org, connection, events, asked_at)


def _note_differences(
    org: Organization, connection: CalendarConnection, events: list[KeptEvent], asked_at: datetime
) -> int:
    from scheduling.calendars.writing_tasks import write_calendar

    new = want_missing(org, connection)
    there = {event.event_id: event for event in events}
    marked = {event.appointment_id for event in events}
    rows = CalendarEvent.objects.filter(
        connection=connection,
        state=EventState.SYNCED,
        due_at=None,
        updated_at__lt=asked_at,
        appointment__ends_at__gt=asked_at,
    )
    differing = [row.pk for row in rows if _differs(row, there, marked)]
    if differing:
        CalendarEvent.objects.filter(pk__in=differing).update(must_look=True, due_at=now(), updated_at=now())
    if differing or new:
        log.info("calendars.differ", connection=str(connection.pk), differing=len(differing), new=new)
        enqueue_on_commit(write_calendar, str(org.pk), str(connection.pk))
    return len(differing)


def _differs(row: CalendarEvent, there: dict[str, KeptEvent], marked: set[UUID | None]) -> bool:
    if row.base_starts_at is None:
        return row.appointment_id in marked
    event = there.get(row.event_id)
    return event is None or (event.starts_at, event.ends_at) != (row.base_starts_at, row.base_ends_at)
