"""Wishes in the caller's own words, times of day, and the slot that is kept while the caller spells their name."""

from datetime import UTC, datetime

import pytest
import time_machine

from calls.tests.test_tools import ask, content
from scheduling.models import Appointment, AppointmentStatus

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _friday():
    with time_machine.travel(datetime(2026, 11, 20, 9, 0, tzinfo=UTC), tick=True):
        yield


def starts(answer):
    return [slot["start"][:16] for slot in content(answer)["slots"]]


def test_the_callers_own_words_name_the_day(line):
    answer = ask(line, "checkAvailability", {"date": "next Tuesday afternoon", "service": "Botox"})
    assert starts(answer)[0] == "2026-11-24T12:00"
    assert "Tuesday 24 November at 12 noon" in answer["speech"]


def test_a_time_of_day_is_offered_when_it_is_free(line):
    answer = ask(line, "checkAvailability", {"date": "Tuesday", "timePreference": "half two", "service": "Botox"})
    assert starts(answer) == ["2026-11-24T14:30"]
    assert answer["speech"] == "Yes, I have Tuesday 24 November at 2:30 pm."


def test_of_a_time_that_is_not_free_the_nearest_are_offered(line):
    ask(line, "bookClinicAppointment", {"start": "Tuesday at half two", "service": "Botox", "name": "Ben Okoye"})
    answer = ask(line, "checkAvailability", {"date": "Tuesday at half two", "service": "Botox"}, tool_call_id="t2")
    assert answer["speech"].startswith("Nothing is free at 2:30 pm. The nearest is Tuesday 24 November at ")
    assert "2026-11-24T14:30" not in starts(answer)
    assert len(starts(answer)) == 3


def test_a_weekday_that_does_not_go_with_its_date_is_asked_about(line):
    answer = ask(line, "checkAvailability", {"date": "Monday 24 November"})
    assert "24 November 2026 is a Tuesday" in answer["speech"]


def test_a_booking_may_name_its_start_in_words(line):
    answer = ask(line, "bookClinicAppointment", {"start": "a week on Tuesday at 10am", "name": "Ana Reyes"})
    assert content(answer)["start"] == "2026-12-01T10:00+00:00"


@pytest.mark.parametrize("start", ["Tuesday", "next week at ten", "31 February at ten"])
def test_a_booking_without_one_day_and_a_time_is_asked_about(line, start):
    answer = ask(line, "bookClinicAppointment", {"start": start, "name": "Ana Reyes"})
    assert content(answer)["code"] == "bad_date"


def test_a_picked_time_is_kept_for_the_caller_alone(line, working_for):
    wish = {"hold": "2026-11-24T10:00+00:00", "service": "Botox"}
    kept = ask(line, "checkAvailability", wish)
    assert "kept for two minutes" in kept["speech"]

    other = ask(line, "checkAvailability", wish, call_id="c2")
    assert "just gone" in other["speech"]
    booking = {"start": "2026-11-24T10:00", "service": "Botox", "name": "Ana Reyes"}
    refused = ask(line, "bookClinicAppointment", booking, call_id="c2", tool_call_id="t2")
    assert content(refused)["code"] == "slot_taken"
    assert content(ask(line, "bookClinicAppointment", booking, tool_call_id="t2"))["success"]
    with working_for(line.org):
        assert [row.status for row in Appointment.objects.all()] == [AppointmentStatus.CONFIRMED]
