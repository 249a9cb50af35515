"""What is offered: hours, closures, notice, horizon, parts of the day, several practitioners, changing clocks."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from contacts.tests.factories import make_service
from scheduling.availability import find_slots, get_slots, nearest_slots
from scheduling.errors import ClinicClosed, FullyBooked, InThePast, TooFarAhead
from scheduling.models import Practitioner
from scheduling.tests.factories import close, let_do, make_appointment, make_practitioner, set_hours
from scheduling.types import PartOfDay

LONDON, NEW_YORK = ZoneInfo("Europe/London"), ZoneInfo("America/New_York")
FRIDAY_MORNING = datetime(2026, 11, 20, 9, tzinfo=LONDON)
TUESDAY = date(2026, 11, 24)
SPRING, AUTUMN = date(2027, 3, 28), date(2027, 10, 31)  # Sundays in London


@pytest.fixture(autouse=True)
def _friday():
    with time_machine.travel(FRIDAY_MORNING, tick=False):
        yield


@pytest.fixture
def clinic(north, working_for):
    with working_for(north):
        yield north


def times(org, first, last=None, *, zone=LONDON, **wish):
    slots = find_slots(org=org, first_day=first, last_day=last or first, limit=None, **wish)
    return [slot.starts_at.astimezone(zone).strftime("%H:%M") for slot in slots]


def test_a_free_day_is_offered_from_opening_to_the_last_visit_that_fits(clinic):
    offered = times(clinic, TUESDAY)
    assert (offered[0], offered[-1], len(offered)) == ("09:00", "16:30", 16)


def test_the_first_five_are_enough_for_the_phone(clinic):
    slots = find_slots(org=clinic, first_day=TUESDAY, last_day=TUESDAY + timedelta(days=3))
    assert [slot.starts_at.hour for slot in slots] == [9, 9, 10, 10, 11]
    assert {slot.practitioner_name for slot in slots} == {"Clinic team"}
    assert slots[0].ends_at - slots[0].starts_at == timedelta(minutes=30)


def test_weekends_are_closed(clinic):
    assert times(clinic, date(2026, 11, 21), date(2026, 11, 22)) == []


def test_several_intervals_leave_lunch_free_and_touching_ones_are_one(clinic):
    set_hours((1, "09:00", "10:30"), (1, "14:00", "15:00"), (1, "15:00", "16:00"))
    hour = make_service(duration_minutes=60, slot_step_minutes=30)
    assert times(clinic, TUESDAY, service=hour) == ["09:00", "09:30", "14:00", "14:30", "15:00"]


def test_hours_may_reach_to_midnight(clinic):
    set_hours((1, "22:30", "00:00"))
    assert times(clinic, TUESDAY) == ["22:30", "23:00", "23:30"]


def test_a_step_counts_from_the_opening(clinic):
    set_hours((1, "09:10", "10:30"))
    assert times(clinic, TUESDAY, service=make_service(slot_step_minutes=20, duration_minutes=25)) == [
        "09:10", "09:30", "09:50",
    ]  # fmt: skip


def test_closures(clinic):
    close(TUESDAY)
    close(TUESDAY + timedelta(days=1), TUESDAY + timedelta(days=2), part=("09:15", "16:00"))
    assert times(clinic, TUESDAY) == []
    assert times(clinic, TUESDAY + timedelta(days=1)) == ["16:00", "16:30"]
    assert times(clinic, TUESDAY + timedelta(days=2)) == ["16:00", "16:30"]
    assert len(times(clinic, TUESDAY + timedelta(days=3))) == 16


def test_a_colleague_on_leave_does_not_close_the_clinic(clinic):
    osei = make_practitioner(name="Dr Osei")
    close(TUESDAY, practitioner=Practitioner.objects.earliest("id"))
    slots = find_slots(org=clinic, first_day=TUESDAY, last_day=TUESDAY)
    assert {slot.practitioner_id for slot in slots} == {osei.pk}


def test_own_hours_replace_the_clinics(clinic):
    osei = make_practitioner(name="Dr Osei")
    set_hours((1, "17:00", "18:00"), practitioner=osei)
    assert times(clinic, TUESDAY, practitioner=osei) == ["17:00", "17:30"]
    assert times(clinic, TUESDAY)[-2:] == ["17:00", "17:30"]
    assert times(clinic, TUESDAY + timedelta(days=1), practitioner=osei) == []


def test_a_start_is_offered_once_however_many_could_do_it(clinic):
    make_practitioner(name="Dr Osei")
    offered = times(clinic, TUESDAY)
    assert len(offered) == len(set(offered)) == 16


def test_only_those_who_can_do_a_service_are_offered(clinic):
    osei, service = make_practitioner(name="Dr Osei"), make_service()
    let_do(osei, service)
    slots = find_slots(org=clinic, first_day=TUESDAY, last_day=TUESDAY, service=service)
    assert {slot.practitioner_id for slot in slots} == {osei.pk}


def test_notice_and_horizon(clinic):
    today = FRIDAY_MORNING.date()
    service = make_service(minimum_notice_minutes=240, horizon_days=3)
    assert times(clinic, today, service=service)[0] == "13:00"
    assert times(clinic, today, service=make_service(minimum_notice_minutes=0))[0] == "09:00"
    assert len(times(clinic, today, today + timedelta(days=30), service=service)) == 8 + 16


@pytest.mark.parametrize(
    ("part", "first", "last"),
    [
        (PartOfDay.MORNING, "09:00", "11:30"),
        (PartOfDay.AFTERNOON, "12:00", "16:30"),
        (PartOfDay.EVENING, "17:00", "18:30"),
    ],
)
def test_parts_of_the_day(clinic, part, first, last):
    set_hours((1, "09:00", "19:00"))
    offered = times(clinic, TUESDAY, part_of_day=part)
    assert (offered[0], offered[-1]) == (first, last)


@pytest.mark.parametrize(
    "days", [(date.min, date.max), (date.max, date.min), (date.min, date.min), (date.max, date.max)]
)
def test_days_out_of_this_world_are_harmless(clinic, days):
    assert isinstance(find_slots(org=clinic, first_day=days[0], last_day=days[1]), list)


def test_london_in_spring_has_no_phantom_hour(clinic):
    set_hours((6, "00:00", "04:00"))
    service = make_service(horizon_days=400)
    assert times(clinic, SPRING, service=service) == ["00:00", "00:30", "02:00", "02:30", "03:00", "03:30"]


def test_london_in_autumn_has_no_double_hour(clinic):
    set_hours((6, "00:00", "04:00"))
    slots = find_slots(
        org=clinic, first_day=AUTUMN, last_day=AUTUMN, service=make_service(horizon_days=400), limit=None
    )
    local = [slot.starts_at.astimezone(LONDON) for slot in slots]
    assert [f"{moment:%H:%M %Z}" for moment in local] == [
        "00:00 BST", "00:30 BST", "01:00 BST", "01:30 BST", "02:00 GMT", "02:30 GMT", "03:00 GMT", "03:30 GMT",
    ]  # fmt: skip


def test_new_york_keeps_its_own_clock(clinic):
    clinic.timezone = "America/New_York"
    set_hours((6, "01:00", "04:00"))
    service = make_service(horizon_days=400)
    assert times(clinic, date(2027, 3, 14), service=service, zone=NEW_YORK) == ["01:00", "01:30", "03:00", "03:30"]
    assert times(clinic, date(2027, 11, 7), service=service, zone=NEW_YORK) == [
        "01:00", "01:30", "02:00", "02:30", "03:00", "03:30",
    ]  # fmt: skip


def test_opening_hours_stay_the_same_across_a_change(clinic):
    service = make_service(horizon_days=400)
    for day in (date(2027, 3, 26), date(2027, 3, 29), date(2027, 10, 29), date(2027, 11, 1)):
        assert times(clinic, day, service=service)[0] == "09:00"


@pytest.mark.parametrize(
    ("first", "last", "error", "says"),
    [
        (date(2025, 11, 24), date(2025, 11, 24), InThePast, "Today is Friday 20 November 2026"),
        (date(2028, 1, 1), date(2028, 1, 2), TooFarAhead, "until Thursday 18 February 2027"),
        (date(2026, 11, 22), date(2026, 11, 22), ClinicClosed, "closed on Sunday 22 November"),
        (date(2026, 11, 21), date(2026, 11, 22), ClinicClosed, "closed on those days"),
        (TUESDAY, TUESDAY, FullyBooked, "Nothing is free then"),
        (date.min, date.min, InThePast, "Today is"),
        (date.max, date.max, TooFarAhead, "until"),
    ],
)
def test_nothing_is_explained_and_something_else_offered(clinic, first, last, error, says):
    nine = datetime(2026, 11, 24, 9, tzinfo=LONDON)
    for half_hour in range(16):
        make_appointment(nine + timedelta(minutes=30 * half_hour))

    with pytest.raises(error, match=says) as refused:
        get_slots(org=clinic, first_day=first, last_day=last)

    assert len(refused.value.alternatives) == 3


def test_the_nearest_lie_on_either_side_and_are_said_in_order(clinic):
    close(TUESDAY, part=("11:00", "14:00"))
    slots = nearest_slots(org=clinic, around=datetime(2026, 11, 24, 12, tzinfo=LONDON))
    assert [f"{slot.starts_at:%H:%M}" for slot in slots] == ["10:00", "10:30", "14:00"]


def test_the_nearest_may_be_far_away(clinic):
    close(date(2026, 11, 1), date(2027, 1, 31))
    slots = nearest_slots(org=clinic, around=datetime(2026, 11, 24, 12, tzinfo=LONDON))
    assert {slot.starts_at.date() for slot in slots} == {date(2027, 2, 1)}


def test_five_queries_whatever_there_is_to_read(clinic, django_assert_num_queries):
    for number in range(6):
        make_appointment(
            datetime(2026, 11, 24 + number % 3, 9 + number, tzinfo=LONDON), practitioner=make_practitioner()
        )
        close(TUESDAY + timedelta(days=number), part=("12:00", "13:00"))
    with django_assert_num_queries(5):
        find_slots(org=clinic, first_day=TUESDAY, last_day=TUESDAY + timedelta(days=30), service=None, limit=None)
