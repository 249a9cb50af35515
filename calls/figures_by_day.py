"""What the phone did on each day of a clinic, by the clinic's own calendar.

Days that are over are read from `call_days`, where a worker has put them (`calls.keeping_days`); today, and any day
that is not there, is counted from the calls themselves. So a page costs the same with a thousand calls and with a
hundred thousand, and says the same whether anything was kept or not.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db import connection

from calls.models import CallDay
from orgs.models import Organization
from orgs.tasks import enqueue_on_commit
from voxanne.clock import now
from voxanne.errors import BadInput

MOST_DAYS = 750
_NO_CALLS_BEFORE = date(2000, 1, 1)
# How long after its end a day is counted for good: longer than any transaction that still adds calls to it.
SETTLES_IN = timedelta(minutes=15)

_COUNT = """
SELECT d.day, f.*
FROM unnest(%(days)s::date[], %(starts)s::timestamptz[], %(ends)s::timestamptz[]) AS d(day, starts, ends)
CROSS JOIN LATERAL (
    SELECT count(*), count(*) FILTER (WHERE call_type = 'inbound'), count(*) FILTER (WHERE booking_confirmed),
           count(*) FILTER (WHERE status = 'failed'), coalesce(sum(duration_seconds), 0), count(duration_seconds),
           count(*) FILTER (WHERE sentiment_label = 'positive'), count(*) FILTER (WHERE sentiment_label = 'negative'),
           count(*) FILTER (WHERE sentiment_label <> ''), coalesce(sum(financial_value), 0)
    FROM call_logs WHERE org_id = %(org)s::uuid AND created_at >= d.starts AND created_at < d.ends
) f
"""


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Counts of calls, and what follows from them. `value_minor` is in the clinic's currency's minor units.

    `timed` calls have a length, `rated` ones a sentiment.
    """

    calls: int = 0
    inbound: int = 0
    booked: int = 0
    failed: int = 0
    seconds: int = 0
    timed: int = 0
    positive: int = 0
    negative: int = 0
    rated: int = 0
    value_minor: int = 0

    @property
    def success_percent(self) -> float:
        """Booked of inbound, in percent."""
        return self.booked / self.inbound * 100 if self.inbound else 0.0

    @property
    def average_seconds(self) -> float:
        return self.seconds / self.timed if self.timed else 0.0

    @property
    def positive_percent(self) -> float:
        return self.positive / self.rated * 100 if self.rated else 0.0


@dataclass(frozen=True, kw_only=True)
class Day(Figures):
    """One local day."""

    day: date


COUNTS = tuple(field.name for field in fields(Figures))


def figures(*, org: Organization, first: date, last: date) -> list[Day]:
    """Every day from the first to the last, both included, also those without calls. At most two queries.

    Raises:
        BadInput: the last day is before the first, or they are more than two years apart.
    """
    length = (last - first).days + 1
    if not 1 <= length <= MOST_DAYS:
        raise BadInput("Choose a first day and a last day that are at most two years apart.")
    days = [first + timedelta(days=at) for at in range(length)]
    known = {row.day: row for row in _kept(org, first, last)}
    today = now().astimezone(org.zone).date()
    missing = [day for day in days if day not in known and _NO_CALLS_BEFORE <= day <= today]
    counted = count_days(org=org, days=missing)
    if any(counted_day.calls and is_settled(org, counted_day.day) for counted_day in counted):
        _have_kept(org)
    known.update({row.day: row for row in counted})
    return [known.get(day) or Day(day=day) for day in days]


def yesterday_by_now(org: Organization) -> Figures:
    """What yesterday had brought when the clinic's clock showed what it shows now. One query."""
    by_now = now().astimezone(org.zone) - timedelta(days=1)
    return _count(org, [(by_now.date(), _midnight(org, by_now.date()), by_now.astimezone(UTC))])[0]


def stats(*, org: Organization, first: date, last: date) -> Figures:
    """All of these days in one, with the queries and errors of `figures`."""
    return total(figures(org=org, first=first, last=last))


def total(days: Iterable[Figures]) -> Figures:
    """The sum of some days."""
    rows = list(days)
    return Figures(**{name: sum(getattr(row, name) for row in rows) for name in COUNTS})


def count_days(*, org: Organization, days: Sequence[date]) -> list[Day]:
    """These days as the calls say now. One query, none for no days."""
    if not days:
        return []
    return _count(org, [(day, *span_of(org, day)) for day in days])


def span_of(org: Organization, day: date) -> tuple[datetime, datetime]:
    """When a local day begins and when the next one does, in UTC."""
    return _midnight(org, day), _midnight(org, day + timedelta(days=1))


def is_settled(org: Organization, day: date) -> bool:
    """Whether the day is over, and long enough for its calls to be all there."""
    return span_of(org, day)[1] <= now() - SETTLES_IN


def _count(org: Organization, spans: Sequence[tuple[date, datetime, datetime]]) -> list[Day]:
    days, starts, ends = zip(*spans, strict=True)
    values: dict[str, Any] = {"org": org.pk, "days": list(days), "starts": list(starts), "ends": list(ends)}
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, values)
        return [Day(day=day, **dict(zip(COUNTS, map(int, counts), strict=True))) for day, *counts in cursor.fetchall()]


def _midnight(org: Organization, day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=org.zone).astimezone(UTC)


def _kept(org: Organization, first: date, last: date) -> list[Day]:
    """What was counted in the clinic's present zone: in another one its days were other days."""
    rows = CallDay.objects.filter(day__gte=first, day__lte=last, zone=org.timezone)
    return [Day(**row) for row in rows.values("day", *COUNTS)]


def _have_kept(org: Organization) -> None:
    from calls.tasks import keep_call_days

    enqueue_on_commit(keep_call_days, str(org.pk))
