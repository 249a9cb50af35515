"""The owner of a calendar, as tests need one: events from outside, through the sandbox's control API."""

from datetime import datetime, timedelta
from uuid import UUID

from credentials.tests.calendar_clinic import EMAIL
from credentials.types import Provider
from orgs.scope import org_scope, org_tx
from scheduling.calendars.reading import read_calendar
from scheduling.models import CalendarBusyBlock, CalendarConnection
from voxanne.clock import now

SANDBOX_NAMES = {Provider.GOOGLE_CALENDAR: "google", Provider.OUTLOOK_CALENDAR: "microsoft"}
BOTH = tuple(SANDBOX_NAMES)


def soon(days=1, hour=10):
    """A whole hour of a day to come, UTC."""
    day = now() + timedelta(days=days)
    return day.replace(hour=hour, minute=0, second=0, microsecond=0)


def put_event(sandbox, provider, starts_at: datetime, minutes=60, **facts) -> str:
    """An event that the owner made; its id."""
    body = {
        "email": EMAIL,
        "summary": "Dentist with Zelda",
        "start": starts_at.isoformat(),
        "end": (starts_at + timedelta(minutes=minutes)).isoformat(),
        **facts,
    }
    return str(sandbox.control("POST", f"/{SANDBOX_NAMES[provider]}/events", body)["id"])


def move_event(sandbox, provider, event_id, starts_at, minutes=60):
    """The owner drags it."""
    times = {"start": starts_at.isoformat(), "end": (starts_at + timedelta(minutes=minutes)).isoformat()}
    sandbox.control("PATCH", f"/{SANDBOX_NAMES[provider]}/events/{event_id}", times)


def remove_event(sandbox, provider, event_id):
    """The owner deletes it."""
    sandbox.control("DELETE", f"/{SANDBOX_NAMES[provider]}/events/{event_id}")


def connection_of(org, provider) -> CalendarConnection:
    with org_scope(org), org_tx():
        return CalendarConnection.objects.get(provider=provider.value)


def change(org, **values):
    """Put columns of an organisation's connections to what a test needs."""
    with org_scope(org), org_tx():
        CalendarConnection.objects.update(**values)


def make_due(org):
    change(org, due_at=now())


def read(org, provider, *, due=True):
    """One reading, as the task does it."""
    if due:
        make_due(org)
    with org_scope(org):
        return read_calendar(org=org, connection_id=UUID(str(connection_of(org, provider).pk)))


def blocks_of(org):
    """What blocks now, in order: (from, until)."""
    with org_scope(org), org_tx():
        return list(CalendarBusyBlock.objects.order_by("starts_at").values_list("starts_at", "ends_at"))
