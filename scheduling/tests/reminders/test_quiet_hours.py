"""Reminders keep out of quiet hours by the clinic's clock, also when that is put forward or back."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.reminders.quiet_hours import MARGIN, QuietHours

LONDON = ZoneInfo("Europe/London")
ZONES = st.sampled_from(["Europe/London", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo", "Asia/Kathmandu"])
MOMENTS = st.integers(1_735_689_600, 1_830_000_000).map(lambda at: datetime.fromtimestamp(at, UTC))
NIGHT = QuietHours(since=time(20), until=time(8), zone=LONDON)


def london(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LONDON)


@pytest.mark.parametrize(
    ("wanted", "goes"),
    [
        ("2026-11-24T19:59", "2026-11-24T19:59"),
        ("2026-11-24T20:00", "2026-11-24T19:50"),
        ("2026-11-24T23:30", "2026-11-24T19:50"),
        ("2026-11-25T06:30", "2026-11-24T19:50"),
        ("2026-11-25T08:00", "2026-11-25T08:00"),
        ("2026-03-29T02:30", "2026-03-28T19:50"),  # a time that the clock skips
        ("2026-10-25T01:30", "2026-10-24T19:50"),  # a time that it shows twice
    ],
)
def test_what_lies_in_the_night_goes_out_the_evening_before(wanted, goes):
    assert NIGHT.move_before(london(wanted)) == london(goes)


def test_hours_within_one_day_and_none_at_all():
    siesta = QuietHours(since=time(13), until=time(15), zone=LONDON)
    assert siesta.move_before(london("2026-11-24T14:00")) == london("2026-11-24T12:50")
    assert siesta.move_before(london("2026-11-24T15:00")) == london("2026-11-24T15:00")
    never = QuietHours(since=time(9), until=time(9), zone=LONDON)
    assert never.move_before(london("2026-11-24T09:00")) == london("2026-11-24T09:00")


@given(MOMENTS, ZONES, st.integers(17, 23), st.integers(5, 10))
def test_nothing_ever_goes_out_in_them_or_late(moment, zone, since, until):
    quiet = QuietHours(since=time(since), until=time(until), zone=ZoneInfo(zone))
    goes = quiet.move_before(moment)

    assert goes <= moment
    assert not quiet.encloses(goes)
    assert goes == moment or not quiet.encloses(goes + MARGIN - timedelta(minutes=1))
    assert moment - goes <= timedelta(hours=19)
    assert quiet.move_before(goes) == goes
