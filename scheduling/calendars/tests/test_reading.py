"""The mirror follows what a calendar's owner does, through both providers' real requests."""

from datetime import UTC, datetime, timedelta

import pytest
import requests

from credentials.tests.calendar_clinic import EMAIL, connect_calendar
from credentials.types import Provider
from orgs.scope import org_scope, org_tx
from scheduling.calendars.reading import Reading, read_calendar
from scheduling.calendars.tests.outside import (
    BOTH,
    SANDBOX_NAMES,
    blocks_of,
    change,
    connection_of,
    put_event,
    read,
    remove_event,
    soon,
)
from scheduling.models import CalendarBusyBlock, CalendarConnection, ConnectionState
from voxanne.clock import now

pytestmark = pytest.mark.django_db(transaction=True)
HOUR = timedelta(hours=1)


@pytest.fixture(params=BOTH, ids=["google", "outlook"])
def provider(request, sandbox, north):
    connect_calendar(north, request.param)
    return request.param


def post_event(sandbox, org, provider, body):
    """An event that the control API does not know how to make."""
    from credentials.calendar_tokens import get_access_token

    token = get_access_token(org.pk, provider).reveal()
    path = {
        Provider.GOOGLE_CALENDAR: "/google/calendar/v3/calendars/primary/events",
        Provider.OUTLOOK_CALENDAR: "/microsoft/graph/v1.0/me/events",
    }[provider]
    answer = requests.post(
        f"{sandbox.base_url}{path}", json=body, headers={"Authorization": f"Bearer {token}"}, timeout=10
    )
    assert answer.ok, answer.text
    return answer.json()


def test_an_outside_event_blocks_follows_and_frees(north, sandbox, provider):
    event = put_event(sandbox, provider, soon())

    assert read(north, provider) is Reading.FULL
    assert blocks_of(north) == [(soon(), soon() + HOUR)]

    put_event(sandbox, provider, soon(2))
    assert read(north, provider) is Reading.CHANGES
    assert [start for start, _ in blocks_of(north)] == [soon(), soon(2)]

    remove_event(sandbox, provider, event)
    read(north, provider)
    assert [start for start, _ in blocks_of(north)] == [soon(2)]


def test_a_reading_says_when_and_how_it_went(north, sandbox, provider):
    before = now()
    read(north, provider)

    connection = connection_of(north, provider)
    assert (connection.state, connection.error, connection.claim) == (ConnectionState.SYNCED, "", None)
    assert connection.last_synced_at >= before
    assert connection.due_at > now()
    assert connection.sync_token


def test_what_is_not_due_is_left_alone(north, sandbox, provider):
    read(north, provider)

    assert read(north, provider, due=False) is Reading.NOT_DUE


def test_what_is_not_due_yet_but_poked_meanwhile_is_read_again_at_once(north, sandbox, provider):
    change(north, poked_at=now() + timedelta(seconds=30))

    read(north, provider)

    assert connection_of(north, provider).due_at <= now()


def test_an_expired_token_means_reading_everything_again(north, sandbox, provider):
    gone = put_event(sandbox, provider, soon())
    read(north, provider)
    sandbox.control("POST", f"/{SANDBOX_NAMES[provider]}/expire", {"email": EMAIL, "sync": True})
    change_credential_expiry(north, provider)
    remove_event(sandbox, provider, gone)
    put_event(sandbox, provider, soon(3))

    assert read(north, provider) is Reading.FULL

    assert [start for start, _ in blocks_of(north)] == [soon(3)]


def change_credential_expiry(org, provider):
    """The sandbox ended the access tokens: refresh, as the hour would."""
    from credentials.calendar_tokens import refresh_now

    refresh_now(org.pk, provider)


def test_pages_are_followed_to_the_last(north, sandbox, provider, monkeypatch):
    monkeypatch.setattr("providers.google.events.PAGE", 2)
    monkeypatch.setattr("providers.microsoft.events.PAGE", 2)
    for day in range(1, 6):
        put_event(sandbox, provider, soon(day))

    read(north, provider)
    assert len(blocks_of(north)) == 5

    for day in range(6, 9):
        put_event(sandbox, provider, soon(day))
    assert read(north, provider) is Reading.CHANGES
    assert len(blocks_of(north)) == 8


def test_what_lies_outside_of_what_can_be_booked_is_not_kept(north, sandbox, provider):
    put_event(sandbox, provider, soon(-5))
    put_event(sandbox, provider, soon(300))

    read(north, provider)

    assert blocks_of(north) == []


def test_a_day_passing_reads_everything_again(north, sandbox, provider):
    read(north, provider)
    change(north, last_full_sync_at=now() - timedelta(hours=24, seconds=1))
    with org_scope(north), org_tx():
        connection = CalendarConnection.objects.get()
        CalendarBusyBlock.objects.create(connection=connection, event_id="ghost", starts_at=soon(), ends_at=soon(2))

    assert read(north, provider) is Reading.FULL

    assert blocks_of(north) == []


def test_another_worker_leaves_a_claimed_calendar_alone(north, sandbox, provider):
    change(north, due_at=now(), claimed_until=now() + HOUR, claim=north.pk)

    with org_scope(north):
        assert read_calendar(org=north, connection_id=connection_of(north, provider).pk) is Reading.NOT_DUE


def test_a_dead_workers_claim_runs_out(north, sandbox, provider):
    change(north, claimed_until=now() - timedelta(seconds=1), claim=north.pk)

    assert read(north, provider) is Reading.FULL


def test_no_title_is_kept_or_logged(north, sandbox, provider, caplog):
    put_event(sandbox, provider, soon())
    read(north, provider)

    with org_scope(north), org_tx():
        (row,) = CalendarBusyBlock.objects.values()
        kept = str(row) + str(CalendarConnection.objects.values())
    assert "Zelda" not in kept + caplog.text


def test_google_events_that_take_no_time_do_not_block(north, sandbox):
    connect_calendar(north)
    provider, day = Provider.GOOGLE_CALENDAR, soon()
    times = {"start": {"dateTime": day.isoformat()}, "end": {"dateTime": (day + HOUR).isoformat()}}
    for body in (
        {"transparency": "transparent"},
        {"eventType": "workingLocation"},
        {"attendees": [{"email": EMAIL, "self": True, "responseStatus": "declined"}]},
    ):
        post_event(sandbox, north, provider, {**times, **body})
    post_event(sandbox, north, provider, {**times, "attendees": [{"email": EMAIL, "self": True}]})

    read(north, provider)

    assert len(blocks_of(north)) == 1


SHOWN = {"busy": 1, "tentative": 1, "oof": 1, "free": 0, "workingElsewhere": 0}


@pytest.mark.parametrize(("shown", "blocks"), SHOWN.items())
def test_outlook_events_block_by_how_they_are_shown(north, sandbox, shown, blocks):
    connect_calendar(north, Provider.OUTLOOK_CALENDAR)
    times = {
        "start": {"dateTime": f"{soon():%Y-%m-%dT%H:%M:%S}", "timeZone": "UTC"},
        "end": {"dateTime": f"{soon() + HOUR:%Y-%m-%dT%H:%M:%S}", "timeZone": "UTC"},
    }
    post_event(sandbox, north, Provider.OUTLOOK_CALENDAR, {**times, "showAs": shown})

    read(north, Provider.OUTLOOK_CALENDAR)

    assert len(blocks_of(north)) == blocks


def test_an_event_freed_in_the_calendar_frees_its_time(north, sandbox):
    connect_calendar(north)
    times = {"start": {"dateTime": soon().isoformat()}, "end": {"dateTime": (soon() + HOUR).isoformat()}}
    event = post_event(sandbox, north, Provider.GOOGLE_CALENDAR, times)
    read(north, Provider.GOOGLE_CALENDAR)

    from credentials.calendar_tokens import get_access_token

    token = get_access_token(north.pk, Provider.GOOGLE_CALENDAR).reveal()
    requests.patch(
        f"{sandbox.base_url}/google/calendar/v3/calendars/primary/events/{event['id']}",
        json={"transparency": "transparent"}, headers={"Authorization": f"Bearer {token}"}, timeout=10,
    ).raise_for_status()  # fmt: skip
    read(north, Provider.GOOGLE_CALENDAR)

    assert blocks_of(north) == []


def test_a_whole_day_blocks_from_midnight_to_midnight_of_the_calendars_zone(north, sandbox, time_in_june):
    connect_calendar(north)
    post_event(
        sandbox, north, Provider.GOOGLE_CALENDAR, {"start": {"date": "2027-06-10"}, "end": {"date": "2027-06-12"}}
    )
    read(north, Provider.GOOGLE_CALENDAR)

    assert blocks_of(north) == [(datetime(2027, 6, 9, 23, tzinfo=UTC), datetime(2027, 6, 11, 23, tzinfo=UTC))]


def test_outlooks_whole_day_blocks_by_the_clinics_clock(north, sandbox, time_in_june):
    connect_calendar(north, Provider.OUTLOOK_CALENDAR)
    day = {"start": {"dateTime": "2027-06-10T00:00:00", "timeZone": "UTC"}, "isAllDay": True}
    day["end"] = {"dateTime": "2027-06-11T00:00:00", "timeZone": "UTC"}
    post_event(sandbox, north, Provider.OUTLOOK_CALENDAR, day)
    read(north, Provider.OUTLOOK_CALENDAR)

    assert blocks_of(north) == [(datetime(2027, 6, 9, 23, tzinfo=UTC), datetime(2027, 6, 10, 23, tzinfo=UTC))]


@pytest.fixture
def time_in_june(monkeypatch):
    """The farthest day that can be booked reaches the next June."""
    from scheduling.types import VisitRules

    monkeypatch.setattr(VisitRules, "horizon_days", 365)
    monkeypatch.setattr(VisitRules.__init__, "__defaults__", (1800, 0, 0, 7200, 365, 30))
