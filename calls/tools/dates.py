"""Days and moments as the model writes them, with corrections that it can say."""

from datetime import date, datetime, timedelta

from orgs.models import Organization
from scheduling.speech import say_full_day
from voxanne.clock import now
from voxanne.errors import DomainError

MAX_RANGE_DAYS = 31


class BadDate(DomainError):
    """Not a day that there is. The message tells the model how to ask again."""

    code = "bad_date"


def today_of(org: Organization) -> date:
    """The clinic's own date."""
    return now().astimezone(org.zone).date()


def read_day(text: str, *, org: Organization) -> date:
    """A day from `2026-11-24` (or the start of a longer ISO moment).

    Raises:
        BadDate: 31 February, words, or nothing.
    """
    try:
        return date.fromisoformat(text.strip()[:10])
    except ValueError as error:
        raise BadDate(
            f"{text or 'That'} is not a date I know. {_today_line(org)} Give the day as YYYY-MM-DD."
        ) from error


def read_moment(text: str, *, org: Organization) -> datetime:
    """A start time from ISO 8601; without an offset it is meant by the clinic's clock (and left naive for the diary).

    Raises:
        BadDate: not a moment, or a day without a time.
    """
    cleaned = text.strip().replace("Z", "+00:00")
    try:
        moment = datetime.fromisoformat(cleaned)
    except ValueError as error:
        raise BadDate(
            f"{text or 'That'} is not a time I know. {_today_line(org)} Give the start as YYYY-MM-DDTHH:MM."
        ) from error
    if "T" not in cleaned.upper() and ":" not in cleaned:
        raise BadDate("Give the time as well as the day, as YYYY-MM-DDTHH:MM.")
    return moment


def read_range(*, day: str, first: str, last: str, org: Organization) -> tuple[date, date]:
    """The days to look at: one day, a range, or the coming week when none is named. At most 31 days.

    Raises:
        BadDate: not days, in the wrong order, or in the past.
    """
    today = today_of(org)
    if day:
        start = end = read_day(day, org=org)
    elif first or last:
        start = read_day(first, org=org) if first else today
        end = read_day(last, org=org) if last else start + timedelta(days=6)
    else:
        start, end = today, today + timedelta(days=6)
    if end < start:
        raise BadDate("The last day is before the first. Ask again with the days the other way round.")
    if end < today:
        raise BadDate(f"That is in the past. {_today_line(org)}")
    return max(start, today), min(end, start + timedelta(days=MAX_RANGE_DAYS - 1))


def _today_line(org: Organization) -> str:
    return f"Today is {say_full_day(today_of(org))}."
