"""Saying how appointments should stand in calendars: in the transaction that changes them, and for all of them at once.

Which calendars an appointment belongs in follows from the appointment when its row is worked on; here rows are made,
counted up and woken. Locks are taken in one order: the appointment, then its rows.
"""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db import connection as database
from django.db.models import F, Q, QuerySet

from credentials.types import Provider
from orgs.models import Organization
from orgs.tasks import enqueue_on_commit
from scheduling.calendars.standing import summarise
from scheduling.events import Change
from scheduling.models import Appointment, AppointmentStatus, CalendarConnection, CalendarEvent, EventState
from voxanne.clock import now
from voxanne.live import publish_on_commit

STANDING = (AppointmentStatus.PENDING, AppointmentStatus.CONFIRMED)

# The connection's key is locked: one that is being disconnected is waited for, and then it is not there.
_FROM_NOW_ON = """
    INSERT INTO calendar_events
        (id, org_id, appointment_id, connection_id, wanted_at, due_at, must_look, created_at, updated_at)
    SELECT gen_random_uuid(), a.org_id, a.id, c.id, {wanted_at}, %(now)s::timestamptz, {must_look},
        %(now)s::timestamptz, %(now)s::timestamptz
    FROM appointments a JOIN calendar_connections c ON c.org_id = a.org_id
        AND (c.practitioner_id IS NULL OR c.practitioner_id = a.practitioner_id)
    WHERE a.org_id = %(org)s::uuid AND a.status = ANY(%(standing)s::text[]) AND {which}
    FOR KEY SHARE OF c
    ON CONFLICT (org_id, appointment_id, connection_id) DO NOTHING
    RETURNING appointment_id, connection_id
"""
_ONE = _FROM_NOW_ON.format(
    wanted_at="%(now)s::timestamptz", must_look="false", which="a.id = %(appointment)s::uuid"
)  # fmt: skip
# In whichever calendar it was before, its event may still be there.
_ALL = _FROM_NOW_ON.format(
    wanted_at="a.updated_at", must_look="true", which="a.ends_at > %(now)s::timestamptz AND c.id = %(connection)s::uuid"
)


def follow_change(org: Organization, appointment: Appointment, change: Change) -> None:
    """Have every calendar that an appointment is in, or belongs in, follow its change. A listener of `on_changed`.

    Two or three queries; what took place, or did not, changes nothing in a calendar.
    """
    if change is Change.SETTLED or appointment.status == AppointmentStatus.HELD:
        return
    touched = set() if change is Change.BOOKED else _count_up(CalendarEvent.objects.filter(appointment=appointment))
    if appointment.status in STANDING:
        touched |= {connection_id for _, connection_id in _insert(org, _ONE, appointment=appointment.pk)}
    if touched:
        summarise(org, [appointment.pk])
        _wake(org, touched)


def follow_connection(org: Organization, provider: Provider) -> None:
    """An account was connected, perhaps another one than before: what is to come goes in, and nothing goes in twice.

    A listener of `credentials.events.on_saved`, after the connection has begun. What we knew about its events may be
    about another account's, so each is looked at first; nothing that is missing counts as deleted by somebody.
    """
    connection = CalendarConnection.objects.filter(provider=provider.value).first()
    if connection is None:
        return
    rows = CalendarEvent.objects.filter(connection=connection)
    rows.update(
        event_id="", etag="", base_starts_at=None, base_ends_at=None, problem="", generation=F("generation") + 1
    )
    want_all(org, connection)


def want_all(org: Organization, connection: CalendarConnection) -> int:
    """Have a calendar show every appointment to come that belongs in it, and no other; how many were new to it.

    Inside org_tx. The rows are the list of what is left to do: whoever stops half-way goes on with them.
    """
    _count_up(CalendarEvent.objects.filter(connection=connection, appointment__ends_at__gt=now()), must_look=True)
    new = _insert(org, _ALL, connection=connection.pk)
    rows = CalendarEvent.objects.filter(connection=connection, due_at__isnull=False)
    summarise(org, list(rows.values_list("appointment_id", flat=True)))
    _wake(org, {connection.pk})
    return len(new)


def want_missing(org: Organization, connection: CalendarConnection) -> int:
    """Begin what belongs in a calendar and has no row: how many. Inside org_tx."""
    new = _insert(org, _ALL, connection=connection.pk)
    summarise(org, [appointment_id for appointment_id, _ in new])
    return len(new)


def forget_connection(org: Organization, provider: Provider) -> None:
    """An account was disconnected and its rows went with it: appointments no longer stand in it. A listener.

    The events in the calendar stay: they are the clinic's.
    """
    left = CalendarEvent.objects.values("appointment_id")
    gone = Appointment.objects.for_org(org.pk).exclude(calendar_sync_state="none").exclude(pk__in=left)
    gone.update(calendar_sync_state="none", calendar_event_id="")
    both = Appointment.objects.for_org(org.pk).filter(pk__in=left)
    summarise(org, list(both.values_list("pk", flat=True)))


def put_back(org: Organization, appointment: Appointment) -> None:
    """The team's answer to an event that was moved to where the appointment cannot be: it goes back. Inside org_tx."""
    _retry(org, appointment, CalendarEvent.objects.filter(appointment=appointment, state=EventState.DIFFERS))


def try_again(org: Organization, appointment: Appointment) -> None:
    """Try what failed again now. Inside org_tx."""
    rows = CalendarEvent.objects.filter(appointment=appointment)
    _retry(org, appointment, rows.exclude(state__in=[EventState.SYNCED, EventState.LET_GO]))


def _retry(org: Organization, appointment: Appointment, rows: QuerySet[CalendarEvent]) -> None:
    Appointment.objects.select_for_update().get(pk=appointment.pk)
    if touched := _count_up(rows, must_look=True):
        summarise(org, [appointment.pk])
        _wake(org, touched)


def _count_up(rows: QuerySet[CalendarEvent], **also: bool) -> set[UUID]:
    """One more change of ours for each row; whose calendars they are."""
    touched = set(rows.values_list("connection_id", flat=True))
    if touched:
        rows.update(
            wanted_version=F("wanted_version") + 1,
            wanted_at=now(),
            due_at=now(),
            attempts=0,
            state=EventState.PENDING,
            problem="",
            outside_starts_at=None,
            outside_ends_at=None,
            error="",
            updated_at=now(),
            **also,
        )
    return touched


def _insert(org: Organization, statement: str, **which: UUID) -> list[tuple[UUID, UUID]]:
    values: dict[str, Any] = {"org": org.pk, "now": now(), "standing": [status.value for status in STANDING], **which}
    with database.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def _wake(org: Organization, connection_ids: Collection[UUID]) -> None:
    from scheduling.calendars.writing_tasks import write_calendar

    publish_on_commit(org.pk, "appointment")
    for connection_id in connection_ids:
        enqueue_on_commit(write_calendar, str(org.pk), str(connection_id))


def due_rows(connection_id: UUID) -> QuerySet[CalendarEvent]:
    """What is to be done in a calendar now and nobody does, our newest change first. Inside org_tx."""
    moment = now()
    free = Q(claimed_until=None) | Q(claimed_until__lte=moment)
    rows: QuerySet[CalendarEvent] = CalendarEvent.objects.filter(free, connection_id=connection_id, due_at__lte=moment)
    return rows.order_by("-wanted_at", "id")
