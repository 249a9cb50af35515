"""Availability is exact: whatever the hours, closures, buffers, bookings, calendars and clocks, offered means bookable.

The oracle is booking itself, tried at every quarter of an hour (and at odd minutes) around the days in question: what
it accepts must be what was offered, and nothing else.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contacts.models import Service
from contacts.tests.factories import make_service
from orgs.models import Organization
from orgs.scope import org_scope, org_tx
from scheduling.availability import find_slots
from scheduling.booking import _book
from scheduling.errors import SlotRefused
from scheduling.models import Appointment, BusinessHours, Closure, Practitioner, PractitionerService
from scheduling.tests.factories import block_calendar, make_appointment, make_connection, make_practitioner
from scheduling.types import BookingRequest

QUARTER = timedelta(minutes=15)
# Around both changes of the clock, and an ordinary week.
DAYS = {
    "Europe/London": [date(2027, 3, 28), date(2026, 10, 25), date(2026, 11, 24)],
    "America/New_York": [date(2027, 3, 14), date(2026, 11, 1), date(2026, 11, 24)],
}

minutes = st.integers(0, 95).map(lambda quarter: quarter * 15)
intervals = st.tuples(minutes, st.integers(1, 48)).map(lambda pair: (pair[0], min(pair[0] + pair[1] * 15, 24 * 60)))


@st.composite
def clinics(draw: Any) -> dict[str, Any]:
    zone = draw(st.sampled_from(sorted(DAYS)))
    return {
        "zone": zone,
        "day": draw(st.sampled_from(DAYS[zone])),
        "now": draw(st.integers(-30, 20)),  # hours from the day's midnight
        "hours": draw(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 6), intervals), min_size=4, max_size=14)),
        "every_day": draw(st.booleans()),
        "closures": draw(st.lists(st.tuples(st.integers(0, 2), st.integers(-1, 1), st.none() | intervals), max_size=3)),
        "service": {
            "duration_minutes": draw(st.sampled_from([15, 20, 30, 45, 60, 90])),
            "buffer_before_minutes": draw(st.sampled_from([0, 0, 5, 15, 60])),
            "buffer_after_minutes": draw(st.sampled_from([0, 0, 10, 30])),
            "minimum_notice_minutes": draw(st.sampled_from([0, 60, 240, 1440])),
            "horizon_days": draw(st.sampled_from([0, 1, 2, 60])),
            "slot_step_minutes": draw(st.sampled_from([15, 20, 30, 60])),
        },
        "restricted": draw(st.booleans()),
        "booked": draw(st.lists(st.tuples(st.integers(0, 1), st.integers(-100, 200), st.integers(1, 8)), max_size=8)),
        "outside": draw(
            st.lists(st.tuples(st.integers(0, 2), st.integers(-1500, 3000), st.integers(1, 600)), max_size=6)
        ),
        "probes": draw(st.lists(st.integers(-24 * 60, 48 * 60), max_size=4)),
    }


def clock(minute: int) -> time:
    return time(minute // 60 % 24, minute % 60)


def furnish(facts: dict[str, Any]) -> tuple[Service, list[Practitioner]]:
    """Make the clinic that the facts describe; colliding appointments are left out."""
    people = [Practitioner.objects.earliest("id"), make_practitioner(name="Dr Osei")]
    service = make_service(**facts["service"])
    if facts["restricted"]:
        PractitionerService.objects.create(practitioner=people[1], service=service)
    BusinessHours.objects.all().delete()
    whose = [None, *people]
    for who, weekday, (opens, closes) in facts["hours"]:
        weekdays = range(7) if facts["every_day"] and who == 0 else [weekday]
        for one in weekdays:
            BusinessHours.objects.create(
                practitioner=whose[who], weekday=one, opens_at=clock(opens), closes_at=clock(closes)
            )
    for who, ahead, part in facts["closures"]:
        day = facts["day"] + timedelta(days=ahead)
        since, until = (clock(part[0]), clock(part[1])) if part else (None, None)
        Closure.objects.create(practitioner=whose[who], first_day=day, last_day=day, starts_at=since, ends_at=until)
    midnight = datetime.combine(facts["day"], time.min, tzinfo=UTC)
    for who, quarters, length in facts["booked"]:
        starts_at = midnight + quarters * QUARTER
        ends_at = starts_at + length * QUARTER
        mine = Appointment.objects.filter(practitioner=people[who])
        if not mine.filter(starts_at__lt=ends_at, ends_at__gt=starts_at).exists():
            make_appointment(starts_at, ends_at=ends_at, practitioner=people[who])
    connection = make_connection()
    for who, start_minute, length in facts["outside"]:
        starts_at = midnight + timedelta(minutes=start_minute)
        block_calendar(connection, starts_at, starts_at + timedelta(minutes=length), practitioner=whose[who])
    return service, people


def can_book(org: Organization, request: BookingRequest) -> int | None:
    """With whom booking makes the appointment, undone at once; None when it refuses."""
    from orgs.actors import Actor

    try:
        with transaction.atomic():
            practitioner_id = _book(org, request, Actor.system(org.pk)).practitioner_id
            transaction.set_rollback(True)
    except SlotRefused:
        return None
    return practitioner_id


def moments(facts: dict[str, Any]) -> Iterator[datetime]:
    midnight = datetime.combine(facts["day"], time.min, tzinfo=ZoneInfo(facts["zone"])).astimezone(UTC)
    yield from (midnight + quarter * QUARTER for quarter in range(-8, 25 * 4 + 8))
    yield from (midnight + timedelta(minutes=minute) for minute in facts["probes"])


@pytest.mark.slow
@pytest.mark.parametrize("named", [False, True], ids=["anybody", "somebody"])
def test_what_is_offered_is_what_can_be_booked(north, named):
    @settings(max_examples=15, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(clinics())
    def check(facts: dict[str, Any]) -> None:
        midnight = datetime.combine(facts["day"], time.min, tzinfo=ZoneInfo(facts["zone"]))
        with (
            time_machine.travel(midnight.astimezone(UTC) + timedelta(hours=facts["now"]), tick=False),
            org_scope(north),
            org_tx(),
        ):
            org = Organization.objects.get(pk=north.pk)
            org.timezone = facts["zone"]
            service, people = furnish(facts)
            practitioner = people[1] if named else None
            around = (facts["day"] - timedelta(days=2), facts["day"] + timedelta(days=2))
            offered = {
                slot.starts_at: slot.practitioner_id
                for slot in find_slots(
                    org=org,
                    first_day=around[0],
                    last_day=around[1],
                    service=service,
                    practitioner=practitioner,
                    limit=None,
                )
            }
            request = {"service": service, "practitioner": practitioner, "patient_name": "Ana Reyes"}
            for moment in {*moments(facts), *offered}:
                booked_with = can_book(org, BookingRequest(starts_at=moment, **request))
                assert booked_with == offered.get(moment), moment.astimezone(org.zone).isoformat()
            transaction.set_rollback(True)

    check()
