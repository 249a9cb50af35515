"""The mirror of a calendar: pages of what changed, applied one transaction each. Applying a page twice is harmless."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db.models import Max

from contacts.models import Service
from orgs.models import Organization
from providers.calendars import ChangesPage, ListedEvent, Window
from scheduling.calendars import returns
from scheduling.calendars.types import OutsideEvent
from scheduling.models import CalendarBusyBlock, CalendarConnection
from scheduling.types import VisitRules
from voxanne.clock import now

# How far a full reading reaches beyond the farthest day that can be booked, so that days come into reach without one.
BEYOND = timedelta(days=31)
BEFORE = timedelta(days=1)
# All is read again this often: what a list of changes forgot to tell is put right.
FULL_EVERY = timedelta(hours=24)
BATCH = 500


@dataclass(frozen=True)
class Applied:
    """What a page came to: how many blocks it wrote and took away."""

    blocked: int = 0
    freed: int = 0


def wanted_window(org: Organization) -> Window:
    """From yesterday to the farthest day that any service can be booked for, by the clinic's clock. One query."""
    longest = Service.objects.for_org(org.pk).aggregate(days=Max("horizon_days"))["days"] or 0
    horizon = timedelta(days=max(longest, VisitRules().horizon_days) + 1)
    midnight = now().astimezone(org.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return Window(starts_at=midnight - BEFORE, ends_at=midnight + horizon)


def needs_full_reading(connection: CalendarConnection, wanted: Window) -> bool:
    """Whether a list of changes is not enough: none was begun, its window ends too early, or a day has passed."""
    if not connection.sync_token or connection.last_full_sync_at is None or connection.window_end is None:
        return True
    return connection.window_end < wanted.ends_at or connection.last_full_sync_at <= now() - FULL_EVERY


def apply_page(
    *, org: Organization, connection: CalendarConnection, page: ChangesPage, generation: UUID, window: Window
) -> Applied:
    """Make the mirror follow one page. Inside org_tx, with the connection locked.

    Our own events never block: they are told to `returns.take_back`.
    """
    events = list({event.event_id: _outside(event) for event in page.events}.values())
    ours = returns.find_ours(connection=connection, events=events)
    theirs = [event for event in events if event.event_id not in ours]
    blocking = {event.event_id: event for event in theirs if _blocks(event, window)}
    free = {event.event_id for event in events} - set(blocking)
    CalendarBusyBlock.objects.bulk_create(
        [_block(connection, event, generation) for event in blocking.values()],
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["org", "connection", "event_id"],
        update_fields=["starts_at", "ends_at", "practitioner", "generation", "updated_at"],
    )
    freed, _ = CalendarBusyBlock.objects.filter(connection=connection, event_id__in=free).delete() if free else (0, {})
    for event in events:
        if event.event_id in ours:
            returns.take_back(org=org, connection=connection, event=event)
    return Applied(blocked=len(blocking), freed=freed)


def drop_unseen(connection: CalendarConnection, generation: UUID) -> int:
    """After a full reading: what it did not meet is gone. Inside org_tx."""
    dropped, _ = CalendarBusyBlock.objects.filter(connection=connection).exclude(generation=generation).delete()
    return int(dropped)


def assign_practitioner(connection: CalendarConnection, practitioner_id: int | None) -> None:
    """Say whose diary a calendar is: its blocks follow. Inside org_tx."""
    connection.practitioner_id = practitioner_id
    connection.save(update_fields=["practitioner", "updated_at"])
    CalendarBusyBlock.objects.filter(connection=connection).update(practitioner_id=practitioner_id)


def _outside(event: ListedEvent) -> OutsideEvent:
    return OutsideEvent(
        event_id=event.event_id,
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        deleted=event.is_deleted,
        etag=event.etag,
        appointment_id=_as_uuid(event.mark),
        is_busy=event.is_busy,
    )


def _blocks(event: OutsideEvent, window: Window) -> bool:
    if not event.is_busy or event.starts_at is None or event.ends_at is None:
        return False
    return event.starts_at < event.ends_at and event.ends_at > window.starts_at and event.starts_at < window.ends_at


def _block(connection: CalendarConnection, event: OutsideEvent, generation: UUID) -> CalendarBusyBlock:
    if event.starts_at is None or event.ends_at is None:
        raise ValueError("an event without times blocks nothing")
    return CalendarBusyBlock(
        org_id=connection.org_id,
        connection_id=connection.pk,
        event_id=event.event_id,
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        practitioner_id=connection.practitioner_id,
        generation=generation,
        updated_at=now(),
    )


def _as_uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
