"""A clinic and its calendar at the sandbox: both sides as a test sees and changes them."""

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

from credentials.tests.calendar_clinic import EMAIL, connect_calendar
from credentials.types import Provider
from orgs.actors import Actor
from orgs.models import Organization
from orgs.scope import org_scope, org_tx
from scheduling.calendars.outgoing import write_due
from scheduling.changing import Move, cancel_appointment, move_appointment
from scheduling.models import Appointment, AppointmentSource, BusinessHours, CalendarConnection, CalendarEvent
from scheduling.tests.factories import book
from voxanne.clock import now

AT_SANDBOX = {Provider.GOOGLE_CALENDAR: "google", Provider.OUTLOOK_CALENDAR: "microsoft"}


@dataclass(frozen=True)
class Held:
    """An event as the calendar has it."""

    event_id: str
    starts_at: datetime
    ends_at: datetime
    title: str
    text: str
    appointment_id: str
    body: dict[str, Any]


class TwoSides:
    """One clinic, one calendar. What changes ours is `book`, `move`, `cancel`; theirs `drag` and `delete`."""

    def __init__(self, org: Organization, provider: Provider, sandbox: Any, *, connected: bool = True) -> None:
        self.org, self.provider, self.sandbox = org, provider, sandbox
        self.path = AT_SANDBOX[provider]
        if connected:
            connect_calendar(org, provider)
        with self.ours():
            self.open_always()

    @contextmanager
    def ours(self):
        with org_scope(self.org), org_tx():
            yield

    def open_always(self) -> None:
        BusinessHours.objects.all().delete()
        for weekday in range(7):
            BusinessHours.objects.create(weekday=weekday, opens_at=time(0, 0), closes_at=time(0, 0))

    @property
    def connection(self) -> CalendarConnection:
        with self.ours():
            return CalendarConnection.objects.get(provider=self.provider.value)

    def at(self, hour: int, minute: int = 0, *, days: int = 7) -> datetime:
        day = now().astimezone(self.org.zone).date() + timedelta(days=days)
        return datetime.combine(day, time(hour, minute), tzinfo=self.org.zone).astimezone(UTC)

    def book(self, starts_at: datetime, name: str = "Ana Reyes", **facts: Any) -> Appointment:
        with self.ours():
            return book(self.org, starts_at, name, **{"source": AppointmentSource.STAFF, **facts})

    def move(self, appointment: Appointment, starts_at: datetime, **facts: Any) -> None:
        with self.ours():
            move = Move(appointment_id=appointment.pk, starts_at=starts_at, **facts)
            move_appointment(org=self.org, move=move, actor=Actor.system(self.org.pk))

    def cancel(self, appointment: Appointment) -> None:
        with self.ours():
            cancel_appointment(org=self.org, appointment_id=appointment.pk, actor=Actor.system(self.org.pk))

    def fresh(self, appointment: Appointment) -> Appointment:
        with self.ours():
            return Appointment.objects.select_related("contact", "service").get(pk=appointment.pk)

    def row(self, appointment: Appointment) -> CalendarEvent:
        with self.ours():
            return CalendarEvent.objects.get(appointment=appointment, connection__provider=self.provider.value)

    def write(self) -> None:
        """Do what is due, and what was put off too."""
        with self.ours():
            CalendarEvent.objects.filter(due_at__isnull=False).update(due_at=now(), claim=None, claimed_until=None)
        with org_scope(self.org):
            write_due(org=self.org, connection_id=self.connection.pk)

    def look(self) -> None:
        """As when the calendar tells that everything changed."""
        with self.ours():
            CalendarEvent.objects.update(must_look=True, due_at=now())
        self.write()

    def calendar(self) -> list[Held]:
        """What the calendar shows, in order of time."""
        events = self.sandbox.control("GET", "/calendars")["events"]
        shown = [_held(item) for item in events if item["provider"] == self.path and not item["removed"]]
        return sorted(shown, key=lambda held: (held.starts_at, held.event_id))

    def event_of(self, appointment: Appointment) -> Held:
        (found,) = [held for held in self.calendar() if held.appointment_id == str(appointment.pk)]
        return found

    def drag(self, event: Held, starts_at: datetime, *, length: timedelta | None = None) -> None:
        length = event.ends_at - event.starts_at if length is None else length
        times = {"start": starts_at.isoformat(), "end": (starts_at + length).isoformat()}
        self.sandbox.control("PATCH", f"/{self.path}/events/{event.event_id}", times)

    def delete(self, event: Held) -> None:
        self.sandbox.control("DELETE", f"/{self.path}/events/{event.event_id}")

    def add_foreign(self, starts_at: datetime, minutes: int = 30) -> str:
        body = {
            "email": EMAIL,
            "start": starts_at.isoformat(),
            "end": (starts_at + timedelta(minutes=minutes)).isoformat(),
        }
        return str(self.sandbox.control("POST", f"/{self.path}/events", body)["id"])

    def writes(self) -> list[dict[str, Any]]:
        """What we asked to be written, in order."""
        asked = self.sandbox.requests_to(self.path)
        return [one for one in asked if "/events" in one["path"] and one["method"] in {"POST", "PATCH", "DELETE"}]


def _held(item: dict[str, Any]) -> Held:
    body = item["body"]
    private = (body.get("extendedProperties") or {}).get("private") or {}
    extended = body.get("singleValueExtendedProperties") or []
    marks = [one["value"] for one in extended if one["id"].endswith("voxanne_appointment")]
    text = body.get("description") or (body.get("body") or {}).get("content") or ""
    return Held(
        event_id=item["id"],
        starts_at=datetime.fromisoformat(item["start_at"]),
        ends_at=datetime.fromisoformat(item["end_at"]),
        title=str(body.get("summary") or body.get("subject") or ""),
        text=str(text),
        appointment_id=str(private.get("voxanne_appointment") or next(iter(marks), "")),
        body=body,
    )
