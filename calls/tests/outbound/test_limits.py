"""When and how often a clinic calls: quiet hours by its own clock, and limits that hold in a crowd."""

import threading
from datetime import UTC, datetime, time, timedelta

import pytest
import time_machine
from django.db import connections

from calls.models import Call, OutboundCall, OutboundPurpose, OutboundState
from calls.outbound.errors import CallUnderWay, ContactCapReached, DailyCapReached, QuietHours, TooManyAtOnce
from calls.outbound.rules import day_began, is_quiet
from orgs.models import Organization
from voxanne.errors import DomainError

pytestmark = pytest.mark.django_db(transaction=True)
TEST_CALL = OutboundPurpose.TEST_CALL


@pytest.mark.parametrize(
    ("clock", "start", "end", "quiet"),
    [
        ("21:00", "20:00", "08:00", True),
        ("20:00", "20:00", "08:00", True),
        ("07:59", "20:00", "08:00", True),
        ("08:00", "20:00", "08:00", False),
        ("12:00", "20:00", "08:00", False),
        ("13:30", "13:00", "14:00", True),
        ("14:00", "13:00", "14:00", False),
        ("03:00", "00:00", "00:00", False),
    ],
)
def test_quiet_hours_may_go_over_midnight(clock, start, end, quiet):
    assert is_quiet(time.fromisoformat(clock), start=time.fromisoformat(start), end=time.fromisoformat(end)) is quiet


@pytest.mark.parametrize(
    ("zone", "moment", "hour_utc"),
    [
        ("Europe/London", datetime(2026, 3, 29, 12, tzinfo=UTC), 0),  # the clocks went forward at 1
        ("Europe/London", datetime(2026, 3, 30, 12, tzinfo=UTC), 23),
        ("America/New_York", datetime(2026, 11, 20, 3, tzinfo=UTC), 5),  # it is still the 19th there
    ],
)
def test_a_day_begins_at_the_clinics_midnight(zone, moment, hour_utc):
    began = day_began(moment, zone=Organization(timezone=zone).zone)

    assert began.astimezone(UTC).hour == hour_utc
    assert timedelta() < moment - began < timedelta(hours=25)


def test_nobody_is_called_in_quiet_hours_but_whoever_asks_for_it(clinic):
    clinic.set_rules(quiet_hours_start="20:00", quiet_hours_end="08:00")
    clinic.change(Organization, {"pk": clinic.org.pk}, timezone="America/New_York")
    clinic.org.timezone = "America/New_York"
    clinic.org.__dict__.pop("zone", None)

    with time_machine.travel(datetime(2026, 11, 20, 2, 30, tzinfo=UTC)):  # 21:30 in New York, 02:30 in London
        with pytest.raises(QuietHours) as refused:
            clinic.call()
        assert clinic.call("test", number="+447700900888", purpose=TEST_CALL).state == OutboundState.PLACED
    assert refused.value.message == "These are quiet hours at the clinic. Calls may go out again from 08:00."
    assert refused.value.http_status == 409

    with time_machine.travel(datetime(2026, 11, 20, 22, 0, tzinfo=UTC)):  # 17:00 there, 22:00 in London
        assert clinic.call().state == OutboundState.PLACED


def test_one_call_to_a_person_at_a_time(clinic):
    clinic.call("first")

    with pytest.raises(CallUnderWay):
        clinic.call("second")
    clinic.end_calls()
    assert clinic.call("second").state == OutboundState.PLACED


def test_a_person_is_called_so_often_a_day_and_no_more(clinic):
    clinic.set_rules(outbound_cap_per_contact=2)
    with time_machine.travel(datetime(2026, 11, 20, 10, tzinfo=UTC), tick=True) as clock:
        for key in ("one", "two"):
            clinic.call(key)
            clinic.end_calls()
        with pytest.raises(ContactCapReached) as refused:
            clinic.call("three")
        assert clinic.call("test", number="07700 900123", purpose=TEST_CALL)
        clinic.end_calls()
        clock.move_to(datetime(2026, 11, 21, 0, 1, tzinfo=UTC))
        assert clinic.call("three").state == OutboundState.PLACED
    assert refused.value.http_status == 429
    assert "called 2 times today" in refused.value.message


def test_what_was_never_placed_does_not_count(clinic):
    clinic.set_rules(outbound_cap_per_contact=1, outbound_cap_per_day=1, outbound_concurrency=1)
    clinic.sandbox.spoil(operation="POST /call", status=400)
    with pytest.raises(DomainError):
        clinic.call("refused")
    clinic.sandbox.heal()

    assert clinic.call("again").state == OutboundState.PLACED


def test_a_clinic_calls_so_often_a_day_and_so_many_at_once(clinic):
    clinic.set_rules(outbound_cap_per_day=3, outbound_concurrency=2)
    clinic.call("1", number="+447700900001")
    clinic.call("2", number="+447700900002")
    with pytest.raises(TooManyAtOnce):
        clinic.call("3", number="+447700900003")
    clinic.end_calls()
    clinic.call("3", number="+447700900003")
    clinic.end_calls()
    with pytest.raises(DailyCapReached):
        clinic.call("4", number="+447700900004", purpose=TEST_CALL)
    assert clinic.asked() == 3


def test_a_call_whose_report_never_came_is_over_some_time_after_the_longest(clinic):
    clinic.set_rules(outbound_concurrency=1)
    clinic.call("lost", number="+447700900001")
    clinic.change(OutboundCall, attempted_at=datetime.now(UTC) - timedelta(minutes=29))
    with pytest.raises(TooManyAtOnce):
        clinic.call("next")
    clinic.change(OutboundCall, attempted_at=datetime.now(UTC) - timedelta(minutes=31))

    assert clinic.call("next").state == OutboundState.PLACED


def crowd(clinic, count, wish):
    """`count` people at once; what each got."""
    start, got = threading.Barrier(count), []

    def ask(number):
        start.wait()
        try:
            got.append(wish(number))
        except DomainError as refused:
            got.append(refused.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return got


@pytest.mark.parametrize(
    ("rules", "code"),
    [
        ({"outbound_concurrency": 3}, "too_many_at_once"),
        ({"outbound_cap_per_day": 3, "outbound_concurrency": 99}, "daily_cap_reached"),
    ],
)
def test_limits_hold_when_many_ask_at_once(clinic, rules, code):
    clinic.set_rules(**rules)
    got = crowd(clinic, 12, lambda number: clinic.call(f"key-{number}", number=f"+4477009001{number:02d}").state.value)

    assert sorted(got) == sorted(["placed"] * 3 + [code] * 9)
    assert clinic.asked() == len(clinic.rows(Call)) == 3


def test_two_people_who_call_the_same_patient_at_once_ring_them_once(clinic):
    got = crowd(clinic, 8, lambda number: clinic.call(f"key-{number}").state.value)

    assert sorted(got) == sorted(["placed"] + ["call_under_way"] * 7)
    assert clinic.asked() == 1
