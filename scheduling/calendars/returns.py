"""Our own events as they come back from a calendar: they never block, and what somebody did to them is looked at.

A page of changes is a hint, perhaps an old one: nothing is decided by it. Whoever writes reads the event itself and
decides with both sides locked (`scheduling.calendars.deciding`), so an echo of our own write changes nothing.
"""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Q, QuerySet

from orgs.models import Organization
from orgs.tasks import enqueue_on_commit
from scheduling.calendars.types import OutsideEvent
from scheduling.models import CalendarBusyBlock, CalendarConnection, CalendarEvent, EventState
from voxanne.clock import now


def find_ours(*, connection: CalendarConnection, events: Sequence[OutsideEvent]) -> set[str]:
    """Which events of a page stand for appointments of ours, by id or by their mark. One query, inside org_tx.

    A copy that somebody made of an event of ours carries its mark too: it is theirs.
    """
    marked = {event.appointment_id: event.event_id for event in events if event.appointment_id is not None}
    rows = CalendarEvent.objects.filter(connection=connection).filter(
        Q(event_id__in=[event.event_id for event in events]) | Q(appointment_id__in=list(marked))
    )
    known = rows.values_list("appointment_id", "event_id")
    ours = {event_id or marked[pk] for pk, event_id in known if event_id or pk in marked}
    return ours & {event.event_id for event in events}


def free_ours(connection: CalendarConnection) -> int:
    """Take away what blocks under an event that has turned out to be ours since its page was read. Inside org_tx."""
    ours = CalendarEvent.objects.filter(connection=connection, event_id__gt="").values("event_id")
    freed, _ = CalendarBusyBlock.objects.filter(connection=connection, event_id__in=ours).delete()
    return int(freed)


def take_back(*, org: Organization, connection: CalendarConnection, event: OutsideEvent) -> None:
    """One of our events was changed or deleted in the calendar: have it looked at, unless it is as we know it.

    Inside the transaction that applies its page. Told twice, it is looked at once.
    """
    row = _find_row(connection, event)
    if row is None or row.state == EventState.LET_GO or (not event.deleted and row.etag and row.etag == event.etag):
        return
    if event.deleted and not row.event_id and not row.is_unanswered:
        return
    CalendarEvent.objects.filter(pk=row.pk).update(must_look=True, due_at=now(), updated_at=now())
    from scheduling.calendars.writing_tasks import write_calendar

    enqueue_on_commit(write_calendar, str(org.pk), str(connection.pk))


def _find_row(connection: CalendarConnection, event: OutsideEvent) -> CalendarEvent | None:
    rows: QuerySet[CalendarEvent] = CalendarEvent.objects.filter(connection=connection)
    own = rows.filter(event_id=event.event_id).first()
    return own or _of_appointment(rows, event.appointment_id)


def _of_appointment(rows: QuerySet[CalendarEvent], appointment_id: UUID | None) -> CalendarEvent | None:
    return rows.filter(appointment_id=appointment_id, event_id="").first() if appointment_id is not None else None
