"""Google Calendar: events, sync tokens, busy times, channels."""

from typing import Any

import pytest

from sandbox.tests.client import SandboxClient
from sandbox.tests.oauth_client import CALENDAR, EMAIL, GOOGLE, Api, Person
from sandbox.tests.receiver import Receiver

DAY = "2026-11-25"
EVENT = {
    "id": "booking0001",
    "summary": "Botox: Ana Reyes",
    "start": {"dateTime": f"{DAY}T09:00:00", "timeZone": "Europe/London"},
    "end": {"dateTime": f"{DAY}T09:30:00", "timeZone": "Europe/London"},
    "extendedProperties": {"private": {"appointment": "a1"}},
}
EVENTS = "/calendars/primary/events"


@pytest.fixture
def google(sandbox: SandboxClient) -> Api:
    tokens = Person(sandbox.http, GOOGLE).tokens(scope=f"{CALENDAR} {GOOGLE.scope}")
    return Api(sandbox.http, "/google/calendar/v3", tokens["access_token"])


def _reason(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["error"]["errors"][0]["reason"]


def test_an_event_lives_and_dies(google: Api) -> None:
    made = google("POST", EVENTS, EVENT)
    twice = google("POST", EVENTS, EVENT)
    patched = google("PATCH", f"{EVENTS}/booking0001", {"summary": "Moved"}).json()
    put = google("PUT", f"{EVENTS}/booking0001", {"start": EVENT["start"], "end": EVENT["end"]}).json()
    deleted = google("DELETE", f"{EVENTS}/booking0001")
    again = google("DELETE", f"{EVENTS}/booking0001")

    assert made.status_code == 200
    assert (made.json()["status"], made.json()["organizer"]["email"]) == ("confirmed", EMAIL)
    assert _reason(twice) == (409, "duplicate")
    assert (patched["summary"], patched["start"]) == ("Moved", EVENT["start"])
    assert "summary" not in put
    assert deleted.status_code == 204
    assert _reason(again) == (410, "deleted")
    assert google("GET", f"{EVENTS}/booking0001").json()["status"] == "cancelled"
    assert _reason(google("POST", EVENTS, EVENT)) == (409, "duplicate")
    assert _reason(google("GET", f"{EVENTS}/nothing")) == (404, "notFound")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"id": "Not-Allowed"}, (400, "invalid")),
        ({"end": None}, (400, "required")),
        ({"start": {"dateTime": f"{DAY}T09:00:00"}}, (400, "required")),
        ({"start": {"dateTime": "tomorrow", "timeZone": "UTC"}}, (400, "badRequest")),
        ({"start": {"dateTime": f"{DAY}T09:00:00", "timeZone": "Mars/Base"}}, (400, "invalid")),
        ({"end": {"dateTime": f"{DAY}T08:00:00Z"}}, (400, "timeRangeEmpty")),
    ],
)
def test_events_that_are_refused(google: Api, change: dict[str, Any], expected: tuple[int, str]) -> None:
    assert _reason(google("POST", EVENTS, {**EVENT, **change})) == expected


def test_a_change_of_an_old_version_is_refused(google: Api) -> None:
    made = google("POST", EVENTS, EVENT).json()
    google("PATCH", f"{EVENTS}/booking0001", {"summary": "Newer"})

    stale = google("PATCH", f"{EVENTS}/booking0001", {"summary": "Old"}, headers={"If-Match": made["etag"]})

    assert _reason(stale) == (412, "conditionNotMet")


def test_lists_by_time_and_page(google: Api) -> None:
    for hour in (9, 11, 13):
        times = {
            name: {"dateTime": f"{DAY}T{hour:02d}:{minute}:00Z"} for name, minute in (("start", "00"), ("end", "30"))
        }
        google("POST", EVENTS, {"summary": f"At {hour}", **times})

    window = {"timeMin": f"{DAY}T09:30:00Z", "timeMax": f"{DAY}T13:00:00Z", "singleEvents": "true"}
    found = google("GET", EVENTS, params={**window, "orderBy": "startTime"}).json()
    first = google("GET", EVENTS, params={"maxResults": 2}).json()
    second = google("GET", EVENTS, params={"maxResults": 2, "pageToken": first["nextPageToken"]}).json()

    assert [item["summary"] for item in found["items"]] == ["At 11"]
    assert "nextSyncToken" not in first
    assert [len(first["items"]), len(second["items"])] == [2, 1]
    assert second["nextSyncToken"]
    assert _reason(google("GET", EVENTS, params={"orderBy": "startTime"})) == (400, "invalid")


def test_sync_tokens_tell_what_changed(google: Api, sandbox: SandboxClient) -> None:
    google("POST", EVENTS, EVENT)
    token = google("GET", EVENTS).json()["nextSyncToken"]
    outside = {"email": EMAIL, "summary": "Dentist", "start": f"{DAY}T12:00:00Z", "end": f"{DAY}T13:00:00Z"}
    added = sandbox.http.post("/sandbox/google/events", json=outside)
    google("DELETE", f"{EVENTS}/booking0001")

    changes = google("GET", EVENTS, params={"syncToken": token}).json()

    assert added.status_code == 201
    assert [(item.get("summary"), item["status"]) for item in changes["items"]] == [
        ("Dentist", "confirmed"),
        ("Botox: Ana Reyes", "cancelled"),
    ]
    assert google("GET", EVENTS, params={"syncToken": changes["nextSyncToken"]}).json()["items"] == []
    assert _reason(google("GET", EVENTS, params={"syncToken": "x" + token})) == (410, "fullSyncRequired")
    assert google("GET", EVENTS, params={"syncToken": token, "q": "x"}).status_code == 400
    sandbox.http.post("/sandbox/google/expire", json={"email": EMAIL, "sync": True})


def test_expired_sync_tokens_ask_for_a_full_sync(google: Api, sandbox: SandboxClient) -> None:
    token = google("GET", EVENTS).json()["nextSyncToken"]
    person = Person(sandbox.http, GOOGLE)
    sandbox.http.post("/sandbox/google/expire", json={"email": EMAIL, "sync": True}).raise_for_status()
    fresh = Api(sandbox.http, "/google/calendar/v3", person.tokens()["access_token"])

    assert _reason(fresh("GET", EVENTS, params={"syncToken": token})) == (410, "fullSyncRequired")


def test_busy_times_are_merged(google: Api) -> None:
    google("POST", EVENTS, EVENT)
    longer = {"start": {"dateTime": f"{DAY}T09:15:00Z"}, "end": {"dateTime": f"{DAY}T10:00:00Z"}}
    google("POST", EVENTS, longer)
    google("POST", EVENTS, {**longer, "start": {"dateTime": f"{DAY}T08:00:00Z"}, "transparency": "transparent"})

    asked = {"timeMin": f"{DAY}T00:00:00Z", "timeMax": f"{DAY}T23:00:00Z", "items": [{"id": "primary"}, {"id": "no"}]}
    told = google("POST", "/freeBusy", asked).json()["calendars"]

    assert told["primary"]["busy"] == [{"start": f"{DAY}T09:00:00.000Z", "end": f"{DAY}T10:00:00.000Z"}]
    assert told["no"]["errors"][0]["reason"] == "notFound"


def test_calendars(google: Api) -> None:
    listed = google("GET", "/users/me/calendarList").json()["items"]

    assert [item.get("primary", False) for item in listed] == [True, False]
    assert google("GET", "/calendars/primary").json()["id"] == EMAIL
    other = f"/calendars/{listed[1]['id']}/events"
    assert google("POST", other, EVENT).status_code == 200
    assert google("GET", EVENTS).json()["items"] == []
    assert _reason(google("GET", "/calendars/stranger@clinic.example/events")) == (404, "notFound")


def test_the_products_own_scopes_do_not_open_the_calendar_list(sandbox: SandboxClient) -> None:
    tokens = Person(sandbox.http, GOOGLE).tokens()
    narrow = Api(sandbox.http, "/google/calendar/v3", tokens["access_token"])

    assert narrow("GET", EVENTS).status_code == 200
    assert _reason(narrow("GET", "/users/me/calendarList")) == (403, "insufficientPermissions")


def test_a_channel_says_sync_and_then_that_something_changed(
    google: Api, sandbox: SandboxClient, receiver: Receiver
) -> None:
    order = {"id": "channel-1", "type": "web_hook", "address": f"{receiver.url}/google", "token": "org=1"}
    channel = google("POST", f"{EVENTS}/watch", order).json()
    receiver.wait_for(1)
    google("POST", EVENTS, EVENT)
    told = receiver.wait_for(2)
    stopped = google("POST", "/channels/stop", {"id": "channel-1", "resourceId": channel["resourceId"]})

    assert [item.headers["x-goog-resource-state"] for item in told] == ["sync", "exists"]
    assert [item.headers["x-goog-message-number"] for item in told] == ["1", "2"]
    assert told[1].headers["x-goog-channel-token"] == "org=1"
    assert told[1].headers["x-goog-resource-id"] == channel["resourceId"]
    assert told[1].raw == b""
    assert stopped.status_code == 204
    assert _reason(google("POST", f"{EVENTS}/watch", {**order, "address": "http://clinic.example/x"}))[0] == 400
    assert google("POST", "/channels/stop", {"id": "channel-1", "resourceId": "x"}).status_code == 404


def test_faults_in_googles_words(google: Api, sandbox: SandboxClient) -> None:
    sandbox.http.put("/sandbox/faults/google", json={"status": 403, "times": 1})

    assert _reason(google("GET", EVENTS)) == (403, "rateLimitExceeded")
