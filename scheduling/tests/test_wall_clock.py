"""From the clinic's clock to instants, on the days on which the clock is changed."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from scheduling.wall_clock import LocalDay, find_moment

LONDON, NEW_YORK = ZoneInfo("Europe/London"), ZoneInfo("America/New_York")
SPRING, AUTUMN = date(2027, 3, 28), date(2026, 10, 25)  # in London: 01:00 → 02:00, and 02:00 → 01:00


def at(instant: int | None) -> str:
    assert instant is not None
    return datetime.fromtimestamp(instant, UTC).strftime("%d %H:%M")


def test_an_ordinary_day_runs_evenly():
    day = LocalDay(date(2026, 7, 1), LONDON)
    assert at(day.find_instant(9 * 60)) == "01 08:00"
    assert at(day.boundary(24 * 60)) == "01 23:00"


def test_a_skipped_time_does_not_exist():
    day = LocalDay(SPRING, LONDON)
    assert at(day.find_instant(30)) == "28 00:30"
    assert day.find_instant(60) is None
    assert day.find_instant(90) is None
    assert at(day.find_instant(120)) == "28 01:00"
    assert at(day.find_instant(9 * 60)) == "28 08:00"


def test_a_skipped_boundary_is_the_moment_of_the_change():
    assert {at(LocalDay(SPRING, LONDON).boundary(minute)) for minute in (60, 75, 119, 120)} == {"28 01:00"}


def test_a_time_that_is_shown_twice_means_the_first():
    day = LocalDay(AUTUMN, LONDON)
    assert at(day.find_instant(90)) == "25 00:30"
    assert at(day.boundary(90)) == "25 00:30"
    assert at(day.boundary(90, last=True)) == "25 01:30"
    assert at(day.find_instant(120)) == "25 02:00"


def test_new_york_changes_at_two():
    spring, autumn = LocalDay(date(2027, 3, 14), NEW_YORK), LocalDay(date(2026, 11, 1), NEW_YORK)
    assert spring.find_instant(150) is None
    assert at(spring.find_instant(180)) == "14 07:00"
    assert at(autumn.find_instant(90)) == "01 05:30"
    assert at(autumn.find_instant(150)) == "01 07:30"


def test_a_midnight_that_is_skipped():
    beirut = LocalDay(date(2026, 3, 29), ZoneInfo("Asia/Beirut"))
    assert beirut.find_instant(30) is None
    assert at(beirut.boundary(0)) == "28 22:00"
    assert at(beirut.find_instant(60)) == "28 22:00"


@pytest.mark.parametrize(
    ("said", "moment"),
    [
        ("2026-11-24T10:00", "2026-11-24T10:00+00:00"),
        ("2026-07-01T10:00", "2026-07-01T09:00+00:00"),
        ("2026-07-01T10:00-04:00", "2026-07-01T14:00+00:00"),
        ("2026-10-25T01:30", "2026-10-25T00:30+00:00"),
        ("2027-03-28T01:30", None),
    ],
)
def test_what_is_said_without_an_offset_is_the_clinics_time(said, moment):
    assert find_moment(datetime.fromisoformat(said), LONDON) == (datetime.fromisoformat(moment) if moment else None)
