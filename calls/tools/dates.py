"""Days and moments as the model writes them or the caller says them, with corrections that can be said."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from orgs.models import Organization
from scheduling.speech import say_full_day
from scheduling.spoken_when import When, WhenNotUnderstood, read_when
from voxanne.clock import now
from voxanne.errors import DomainError

MAX_RANGE_DAYS = 31
# Beyond that nobody books, and calendars end.
MOST_AHEAD = timedelta(days=5 * 366)
# Where 12/3 is 3 December.
MONTH_FIRST = frozenset({"US"})


class BadDate(DomainError):
    """Not a day that there is. The message tells the model how to ask again."""

    code = "bad_date"


def today_of(org: Organization) -> date:
    """The clinic's own date."""
    return now().astimezone(org.zone).date()


def read_moment(text: str, *, org: Organization) -> datetime:
    """A start from ISO 8601, or from words that name one day and a time ("next Tuesday at half four").

    Without an offset it is meant by the clinic's clock, and left naive for the diary.

    Raises:
        BadDate: not a moment, or a day without a time.
    """
    cleaned = text.strip()
    if "T" in cleaned.upper()[:11] or ":" in cleaned:
        try:
            return datetime.fromisoformat(cleaned.replace("Z", "+00:00"))
        except ValueError:
            pass
    when = _read(cleaned, org)
    if when.at is None:
        raise BadDate("Give the time as well as the day, as YYYY-MM-DDTHH:MM.")
    if when.first_day != when.last_day:
        raise BadDate(f"Ask which day the caller means. {_today_line(org)}")
    return datetime.combine(when.first_day, when.at)


def read_wish(*, day: str, first: str, last: str, org: Organization) -> When:
    """The days to look at, and what was said about the time: one day, a range, words, or the coming week. At most 31.

    Raises:
        BadDate: not days, in the wrong order, in the past or years ahead.
    """
    today = today_of(org)
    if day.strip():
        wish = _read(day, org)
    elif first.strip() or last.strip():
        begin = _read(first, org) if first.strip() else When(today, today)
        end = _read(last, org).last_day if last.strip() else begin.first_day + timedelta(days=6)
        wish = replace(begin, last_day=end, is_open=False)
    else:
        wish = When(today, today + timedelta(days=6), is_open=True)
    if wish.last_day < wish.first_day:
        raise BadDate("The last day is before the first. Ask again with the days the other way round.")
    if wish.last_day < today:
        raise BadDate(f"That is in the past. {_today_line(org)}")
    begin_day = max(wish.first_day, today)
    if begin_day > today + MOST_AHEAD:
        raise BadDate(f"That is too far ahead. {_today_line(org)}")
    return replace(
        wish, first_day=begin_day, last_day=min(wish.last_day, begin_day + timedelta(days=MAX_RANGE_DAYS - 1))
    )


def read_birthday(text: str, *, org: Organization) -> date | None:
    """A date of birth, or None when nothing was said.

    Raises:
        BadDate: not a date with its year.
    """
    cleaned = text.strip()
    if not cleaned:
        return None
    try:
        return date.fromisoformat(cleaned[:10])
    except ValueError:
        pass
    try:
        when = read_when(cleaned, today=datetime(1900, 1, 1, tzinfo=UTC).date(), month_first=org.country in MONTH_FIRST)
    except WhenNotUnderstood as error:
        raise BadDate("Give the date of birth with its year, as YYYY-MM-DD.") from error
    if when.first_day != when.last_day or not any(str(when.first_day.year) in word for word in cleaned.split()):
        raise BadDate("Give the date of birth with its year, as YYYY-MM-DD.")
    return when.first_day


def _read(text: str, org: Organization) -> When:
    try:
        return read_when(text, today=today_of(org), month_first=org.country in MONTH_FIRST)
    except WhenNotUnderstood as error:
        raise BadDate(f"{error.message} {_today_line(org)} Give the day as YYYY-MM-DD.") from error


def _today_line(org: Organization) -> str:
    return f"Today is {say_full_day(today_of(org))}."
