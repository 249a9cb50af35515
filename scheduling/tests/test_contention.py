"""Many callers want one slot at the same moment: one gets it, the others hear what else there is."""

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, time, timedelta
from statistics import quantiles
from threading import Barrier
from time import perf_counter
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, connections

from conftest import make_org, make_user
from orgs.models import AuditEntry, Organization
from orgs.scope import org_scope, org_tx
from scheduling.errors import SlotTaken
from scheduling.models import Appointment, AppointmentStatus
from scheduling.tests.factories import book, make_appointment, make_practitioner
from voxanne.clock import now

CALLERS = int(os.environ.get("BOOKING_CALLERS", "500"))
THREADS = int(os.environ.get("BOOKING_THREADS", "40"))


@pytest.fixture
def clinic(transactional_db) -> Organization:
    return make_org("North Clinic", make_user("owner@north.example"))


@pytest.fixture
def slot() -> datetime:
    """Ten o'clock on the next Tuesday but one."""
    today = now().date()
    tuesday = today + timedelta(days=14 - (today.weekday() - 1) % 7)
    return datetime.combine(tuesday, time(10), tzinfo=ZoneInfo("Europe/London"))


def call_at_once(clinic: Organization, starts_at: datetime, *, callers: int = CALLERS, same_phone: bool = False):
    """Each caller's outcome and how long the answer took, in ms; all threads start together."""
    start = Barrier(min(THREADS, callers))

    def worker(numbers: range) -> list[tuple[object, float]]:
        outcomes: list[tuple[object, float]] = []
        try:
            with org_scope(clinic):
                with org_tx(), connection.cursor() as cursor:
                    cursor.execute("SELECT 1")
                start.wait()
                for number in numbers:
                    began = perf_counter()
                    try:
                        phone = "+447700900000" if same_phone else f"+4477009{number:05d}"
                        outcome: object = book(clinic, starts_at, f"Caller {number}", phone=phone)
                    except Exception as error:  # noqa: BLE001 - any other error is what the test looks for
                        outcome = error
                    outcomes.append((outcome, (perf_counter() - began) * 1000))
        finally:
            connections.close_all()
        return outcomes

    shares = [range(first, callers, THREADS) for first in range(min(THREADS, callers))]
    with ThreadPoolExecutor(len(shares)) as pool:
        return [outcome for outcomes in pool.map(worker, shares) for outcome in outcomes]


def standing(clinic: Organization) -> list[Appointment]:
    with org_scope(clinic), org_tx():
        return list(Appointment.objects.all())


@pytest.mark.slow
def test_of_many_callers_at_once_one_gets_the_slot(clinic, slot, capsys):
    outcomes = call_at_once(clinic, slot)

    won = [outcome for outcome, _ in outcomes if isinstance(outcome, Appointment)]
    lost = [outcome for outcome, _ in outcomes if isinstance(outcome, SlotTaken)]
    others = [outcome for outcome, _ in outcomes if not isinstance(outcome, (Appointment, SlotTaken))]
    cuts = quantiles([ms for _, ms in outcomes], n=100)
    with capsys.disabled():
        sys.stdout.write(
            f"\n{CALLERS} bookings of one slot, {THREADS} at once: p50 {cuts[49]:.0f} ms, p95 {cuts[94]:.0f} ms\n"
        )
    assert others == []
    assert (len(won), len(lost)) == (1, CALLERS - 1)
    assert {len(refused.alternatives) for refused in lost} == {3}
    assert [row.pk for row in standing(clinic)] == [won[0].pk]
    with org_scope(clinic), org_tx():
        assert AuditEntry.objects.filter(action="appointment.booked").count() == 1


def test_with_several_practitioners_each_is_booked_once(clinic, slot):
    with org_scope(clinic), org_tx():
        for _ in range(3):
            make_practitioner()

    outcomes = call_at_once(clinic, slot, callers=60)

    assert sum(isinstance(outcome, SlotTaken) for outcome, _ in outcomes) == 56
    assert len({row.practitioner_id for row in standing(clinic)}) == len(standing(clinic)) == 4


def test_one_caller_ringing_many_times_books_once(clinic, slot):
    outcomes = call_at_once(clinic, slot, callers=40, same_phone=True)

    assert sum(isinstance(outcome, Appointment) for outcome, _ in outcomes) == 1
    assert sum(isinstance(outcome, SlotTaken) for outcome, _ in outcomes) == 39


def test_an_expired_hold_gives_way_to_exactly_one(clinic, slot):
    with org_scope(clinic), org_tx():
        make_appointment(slot, status=AppointmentStatus.HELD, held_until=now() - timedelta(seconds=1))

    outcomes = call_at_once(clinic, slot, callers=40)

    assert [type(outcome) for outcome, _ in outcomes if not isinstance(outcome, SlotTaken)] == [Appointment]
    assert [row.status for row in standing(clinic)] == [AppointmentStatus.CONFIRMED]


def test_the_same_request_sent_many_times_at_once_is_one_appointment(clinic, slot):
    with org_scope(clinic), org_tx():
        make_practitioner()

    def send(_: int) -> Appointment:
        try:
            with org_scope(clinic):
                return book(clinic, slot, "Ana Reyes", phone="+447700900123", idempotency_key="call-1:booking")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(send, range(40)))

    assert len({answer.pk for answer in answers}) == 1
    assert len(standing(clinic)) == 1
    with org_scope(clinic), org_tx():
        assert AuditEntry.objects.filter(action="appointment.booked").count() == 1


def test_a_slot_that_somebody_is_slow_to_take_counts_as_taken(clinic, slot):
    def slow_taker(inside: Barrier, done: Barrier) -> None:
        try:
            with org_scope(clinic), org_tx():
                make_appointment(slot)
                inside.wait()
                done.wait()
        finally:
            connections.close_all()

    inside, done = Barrier(2), Barrier(2)
    with ThreadPoolExecutor(1) as pool:
        taking = pool.submit(slow_taker, inside, done)
        inside.wait()
        with org_scope(clinic), org_tx():
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '50ms'")
            with pytest.raises(SlotTaken) as refused:
                book(clinic, slot)
        done.wait()
        taking.result()

    assert len(refused.value.alternatives) == 3
