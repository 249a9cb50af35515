"""Days of calls: counted by the clinic's clock, kept once they are over, forgotten when a call of theirs changes."""

import random
import threading
from collections import Counter
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from calls.figures_by_day import Day, figures, stats
from calls.keeping_days import KEPT_DAYS, find_lacking, keep_days
from calls.models import Call, CallDay, CallStatus
from calls.tests.factories import make_call
from orgs.scope import org_scope
from voxanne.clock import now
from voxanne.errors import BadInput

pytestmark = pytest.mark.django_db
LONDON = ZoneInfo("Europe/London")
CHANGES = {
    "call_type": "outbound",
    "status": CallStatus.FAILED,
    "booking_confirmed": True,
    "duration_seconds": 60,
    "sentiment_label": "negative",
    "financial_value": 40000,
}


def today(org):
    return now().astimezone(org.zone).date()


def noon(org, days_ago):
    return datetime.combine(today(org) - timedelta(days=days_ago), datetime.min.time(), tzinfo=org.zone).replace(
        hour=12
    )


def yesterday(org):
    return figures(org=org, first=today(org) - timedelta(days=1), last=today(org) - timedelta(days=1))[0]


def kept(org):
    return set(CallDay.objects.values_list("day", flat=True))


@pytest.mark.parametrize("zone", ["Europe/London", "America/Los_Angeles", "Pacific/Auckland", "Asia/Kolkata"])
def test_days_are_the_clinics_own_also_where_the_clocks_change(north, working_for, zone):
    """Against the plainest count there is, over the weeks in which summer time ends and begins."""
    chance = random.Random(zone)
    north.timezone = zone
    start = datetime(2025, 10, 1, tzinfo=LONDON)
    moments = [start + timedelta(minutes=chance.randrange(60 * 24 * 190)) for _ in range(60)]
    with working_for(north):
        for moment in moments:
            make_call(north, created_at=moment, duration_seconds=chance.choice([None, 30, 90]))
        wanted = Counter(moment.astimezone(north.zone).date() for moment in moments)
        span = {"first": date(2025, 9, 28), "last": date(2026, 4, 12)}
        days = figures(org=north, **span)
        assert {day.day: day.calls for day in days if day.calls} == wanted
        assert stats(org=north, **span).calls == 60


def test_every_figure_of_a_day(north, working_for):
    at = noon(north, 1)
    with working_for(north):
        make_call(north, created_at=at, booking_confirmed=True, sentiment_label="positive", financial_value=40000)
        make_call(north, created_at=at, call_type="outbound", duration_seconds=None, sentiment_label="neutral")
        make_call(north, created_at=at, status=CallStatus.FAILED, duration_seconds=0, sentiment_label="negative")
        wanted = Day(
            day=at.date(), calls=3, inbound=2, booked=1, failed=1, seconds=200, timed=2, positive=1, negative=1,
            rated=3, value_minor=40000,
        )  # fmt: skip
        assert yesterday(north) == wanted
        keep_days(org=north)
        assert CallDay.objects.get().day == at.date()
        assert yesterday(north) == wanted
    assert (wanted.success_percent, wanted.average_seconds, round(wanted.positive_percent)) == (50, 100, 33)


def test_a_span_is_whole_and_within_reason(north, working_for):
    with working_for(north):
        days = figures(org=north, first=date(2026, 2, 27), last=date(2026, 3, 2))
        assert [day.day.day for day in days] == [27, 28, 1, 2]
        assert figures(org=north, first=date(1, 1, 1), last=date(1, 1, 2))[0].calls == 0
        assert figures(org=north, first=date(9999, 12, 30), last=date(9999, 12, 31))[1].calls == 0
        for first, last in [(date(2026, 3, 2), date(2026, 3, 1)), (date(1, 1, 1), date(9999, 12, 31))]:
            with pytest.raises(BadInput, match="two years"):
                figures(org=north, first=first, last=last)


def test_what_is_over_is_kept_and_today_is_not(north, working_for, django_assert_num_queries):
    with working_for(north):
        for days_ago in (0, 1, 2, KEPT_DAYS, KEPT_DAYS + 1):
            make_call(north, created_at=noon(north, days_ago) if days_ago else now())
        assert keep_days(org=north) == 3
        assert kept(north) == {today(north) - timedelta(days=back) for back in (1, 2, KEPT_DAYS)}
        assert keep_days(org=north) == 0
        with django_assert_num_queries(1):
            assert yesterday(north).calls == 1
        with django_assert_num_queries(2):
            assert stats(org=north, first=today(north) - timedelta(days=89), last=today(north)).calls == 3


def test_a_day_that_has_just_ended_is_counted_but_not_kept(north, working_for, monkeypatch):
    midnight = noon(north, 1) + timedelta(hours=12)
    with working_for(north):
        make_call(north, created_at=midnight - timedelta(minutes=1))
        for minutes, expected in ((10, 0), (16, 1)):
            monkeypatch.setattr("django.utils.timezone.now", lambda later=minutes: midnight + timedelta(minutes=later))
            assert yesterday(north).calls == 1
            assert keep_days(org=north) == expected


@pytest.mark.parametrize("column", CHANGES)
def test_a_change_of_what_was_counted_is_told_at_once(north, working_for, column):
    with working_for(north):
        call = make_call(north, created_at=noon(north, 1))
        keep_days(org=north)
        before = yesterday(north)
        setattr(call, column, CHANGES[column])
        call.save(update_fields=[column])
        assert kept(north) == set()
        assert yesterday(north) != before


def test_a_change_of_anything_else_leaves_the_day_alone(north, working_for):
    with working_for(north):
        call = make_call(north, created_at=noon(north, 1))
        keep_days(org=north)
        call.caller_name, call.outcome_summary = "Ben Okoye", "Asked for the price."
        call.save()
        assert kept(north) == {noon(north, 1).date()}


def test_calls_that_come_go_or_move_are_counted(north, working_for):
    first, second = noon(north, 1), noon(north, 2)
    with working_for(north):
        call = make_call(north, created_at=first)
        make_call(north, created_at=second)
        keep_days(org=north)
        late = make_call(north, created_at=first)
        assert kept(north) == {second.date()}
        keep_days(org=north)
        late.delete()
        assert yesterday(north).calls == 1
        keep_days(org=north)
        Call.objects.filter(pk=call.pk).update(created_at=second)
        assert kept(north) == set()
        assert yesterday(north).calls == 0


def test_one_clinics_calls_leave_anothers_days_alone(north, south, working_for):
    for org in (north, south):
        with working_for(org):
            make_call(org, created_at=noon(org, 1))
            keep_days(org=org)
    with working_for(south):
        Call.objects.all().delete()
        assert kept(south) == set()
    with working_for(north):
        assert kept(north) == {noon(north, 1).date()}


def test_a_clinic_that_changes_its_zone_has_other_days(north, working_for):
    with working_for(north):
        make_call(north, created_at=noon(north, 1).replace(hour=23, minute=30))
        keep_days(org=north)
        north.timezone = "Asia/Kolkata"
        span = {"first": noon(north, 2).date(), "last": noon(north, 0).date() + timedelta(days=1)}
        before = figures(org=north, **span)
        keep_days(org=north)
        assert figures(org=north, **span) == before
        assert sum(day.calls for day in before) == 1


def test_a_worker_is_woken_for_days_with_calls_that_nobody_has_kept(
    north, working_for, django_capture_on_commit_callbacks
):
    def wakes():
        with django_capture_on_commit_callbacks() as callbacks, working_for(north):
            figures(org=north, first=today(north) - timedelta(days=6), last=today(north))
        return len(callbacks)

    with working_for(north):
        make_call(north)
    assert wakes() == 0
    with working_for(north):
        make_call(north, created_at=noon(north, 1))
    assert wakes() == 1
    with working_for(north):
        keep_days(org=north)
    assert wakes() == 0


@pytest.mark.django_db(transaction=True)
def test_yesterday_is_kept_before_somebody_looks(north, south, working_for):
    with working_for(north):
        make_call(north, created_at=noon(north, 1))
    with working_for(south):
        make_call(south, created_at=noon(south, 3))
    assert find_lacking() == [north.pk]
    with working_for(north):
        keep_days(org=north)
    assert find_lacking() == []


@pytest.mark.django_db(transaction=True)
def test_whoever_counts_waits_for_a_change_that_is_not_committed_yet(north, working_for):
    """Without the lock the old reading would be stored after the change had found nothing to delete."""
    with working_for(north):
        make_call(north, created_at=noon(north, 1))

    def count():
        with org_scope(north):
            keep_days(org=north)
        connection.close()

    counting = threading.Thread(target=count)
    with working_for(north):
        Call.objects.update(booking_confirmed=True)
        counting.start()
        wait_for_the_lock()
    counting.join()
    with working_for(north):
        assert CallDay.objects.get().booked == 1


def wait_for_the_lock():
    with connection.cursor() as cursor:
        for _ in range(100_000):
            cursor.execute(
                "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database "
                "WHERE d.datname = current_database() AND l.locktype = 'advisory' AND NOT l.granted"
            )
            if cursor.fetchone()[0]:
                return
    raise AssertionError("nobody waits")
