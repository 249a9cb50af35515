"""A month's availability in a busy clinic: few queries, short, and by an index under row-level security."""

import re
import sys
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from statistics import median
from time import perf_counter
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from psycopg.types.range import TimestamptzRange

from contacts.tests.factories import make_service
from scheduling.availability import find_slots
from scheduling.models import Appointment, AppointmentSource, CalendarBusyBlock, Practitioner
from scheduling.references import new_reference
from scheduling.tests.factories import close, make_connection, make_practitioner
from voxanne.tests.planner import believed

LONDON = ZoneInfo("Europe/London")
MONDAY_MORNING = datetime(2026, 11, 23, 8, tzinfo=LONDON)
APPOINTMENTS, PRACTITIONERS, DAYS = 5000, 5, 30
QUARTERS = 36
OUTSIDE_EVENTS = 2000


def fill(people: list[Practitioner], count: int) -> None:
    """Quarter-hour visits from nine on every day of the month, for everybody, until `count` are made."""
    references: set[str] = set()
    while len(references) < count:
        references.add(new_reference())
    places = ((day, quarter, person) for day in range(DAYS) for quarter in range(QUARTERS) for person in people)
    rows = []
    for reference, (day, quarter, person) in zip(sorted(references), places, strict=False):
        starts_at = datetime.combine((MONDAY_MORNING + timedelta(days=day)).date(), time(9), tzinfo=LONDON)
        starts_at += timedelta(minutes=15 * quarter)
        ends_at = starts_at + timedelta(minutes=15)
        rows.append(
            Appointment(
                practitioner=person, starts_at=starts_at, ends_at=ends_at, reference=reference,
                blocked=TimestamptzRange(starts_at, ends_at, "[)"), time_zone="Europe/London",
                source=AppointmentSource.STAFF,
            )
        )  # fmt: skip
    Appointment.objects.bulk_create(rows, batch_size=500)


def fill_calendars(people: list[Practitioner], count: int) -> None:
    """Ten minutes at a time, in the afternoons and evenings of the month: some everybody's, most of one person."""
    connection = make_connection()
    rows = []
    for number in range(count):
        day, slot = divmod(number, count // DAYS + 1)
        starts_at = datetime.combine((MONDAY_MORNING + timedelta(days=day)).date(), time(15), tzinfo=LONDON)
        starts_at += timedelta(minutes=7 * slot)
        rows.append(
            CalendarBusyBlock(
                connection=connection, event_id=f"event{number}", starts_at=starts_at,
                ends_at=starts_at + timedelta(minutes=10),
                practitioner=None if number % 4 == 0 else people[number % len(people)],
            )
        )  # fmt: skip
    CalendarBusyBlock.objects.bulk_create(rows, batch_size=500)


@contextmanager
def clinic_with(working_for, north, *, appointments: int, outside_events: int):
    with time_machine.travel(MONDAY_MORNING, tick=False), working_for(north):
        people = [Practitioner.objects.get(), *(make_practitioner() for _ in range(PRACTITIONERS - 1))]
        fill(people, appointments)
        fill_calendars(people, outside_events)
        close(MONDAY_MORNING.date() + timedelta(days=3), part=("12:00", "13:00"))
        yield north


@pytest.fixture
def busy_clinic(north, working_for):
    with clinic_with(working_for, north, appointments=APPOINTMENTS, outside_events=OUTSIDE_EVENTS) as clinic:
        yield clinic


@pytest.fixture
def believed_busy(north, working_for):
    """A clinic of a few visits, of which the planner believes that all of a busy month's rows are its own."""
    days = [(MONDAY_MORNING + timedelta(days=day)).isoformat() for day in range(DAYS + 1)]
    columns = {"org_id": (1, []), "starts_at": (-1, days), "ends_at": (-1, days)}
    with (
        clinic_with(working_for, north, appointments=200, outside_events=100) as clinic,
        believed({"appointments": (APPOINTMENTS, columns), "calendar_busy_blocks": (OUTSIDE_EVENTS, columns)}),
    ):
        yield clinic


@pytest.mark.serial
@pytest.mark.slow
def test_a_month_in_a_clinic_with_five_thousand_appointments(busy_clinic, capsys):
    service = make_service(slot_step_minutes=15)
    first = MONDAY_MORNING.date()
    month = {"org": busy_clinic, "first_day": first, "last_day": first + timedelta(days=DAYS - 1), "service": service}
    for limit in (5, None):
        took = []
        for _ in range(15):
            began = perf_counter()
            slots = find_slots(**month, limit=limit)
            took.append((perf_counter() - began) * 1000)
        with CaptureQueriesContext(connection) as queries:
            find_slots(**month)

        with capsys.disabled():
            sys.stdout.write(
                f"\n{DAYS} days, {APPOINTMENTS} appointments, {OUTSIDE_EVENTS} outside events, "
                f"{PRACTITIONERS} practitioners, {len(slots)} slots: "
                f"median {median(took):.1f} ms, worst {max(took):.1f} ms, {len(queries)} queries\n"
            )
        assert slots
        assert len(queries) == 5
        assert min(took) < 50  # the others tell how busy the machine is


def test_what_blocks_a_day_is_found_by_index_and_scalar_times(believed_busy):
    """Range operators are not leakproof: under row-level security they would reach no index."""
    read, plan = explain_a_day(believed_busy, "appointments")

    assert '"starts_at" >' in read
    assert "&&" not in read
    assert re.search(r"Index Cond: .*\(starts_at [<>]", plan), plan


def test_outside_events_of_a_day_are_found_by_index_and_scalar_times(believed_busy):
    read, plan = explain_a_day(believed_busy, "calendar_busy_blocks")

    assert '"ends_at" >' in read
    assert re.search(r"calendar_busy_blocks_org_time .*\n.*Index Cond: .*\(ends_at >", plan), plan


def explain_a_day(org, table):
    """What availability on a day late in the month asks of a table, and how PostgreSQL would find it."""
    day = MONDAY_MORNING.date() + timedelta(days=DAYS - 2)
    with CaptureQueriesContext(connection) as queries:
        find_slots(org=org, first_day=day, last_day=day)
    read = next(query["sql"] for query in queries if f'FROM "{table}"' in query["sql"])
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {read}")
        return read, "\n".join(row[0] for row in cursor.fetchall())
