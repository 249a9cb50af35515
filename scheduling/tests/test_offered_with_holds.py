"""Availability is exact with holds in the diary, and for appointments that move: offered is bookable, both ways.

The clinics are those of `test_offered_is_bookable`; here calls hold slots in them as well (the caller's own, others',
ended ones), and one appointment is to go elsewhere. The oracle is again what booking and moving accept.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from contacts.models import Service
from orgs.actors import Actor
from orgs.models import Organization
from orgs.scope import org_scope, org_tx
from scheduling.availability import find_slots
from scheduling.changing import Move, _move
from scheduling.diary_reader import Reading, read_diary
from scheduling.errors import SlotRefused
from scheduling.models import Appointment, AppointmentStatus, Practitioner, SchedulingSettings
from scheduling.tests.factories import make_appointment, make_call
from scheduling.tests.test_offered_is_bookable import QUARTER, can_book, clinics, furnish
from scheduling.types import BookingRequest
from voxanne.clock import now

HOUR = timedelta(hours=1)
OPTIONS: dict[str, Any] = {
    "deadline": None,
    "derandomize": True,
    "database": None,
    "suppress_health_check": list(HealthCheck),
    "phases": [Phase.explicit, Phase.reuse, Phase.generate],  # what fails is small enough to be read as it is
}
# Which practitioner, since when and for how long (in quarters), whose call, and whether it has ended.
holds = st.lists(
    st.tuples(
        st.integers(0, 1), st.integers(-20, 120), st.integers(1, 8), st.sampled_from(["own", "other"]), st.booleans()
    ),
    min_size=1,
    max_size=10,
)


@contextmanager
def clinic_of(north: Organization, facts: dict[str, Any]) -> Iterator[tuple[Organization, Service, list[Practitioner]]]:
    """The clinic that the facts describe, at the moment that they name; undone afterwards."""
    midnight = datetime.combine(facts["day"], time.min, tzinfo=ZoneInfo(facts["zone"]))
    moment = midnight.astimezone(UTC) + timedelta(hours=facts["now"])
    with time_machine.travel(moment, tick=False), org_scope(north), org_tx():
        org = Organization.objects.get(pk=north.pk)
        org.timezone = facts["zone"]
        yield org, *furnish(facts)
        transaction.set_rollback(True)


def put_holds(wanted: list[Any], facts: dict[str, Any], people: list[Practitioner], calls: dict[str, UUID]) -> None:
    """Hold what the facts say; what collides is left out."""
    midnight = datetime.combine(facts["day"], time.min, tzinfo=UTC)
    for who, quarters, length, whose, has_ended in wanted:
        starts_at = midnight + quarters * QUARTER
        ends_at = starts_at + length * QUARTER
        mine = Appointment.objects.filter(practitioner=people[who])
        if not mine.filter(starts_at__lt=ends_at, ends_at__gt=starts_at).exists():
            make_appointment(
                starts_at,
                ends_at=ends_at,
                practitioner=people[who],
                status=AppointmentStatus.HELD,
                held_until=now() + timedelta(seconds=-1 if has_ended else 60),
                call_id=calls[whose],
            )


def moments(facts: dict[str, Any], offered: set[datetime]) -> set[datetime]:
    """Every hour of the day and its edges, what is offered, and what lies a little beside that."""
    midnight = datetime.combine(facts["day"], time.min, tzinfo=ZoneInfo(facts["zone"])).astimezone(UTC)
    beside = {moment + QUARTER for moment in list(offered)[:6]}
    probes = {midnight + timedelta(minutes=minute) for minute in facts["probes"]}
    return {*(midnight + step * HOUR for step in range(-2, 27)), *offered, *beside, *probes}


@pytest.mark.slow
def test_with_holds_what_is_offered_to_a_call_is_what_it_can_book(north):
    @settings(max_examples=8, **OPTIONS)
    @given(clinics(), holds, st.sampled_from(["own", "other", None]))
    def check(facts: dict[str, Any], held: list[Any], asking: str | None) -> None:
        with clinic_of(north, facts) as (org, service, people):
            calls = {"own": make_call(), "other": make_call()}
            put_holds(held, facts, people, calls)
            call_id = calls[asking] if asking else None
            around = {
                "first_day": facts["day"] - timedelta(days=2),
                "last_day": facts["day"] + timedelta(days=2),
            }
            slots = find_slots(org=org, service=service, limit=None, for_call=call_id, **around)
            offered = {slot.starts_at: slot.practitioner_id for slot in slots}
            for moment in moments(facts, set(offered)):
                request = BookingRequest(starts_at=moment, service=service, patient_name="Ana Reyes", call_id=call_id)
                assert can_book(org, request) == offered.get(moment), moment.astimezone(org.zone).isoformat()

    check()


def can_move(org: Organization, visit: Appointment, starts_at: datetime) -> bool:
    """Whether a caller's appointment goes there, undone at once."""
    try:
        with transaction.atomic():
            moved = _move(org, Move(visit.pk, starts_at, by_caller=True), Actor.system(org.pk))
            assert moved.starts_at == starts_at
            transaction.set_rollback(True)
    except SlotRefused:
        return False
    return True


@pytest.mark.slow
def test_where_an_appointment_can_go_is_what_is_free_without_it(north):
    @settings(max_examples=8, **OPTIONS)
    @given(clinics(), holds, st.integers(1, 160), st.integers(0, 1))
    def check(facts: dict[str, Any], held: list[Any], ahead: int, who: int) -> None:
        with clinic_of(north, facts) as (org, service, people):
            SchedulingSettings.objects.update_or_create(defaults={"change_notice_minutes": 0})
            starts_at = now() + ahead * QUARTER
            ends_at = starts_at + timedelta(minutes=service.duration_minutes)
            mine = Appointment.objects.filter(practitioner=people[who])
            mine.filter(starts_at__lt=ends_at, ends_at__gt=starts_at).delete()
            visit = make_appointment(starts_at, ends_at=ends_at, practitioner=people[who], service=service)
            put_holds(held, facts, people, {"own": make_call(), "other": make_call()})
            first, last = facts["day"] - timedelta(days=2), facts["day"] + timedelta(days=2)
            diary = read_diary(
                org=org, service=service, first_day=first, last_day=last, reading=Reading(ignoring=visit.pk)
            )
            offered = {slot.starts_at for slot in diary.slots(first, last)}
            for moment in moments(facts, offered) - {starts_at}:  # staying is no move
                assert can_move(org, visit, moment) is (moment in offered), moment.astimezone(org.zone).isoformat()

    check()


def test_a_hold_that_has_ended_keeps_nobody_from_moving_there(north, working_for):
    with working_for(north), time_machine.travel(datetime(2026, 11, 20, 9, tzinfo=UTC), tick=False):
        start = datetime(2026, 11, 24, 10, tzinfo=UTC)
        visit = make_appointment(start)
        make_appointment(
            start + HOUR, status=AppointmentStatus.HELD, held_until=now() - timedelta(seconds=1), call_id=make_call()
        )
        assert can_move(north, visit, start + HOUR)
