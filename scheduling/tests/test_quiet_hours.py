"""Quiet hours, by the clinic's clock."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.quiet_hours import is_quiet, quiet_until

LONDON = ZoneInfo("Europe/London")
EVENING, MORNING = time(20), time(8)


@pytest.mark.parametrize(
    ("at", "until"),
    [
        ("2026-11-24T19:59+00:00", None),
        ("2026-11-24T20:00+00:00", "2026-11-25T08:00+00:00"),
        ("2026-11-25T07:59+00:00", "2026-11-25T08:00+00:00"),
        ("2026-11-25T08:00+00:00", None),
        ("2026-03-28T22:00+00:00", "2026-03-29T07:00+00:00"),  # the clocks go forward that night
        ("2026-10-24T21:00+00:00", "2026-10-25T08:00+00:00"),  # and back
    ],
)
def test_they_end_at_the_clinics_own_time(at, until):
    found = quiet_until(datetime.fromisoformat(at), start=EVENING, end=MORNING, zone=LONDON)
    assert found == (datetime.fromisoformat(until) if until else None)


def test_an_end_that_the_clocks_skip_is_the_moment_of_the_change():
    at = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
    assert quiet_until(at, start=EVENING, end=time(1, 30), zone=LONDON) == datetime(2026, 3, 29, 1, tzinfo=UTC)


def test_equal_times_are_no_quiet_hours():
    assert quiet_until(datetime(2026, 11, 24, 23, tzinfo=UTC), start=MORNING, end=MORNING, zone=LONDON) is None


moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)).map(lambda moment: moment.replace(tzinfo=UTC))  # noqa: DTZ001 - hypothesis wants naive bounds
clocks = st.times().map(lambda clock: clock.replace(second=0, microsecond=0))


@given(moments, clocks, clocks, st.sampled_from(["Europe/London", "America/New_York", "Australia/Lord_Howe"]))
def test_they_end_after_the_moment_within_a_day_and_an_hour(moment, start, end, zone):
    until = quiet_until(moment, start=start, end=end, zone=ZoneInfo(zone))
    if is_quiet(moment.astimezone(ZoneInfo(zone)).time(), start=start, end=end):
        assert until is not None
        assert moment < until <= moment + timedelta(hours=25)
    else:
        assert until is None
