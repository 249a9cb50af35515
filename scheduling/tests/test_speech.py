"""Times as they are said on the phone."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from scheduling.speech import (
    say_choice,
    say_day,
    say_full_day,
    say_length,
    say_moment,
    say_reference,
    say_slot,
    say_slots,
    say_time,
)  # fmt: skip
from scheduling.types import Slot

LONDON = ZoneInfo("Europe/London")


@pytest.fixture(autouse=True)
def _november():
    with time_machine.travel(datetime(2026, 11, 20, 9, tzinfo=LONDON), tick=False):
        yield


def slot(text: str) -> Slot:
    starts_at = datetime.fromisoformat(text)
    return Slot(starts_at=starts_at, ends_at=starts_at + timedelta(minutes=30), practitioner_id=1, practitioner_name="")


@pytest.mark.parametrize(
    ("time", "said"),
    [
        ("00:00", "midnight"),
        ("00:30", "12:30 am"),
        ("09:00", "9 am"),
        ("11:05", "11:05 am"),
        ("12:00", "12 noon"),
        ("12:30", "12:30 pm"),
        ("14:30", "2:30 pm"),
        ("23:45", "11:45 pm"),
    ],
)
def test_times_of_day(time, said):
    assert say_time(datetime.fromisoformat(f"2026-11-24T{time}+00:00")) == said


def test_a_slot_is_said_in_the_clinics_zone():
    assert say_slot(slot("2026-11-24T10:00+00:00"), LONDON) == "Tuesday 24 November at 10 am"
    assert say_slot(slot("2026-11-24T03:30+00:00"), ZoneInfo("America/New_York")) == "Monday 23 November at 10:30 pm"


def test_another_year_is_said():
    assert say_moment(datetime.fromisoformat("2027-01-04T14:30+00:00"), LONDON) == "Monday 4 January 2027 at 2:30 pm"
    assert say_day(date(2027, 1, 4)) == "Monday 4 January"
    assert say_full_day(date(2026, 11, 20)) == "Friday 20 November 2026"


def test_several_slots_are_said_by_day():
    slots = [
        slot(f"2026-11-{day}T{time}+00:00")
        for day, time in [(25, "14:00"), (24, "10:00"), (24, "09:00"), (24, "09:30")]
    ]
    assert say_slots(slots, LONDON) == (
        "Tuesday 24 November at 9 am, 9:30 am or 10 am, or Wednesday 25 November at 2 pm"
    )
    assert say_slots([], LONDON) == ""


def test_small_words():
    assert say_choice(["9 am"]) == "9 am"
    assert say_reference("KW4827") == "K W 4 8 2 7"
    assert [say_length(minutes * 60) for minutes in (1, 30, 60, 90, 120, 1440, 2880)] == [
        "1 minute's", "30 minutes'", "1 hour's", "90 minutes'", "2 hours'", "1 day's", "2 days'",
    ]  # fmt: skip
