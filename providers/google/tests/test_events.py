"""What Google's list tells of recurring, deleted and local events, as captured from it."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from providers.calendars import Window
from providers.google.events import GoogleEvents
from providers.testing_answers import answering

WINDOW = Window(datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC))


@pytest.fixture
def listed(settings):
    def read(*items, time_zone="America/New_York"):
        with answering({"items": items, "timeZone": time_zone, "nextSyncToken": "next"}) as address:
            settings.GOOGLE_API_URL = address
            reader = GoogleEvents("token", calendar_id="primary", zone=ZoneInfo("Europe/London"))
            return reader.list_changes(sync_token="", page="", window=WINDOW)

    return read


def test_days_are_those_of_the_calendars_own_zone(listed):
    page = listed({"id": "day", "start": {"date": "2026-11-24"}, "end": {"date": "2026-11-25"}})

    assert page.time_zone == "America/New_York"
    assert page.events[0].starts_at == datetime(2026, 11, 24, 5, tzinfo=UTC)
    assert page.events[0].ends_at == datetime(2026, 11, 25, 5, tzinfo=UTC)


def test_a_zone_that_nobody_knows_is_the_clinics(listed):
    page = listed({"id": "day", "start": {"date": "2026-11-24"}, "end": {"date": "2026-11-25"}}, time_zone="Mars/Base")

    assert page.time_zone == ""
    assert page.events[0].starts_at == datetime(2026, 11, 24, tzinfo=UTC)


def test_a_deleted_event_may_tell_nothing_but_its_id(listed):
    (event,) = listed({"id": "gone", "status": "cancelled"}).events

    assert (event.is_deleted, event.is_busy, event.starts_at) == (True, False, None)


def test_an_invitation_that_somebody_else_declined_still_takes_time(listed):
    times = {"start": {"dateTime": "2026-11-24T10:00:00Z"}, "end": {"dateTime": "2026-11-24T11:00:00Z"}}
    theirs = {"attendees": [{"responseStatus": "declined"}, {"self": True, "responseStatus": "needsAction"}]}
    ours = {"attendees": [{"self": True, "responseStatus": "declined"}]}

    assert [event.is_busy for event in listed({"id": "a", **times, **theirs}, {"id": "b", **times, **ours}).events] == [
        True,
        False,
    ]


def test_what_we_wrote_on_our_own_event_comes_back(listed):
    private = {"extendedProperties": {"private": {"voxanne_appointment": "0192"}}}

    assert listed({"id": "a", **private}).events[0].mark == "0192"
