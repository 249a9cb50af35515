"""Diaries as tests need them; inside `working_for(org)`."""

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

import factory
from django.apps import apps
from psycopg.types.range import TimestamptzRange

from orgs.actors import Actor
from orgs.models import Organization
from orgs.scope import current_org_id
from scheduling.booking import book_appointment
from scheduling.models import (
    Appointment,
    AppointmentSource,
    BusinessHours,
    CalendarBusyBlock,
    CalendarConnection,
    CalendarProvider,
    Closure,
    ConnectionState,
    Practitioner,
    PractitionerService,
)
from scheduling.types import BookingRequest
from voxanne.clock import now


class PractitionerFactory(factory.django.DjangoModelFactory):
    name = factory.Sequence(lambda n: f"Dr {n}")

    class Meta:
        model = Practitioner


class AppointmentFactory(factory.django.DjangoModelFactory):
    """Half an hour, confirmed, made by staff."""

    practitioner = factory.LazyFunction(lambda: Practitioner.objects.earliest("id"))
    patient_name = "Ana Reyes"
    ends_at = factory.LazyAttribute(lambda o: o.starts_at + timedelta(minutes=30))
    blocked = factory.LazyAttribute(lambda o: TimestamptzRange(o.starts_at, o.ends_at, "[)"))
    time_zone = "Europe/London"
    source = AppointmentSource.STAFF
    # Counted: of the random ones two in a crowded test are now and then the same.
    reference = factory.Sequence(lambda n: f"ZZ{n % 10**6:06d}")

    class Meta:
        model = Appointment


def make_practitioner(**facts: Any) -> Practitioner:
    return PractitionerFactory.create(**facts)


def make_appointment(starts_at: datetime, **facts: Any) -> Appointment:
    return AppointmentFactory.create(starts_at=starts_at, **facts)


def set_hours(*intervals: tuple[int, str, str], practitioner: Practitioner | None = None) -> None:
    """Replace the hours of the clinic, or of one practitioner: `set_hours((0, "09:00", "12:30"))`."""
    BusinessHours.objects.filter(practitioner=practitioner).delete()
    for weekday, opens, closes in intervals:
        BusinessHours.objects.create(
            practitioner=practitioner,
            weekday=weekday,
            opens_at=time.fromisoformat(opens),
            closes_at=time.fromisoformat(closes),
        )


def close(
    first_day: date, last_day: date | None = None, *, part: tuple[str, str] | None = None, **facts: Any
) -> Closure:
    """Close days, or a part of each: `close(day, part=("12:00", "13:00"))`."""
    since, until = (time.fromisoformat(part[0]), time.fromisoformat(part[1])) if part else (None, None)
    return Closure.objects.create(
        first_day=first_day, last_day=last_day or first_day, starts_at=since, ends_at=until, **facts
    )


def let_do(practitioner: Practitioner, service: Any) -> None:
    PractitionerService.objects.create(practitioner=practitioner, service=service)


def make_connection(provider: CalendarProvider = CalendarProvider.GOOGLE, **facts: Any) -> CalendarConnection:
    """A calendar that was read a moment ago."""
    read_at = {"connected_at": now(), "last_synced_at": now(), "last_full_sync_at": now()}
    known = {"provider": provider, "state": ConnectionState.SYNCED, **read_at, **facts}
    return CalendarConnection.objects.create(**known)


def block_calendar(
    connection: CalendarConnection, starts_at: datetime, ends_at: datetime, practitioner: Practitioner | None = None
) -> CalendarBusyBlock:
    """An outside event that takes its time."""
    return CalendarBusyBlock.objects.create(
        connection=connection, event_id=uuid4().hex, starts_at=starts_at, ends_at=ends_at, practitioner=practitioner
    )


def make_call() -> UUID:
    """A call's id: the rooms above write their rows, appointments only point at them."""
    row = apps.get_model("calls", "Call").objects.create(vapi_call_id=str(uuid4()), call_sid=f"vapi-{uuid4()}")
    return UUID(str(row.pk))


def book(org: Organization, starts_at: datetime, patient_name: str = "Ana Reyes", **facts: Any) -> Appointment:
    """Book as the receptionist does."""
    request = BookingRequest(
        starts_at=starts_at, service=facts.pop("service", None), patient_name=patient_name, **facts
    )
    return book_appointment(org=org, request=request, actor=Actor.vapi(current_org_id()))
