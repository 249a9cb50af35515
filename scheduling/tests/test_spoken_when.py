"""What callers say about days and times, and what is understood. Today is Friday 20 November 2026."""

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.spoken_numbers import digits_for_words
from scheduling.spoken_when import When, WhenNotUnderstood, read_when
from scheduling.types import PartOfDay

TODAY = date(2026, 11, 20)
MORNING, AFTERNOON, EVENING = PartOfDay.MORNING, PartOfDay.AFTERNOON, PartOfDay.EVENING


def on(month: int, day: int, year: int = 2026, *, part: PartOfDay | None = None, at: time | None = None) -> When:
    named = date(year, month, day)
    return When(named, named, part, at)


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("tomorrow", on(11, 21)),
        ("Tomorrow afternoon, please.", on(11, 21, part=AFTERNOON)),
        ("next Tuesday afternoon", on(11, 24, part=AFTERNOON)),
        ("Tuesday", on(11, 24)),
        ("this Friday", on(11, 20)),
        ("next Friday", on(11, 27)),
        ("Monday next week", on(11, 23)),
        ("a week on Thursday", on(12, 3)),
        ("Thursday week", on(12, 3)),
        ("a fortnight on Monday", on(12, 7)),
        ("Tuesday after next", on(12, 1)),
        ("a week today", on(11, 27)),
        ("a week tomorrow", on(11, 28)),
        ("the day after tomorrow at noon", on(11, 22, at=time(12))),
        ("in three days", on(11, 23)),
        ("in two weeks", on(12, 4)),
        ("Monday at half four", on(11, 23, at=time(16, 30))),
        ("half eight tomorrow", on(11, 21, at=time(8, 30))),
        ("quarter to five on Wednesday", on(11, 25, at=time(16, 45))),
        ("the twenty-fourth of November at ten past three", on(11, 24, at=time(15, 10))),
        ("3rd December at 2pm", on(12, 3, at=time(14))),
        ("ten thirty on Monday", on(11, 23, at=time(10, 30))),
        ("two thirty tomorrow", on(11, 21, at=time(14, 30))),
        ("next Tuesday at 4.30 p.m.", on(11, 24, at=time(16, 30))),
        ("four o’clock on Monday", on(11, 23, at=time(16))),
        ("first thing Monday", on(11, 23, part=MORNING)),
        ("Saturday morning at nine", on(11, 21, part=MORNING, at=time(9))),
        ("tonight", on(11, 20, part=EVENING)),
        ("this afternoon", on(11, 20, part=AFTERNOON)),
        ("the first", on(12, 1)),
        ("on the 24th", on(11, 24)),
        ("Christmas Eve", on(12, 24)),
        ("New Year's Day", on(1, 1, 2027)),
        ("1 January", on(1, 1, 2027)),
        ("Monday 30 November", on(11, 30)),
        ("24/12", on(12, 24)),
        ("12/3", on(3, 12, 2027)),
        ("2026-11-24", on(11, 24)),
        ("2026-11-24T10:30", on(11, 24, at=time(10, 30))),
        ("2026-11-24 at 10:30", on(11, 24, at=time(10, 30))),
        ("last Tuesday", on(11, 17)),
        ("yesterday", on(11, 19)),
    ],
)
def test_a_day_is_understood(words: str, meant: When) -> None:
    assert read_when(words, today=TODAY) == meant


@pytest.mark.parametrize(
    ("words", "first", "last"),
    [
        ("next week", date(2026, 11, 23), date(2026, 11, 29)),
        ("this week", date(2026, 11, 20), date(2026, 11, 22)),
        ("the end of next week", date(2026, 11, 26), date(2026, 11, 27)),
        ("early next week", date(2026, 11, 23), date(2026, 11, 24)),
        ("the week after next", date(2026, 11, 30), date(2026, 12, 6)),
        ("at the weekend", date(2026, 11, 21), date(2026, 11, 22)),
        ("next month", date(2026, 12, 1), date(2026, 12, 31)),
        ("December", date(2026, 12, 1), date(2026, 12, 31)),
        ("Tuesday or Wednesday", date(2026, 11, 24), date(2026, 11, 25)),
    ],
)
def test_a_stretch_of_days_is_understood(words: str, first: date, last: date) -> None:
    when = read_when(words, today=TODAY)
    assert (when.first_day, when.last_day, when.is_open) == (first, last, False)


@pytest.mark.parametrize(
    ("words", "part", "at"),
    [("half four", None, time(16, 30)), ("in the morning", MORNING, None), ("any time", None, None)],
)
def test_a_time_without_a_day_means_the_coming_week(words: str, part: PartOfDay | None, at: time | None) -> None:
    assert read_when(words, today=TODAY) == When(TODAY, TODAY + timedelta(days=6), part, at, is_open=True)


@pytest.mark.parametrize("words", ["31 February", "2026-02-31", "31 November", "banana", "", "???", "soonish", "\x00"])
def test_what_is_no_day_is_said_to_be_none(words: str) -> None:
    with pytest.raises(WhenNotUnderstood):
        read_when(words, today=TODAY)


def test_a_weekday_that_does_not_go_with_its_date_is_asked_about() -> None:
    with pytest.raises(WhenNotUnderstood, match="30 November 2026 is a Monday"):
        read_when("Tuesday 30 November", today=TODAY)


def test_an_american_clinic_says_the_month_first() -> None:
    assert read_when("12/3", today=TODAY, month_first=True) == on(12, 3)


def test_next_tuesday_on_a_monday_is_not_tomorrow() -> None:
    assert read_when("next Tuesday", today=date(2026, 11, 23)) == on(12, 1)
    assert read_when("this Tuesday", today=date(2026, 11, 23)) == on(11, 24)


@given(st.dates(date(2026, 1, 1), date(2030, 1, 1)), st.integers(1, 300))
def test_a_date_said_with_its_month_is_that_date(today: date, ahead: int) -> None:
    day = today + timedelta(days=ahead)
    assert read_when(f"{day:%A} the {day.day} of {day:%B}", today=today).first_day == day


@given(st.dates(date(2026, 1, 1), date(2030, 1, 1)), st.integers(0, 6))
def test_a_weekday_is_the_next_of_its_name(today: date, ahead: int) -> None:
    day = today + timedelta(days=ahead)
    assert read_when(f"{day:%A}", today=today).first_day == day
    assert read_when(f"a week on {day:%A}", today=today).first_day == day + timedelta(days=7)


@given(st.text(max_size=200))
def test_any_words_give_days_or_a_plain_refusal(words: str) -> None:
    try:
        when = read_when(words, today=TODAY)
    except WhenNotUnderstood:
        return
    assert when.first_day <= when.last_day


@pytest.mark.parametrize(
    ("words", "digits"),
    [
        ("the twenty-first", "the 21st"),
        ("half four", "half 4"),
        ("forty five", "45"),
        ("twelfth", "12th"),
        ("first thing", "first thing"),
        ("someone", "someone"),
    ],
)
def test_numbers_in_words_become_digits(words: str, digits: str) -> None:
    assert digits_for_words(words) == digits
