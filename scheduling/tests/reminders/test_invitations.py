"""The calendar file of a visit: any calendar reads back what was put in."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from scheduling.reminders.invitations import Invitation, Method

ZONES = st.sampled_from(["Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"])
MOMENTS = st.integers(29_000_000, 30_500_000).map(lambda minute: datetime.fromtimestamp(minute * 60, UTC))
WORDS = st.text(min_size=1, max_size=120)


def invitation(**facts: object) -> Invitation:
    start = datetime(2026, 7, 7, 9, 30, tzinfo=UTC)
    usual = {
        "uid": "v1@appointments.voxanne", "sequence": 0, "starts_at": start, "ends_at": start + timedelta(minutes=30),
        "zone": ZoneInfo("Europe/London"), "title": "Appointment at North Clinic", "clinic": "North Clinic",
    }  # fmt: skip
    return Invitation(**{**usual, **facts})


def read(ics: str):
    calendar = Calendar.from_ical(ics)
    (event,) = calendar.walk("VEVENT")
    return calendar, event


def expected(text: str) -> str:
    """What a calendar can hold of a text."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(char for char in lines if char == "\n" or not (ord(char) < 32 or char in "\x7f\x85\u2028\u2029"))


@given(MOMENTS, ZONES, st.tuples(WORDS, WORDS, WORDS), st.integers(0, 10**6), st.booleans())
def test_what_is_written_is_read_back(start, zone, words, sequence, is_cancelled):
    title, clinic, place = words
    written = invitation(
        starts_at=start, ends_at=start + timedelta(minutes=45), zone=ZoneInfo(zone), title=title, clinic=clinic,
        place=place, description=title, sequence=sequence, is_cancelled=is_cancelled,
        organizer="desk@north.example", attendee="ana@example.com",
    ).to_ics()  # fmt: skip
    calendar, event = read(written)

    assert (event.start.astimezone(UTC), event.end.astimezone(UTC)) == (start, start + timedelta(minutes=45))
    assert event["uid"] == "v1@appointments.voxanne"
    assert event["sequence"] == sequence
    assert event["summary"] == expected(title)
    assert event.get("location", "") == expected(place)
    assert calendar["method"] == ("CANCEL" if is_cancelled else "REQUEST")
    assert event["organizer"] == "mailto:desk@north.example"


@given(WORDS)
def test_lines_end_and_fold_as_the_standard_says(title):
    written = invitation(title=title, description=title * 3, place=title).to_ics()

    assert written.endswith("\r\n")
    assert "\n" not in written.replace("\r\n", "")
    assert max(len(line.encode()) for line in written.split("\r\n")) <= 75


def test_the_clock_is_the_clinics_with_its_rules_in_the_file():
    calendar, event = read(invitation().to_ics())

    assert str(event["dtstart"].params["TZID"]) == "Europe/London"
    assert event.start.hour == 10  # half past nine in UTC is half past ten in a British summer
    assert [zone["tzid"] for zone in calendar.walk("VTIMEZONE")] == ["Europe/London"]
    assert event["dtstamp"].dt.tzinfo is not None


@pytest.mark.parametrize(
    ("facts", "method"),
    [
        ({}, Method.PUBLISH),
        ({"organizer": "desk@north.example", "attendee": "ana@example.com"}, Method.REQUEST),
        ({"is_cancelled": True}, Method.CANCEL),
    ],
)
def test_a_calendar_is_asked_to_do_what_fits(facts, method):
    made = invitation(**facts).to_attachment()

    assert made.content_type == f"text/calendar; method={method.value}; charset=utf-8"
    assert f"METHOD:{method.value}\r\n" in made.content
    assert ("STATUS:CANCELLED" in made.content) is (method is Method.CANCEL)
