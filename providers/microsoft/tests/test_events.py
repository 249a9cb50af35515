"""What Graph's delta tells of series, days and links, as captured from it; the rest is read from the sandbox."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from providers.calendars import Window
from providers.microsoft.events import OutlookEvents
from providers.testing_answers import answering

SYDNEY = ZoneInfo("Australia/Sydney")
WINDOW = Window(datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC))


def at(text):
    return {"dateTime": f"{text}.0000000", "timeZone": "UTC"}


def occurrence(series, day):
    times = {"start": at(f"2026-11-{day}T10:00:00"), "end": at(f"2026-11-{day}T11:00:00")}
    return {"id": f"{series}-{day}", "type": "occurrence", "seriesMasterId": series, **times}


def master(identity, shown):
    times = {"start": at("2026-11-23T10:00:00"), "end": at("2026-11-23T11:00:00")}
    return {"id": identity, "type": "seriesMaster", "showAs": shown, "subject": "Team", **times}


@pytest.fixture
def listed(settings):
    def read(items, **links):
        with answering({"value": items, **links}) as address:
            settings.MICROSOFT_GRAPH_URL = address
            return OutlookEvents("token", calendar_id="primary", zone=SYDNEY).list_changes(
                sync_token="", page="", window=WINDOW
            )

    return read


def test_occurrences_are_shown_as_their_series_is(listed):
    page = listed([master("busy", "busy"), occurrence("busy", 23), master("free", "free"), occurrence("free", 24)])

    assert [(event.event_id, event.is_busy) for event in page.events] == [("busy-23", True), ("free-24", False)]


def test_an_occurrence_whose_series_is_unknown_takes_its_time(listed):
    (event,) = listed([occurrence("before", 25)]).events

    assert event.is_busy


def test_whole_days_are_plain_days_by_the_clock_of_whoever_asks(listed):
    day = {"id": "day", "isAllDay": True, "showAs": "oof"}
    (event,) = listed([{**day, "start": at("2026-11-24T00:00:00"), "end": at("2026-11-25T00:00:00")}]).events

    assert event.starts_at == datetime(2026, 11, 23, 13, tzinfo=UTC)
    assert event.ends_at == datetime(2026, 11, 24, 13, tzinfo=UTC)


def test_what_is_gone_has_no_times_and_what_is_cancelled_takes_none(listed):
    gone, cancelled = listed([
        {"id": "gone", "@removed": {"reason": "deleted"}},
        {"id": "off", "isCancelled": True, "start": at("2026-11-24T10:00:00"), "end": at("2026-11-24T11:00:00")},
    ]).events  # fmt: skip

    assert (gone.is_deleted, gone.starts_at) == (True, None)
    assert (cancelled.is_deleted, cancelled.is_busy) == (True, False)


def test_of_links_only_the_query_is_kept(listed):
    page = listed([], **{"@odata.deltaLink": "https://elsewhere.example/v1.0/me/x?$deltatoken=abc%2Bd"})

    assert page.sync_token == "$deltatoken=abc%2Bd"
