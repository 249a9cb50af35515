"""Counting days that are over once and for all, for `calls.figures_by_day`. Safe to run twice or at once.

Whoever counts waits until every transaction that changed a call of the clinic's past has ended, and those that come
next wait for it: the trigger on `call_logs` takes the same lock, shared, before it deletes the day's row. So a reading
that is older than a change is never kept.
"""

from datetime import date, timedelta
from uuid import UUID

from django.db import connection

from calls.figures_by_day import COUNTS, SETTLES_IN, Day, count_days, is_settled, span_of
from calls.models import CallDay
from orgs.models import Organization
from orgs.scope import org_tx, service_tx
from voxanne.clock import now

# Twice the longest period that the overview shows, since it is compared with the one before.
KEPT_DAYS = 190
DAYS_AT_ONCE = 31
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('days of calls ' || %s::text, 0))"
# Clinics that had calls yesterday, by their own clock, and no row for it.
_LACKING = """
SELECT o.id FROM organizations o
CROSS JOIN LATERAL (SELECT (%(moment)s::timestamptz AT TIME ZONE o.timezone)::date - 1 AS day) y
WHERE EXISTS (SELECT 1 FROM call_logs c WHERE c.org_id = o.id
              AND c.created_at >= y.day::timestamp AT TIME ZONE o.timezone
              AND c.created_at < (y.day + 1)::timestamp AT TIME ZONE o.timezone)
  AND NOT EXISTS (SELECT 1 FROM call_days d WHERE d.org_id = o.id AND d.day = y.day AND d.zone = o.timezone)
"""


def keep_days(*, org: Organization) -> int:
    """Count the clinic's finished days that nobody has counted, the newest first; how many had calls."""
    today = now().astimezone(org.zone).date()
    days = [today - timedelta(days=back) for back in range(1, KEPT_DAYS + 1)]
    finished = [day for day in days if is_settled(org, day)]
    return sum(_keep(org, finished[at : at + DAYS_AT_ONCE]) for at in range(0, len(finished), DAYS_AT_ONCE))


def find_lacking() -> list[UUID]:
    """The clinics whose yesterday is to be counted."""
    with service_tx("find clinics whose days of calls are to be counted"), connection.cursor() as cursor:
        cursor.execute(_LACKING, {"moment": now() - SETTLES_IN})
        return [row[0] for row in cursor.fetchall()]


def _keep(org: Organization, days: list[date]) -> int:
    with org_tx():
        if not any(day.calls for day in count_days(org=org, days=_missing(org, days))):
            return 0  # most days are there, and those without calls need no lock
        with connection.cursor() as cursor:
            cursor.execute(_LOCK, [org.pk])
        counted = [day for day in count_days(org=org, days=_missing(org, days)) if day.calls]
        CallDay.objects.bulk_create(
            [_row(org, day) for day in counted],
            update_conflicts=True,  # a row of the zone that the clinic had before
            unique_fields=["org", "day"],
            update_fields=["zone", "starts_at", "ends_at", *COUNTS, "updated_at"],
        )
        return len(counted)


def _missing(org: Organization, days: list[date]) -> list[date]:
    there = set(CallDay.objects.filter(day__in=days, zone=org.timezone).values_list("day", flat=True))
    return [day for day in days if day not in there]


def _row(org: Organization, day: Day) -> CallDay:
    starts_at, ends_at = span_of(org, day.day)
    counts = {name: getattr(day, name) for name in COUNTS}
    return CallDay(org=org, day=day.day, zone=org.timezone, starts_at=starts_at, ends_at=ends_at, **counts)
