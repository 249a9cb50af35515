"""Microsoft's sign-in and Graph calendar: tokens, events, deltas, schedules, subscriptions."""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sandbox.tests.client import SandboxClient
from sandbox.tests.oauth_client import EMAIL, MICROSOFT, REDIRECT, Api, Person
from sandbox.tests.receiver import Received, Receiver

DAY = "2026-11-25"
EVENT = {
    "subject": "Botox: Ana Reyes",
    "start": {"dateTime": f"{DAY}T09:00:00", "timeZone": "GMT Standard Time"},
    "end": {"dateTime": f"{DAY}T09:30:00", "timeZone": "Europe/London"},
    "transactionId": "appointment-1",
}
SPAN = {"startDateTime": f"{DAY}T00:00:00Z", "endDateTime": f"{DAY}T23:59:00Z"}


@pytest.fixture
def person(sandbox: SandboxClient) -> Person:
    return Person(sandbox.http, MICROSOFT)


@pytest.fixture
def graph(sandbox: SandboxClient, person: Person) -> Api:
    return Api(sandbox.http, "/microsoft/graph/v1.0", person.tokens()["access_token"])


def _code(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["error"]["code"]


def _aadsts(response: Any) -> tuple[int, str, int]:
    body = response.json()
    assert body["error_description"].startswith(f"AADSTS{body['error_codes'][0]}: ")
    return response.status_code, body["error"], body["error_codes"][0]


def test_tokens_and_who_they_belong_to(sandbox: SandboxClient, person: Person) -> None:
    page = sandbox.http.get(person.query())
    tokens = person.tokens()
    me = Api(sandbox.http, "/microsoft/graph/v1.0", tokens["access_token"])("GET", "/me").json()

    assert page.status_code == 200
    assert "Calendars.ReadWrite" in page.text
    assert {"access_token", "refresh_token", "id_token", "scope", "expires_in", "ext_expires_in", "token_type"} == set(
        tokens
    )
    assert (me["mail"], me["userPrincipalName"]) == (EMAIL, EMAIL)


def test_denial_and_pages_that_block(sandbox: SandboxClient, person: Person) -> None:
    denied = person.decide("deny")

    assert (denied["error"], denied["state"]) == ("access_denied", "state-1")
    assert denied["error_description"].startswith("AADSTS65004")
    for change, number in (
        ({"client_id": "app-bad"}, "AADSTS700016"),
        ({"scope": None}, "AADSTS900144"),
        ({"scope": "Calendars.Rewrite"}, "AADSTS70011"),
        ({"redirect_uri": "ftp://x.test"}, "AADSTS50011"),
        ({"response_type": "token"}, "AADSTS70005"),
        ({"code_challenge_method": "plain"}, "AADSTS501491"),
    ):
        blocked = sandbox.http.get(person.query(**change))
        assert (blocked.status_code, number in blocked.text) == (400, True), change


def test_the_way_back_by_form(sandbox: SandboxClient, person: Person) -> None:
    page = sandbox.http.post(person.query(response_mode="form_post"), data={"decision": "allow", "email": EMAIL})

    fields = dict(re.findall(r'name="(\w+)" value="([^"]+)"', page.text))
    assert f'action="{REDIRECT}"' in page.text
    assert fields["state"] == "state-1"
    assert person.exchange(fields["code"]).status_code == 200
    assert "form-action 'self' http://127.0.0.1:8000" in page.headers["content-security-policy"]
    assert fields["code"] not in sandbox.http.get("/sandbox/ledger").text


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"code": "nonsense"}, (400, "invalid_grant", 9002313)),
        ({"redirect_uri": f"{REDIRECT}/other"}, (400, "invalid_grant", 500112)),
        ({"code_verifier": "x" * 43}, (400, "invalid_grant", 501481)),
        ({"client_secret": "bad"}, (401, "invalid_client", 7000215)),
        ({"client_secret": None}, (401, "invalid_client", 7000218)),
        ({"grant_type": "password"}, (400, "unsupported_grant_type", 70003)),
    ],
)
def test_codes_that_are_not_redeemed(person: Person, change: dict[str, Any], expected: tuple[int, str, int]) -> None:
    code = person.decide()["code"]

    assert _aadsts(person.exchange(change.pop("code", code), **change)) == expected


def test_a_code_works_once_and_a_refresh_gives_a_new_refresh_token(person: Person) -> None:
    code = person.decide()["code"]
    first = person.exchange(code).json()
    second = person.refresh(first["refresh_token"]).json()

    assert _aadsts(person.exchange(code)) == (400, "invalid_grant", 54005)
    assert second["refresh_token"] != first["refresh_token"]
    assert person.refresh(first["refresh_token"]).status_code == 200, "Microsoft does not end the old one"
    assert "refresh_token" not in person.tokens(scope="openid User.Read")


def test_a_revoked_grant_opens_nothing_any_more(person: Person, sandbox: SandboxClient, graph: Api) -> None:
    tokens = person.tokens()
    sandbox.http.post("/sandbox/microsoft/revoke", json={"email": EMAIL}).raise_for_status()

    assert _aadsts(person.refresh(tokens["refresh_token"])) == (400, "invalid_grant", 50173)
    assert _code(graph("GET", "/me")) == (401, "InvalidAuthenticationToken")


def test_an_event_lives_and_dies(graph: Api) -> None:
    made = graph("POST", "/me/events", EVENT)
    twice = graph("POST", "/me/events", {**EVENT, "subject": "Again"})
    path = f"/me/events/{made.json()['id']}"
    patched = graph("PATCH", path, {"subject": "Moved"}, headers={"Prefer": 'outlook.timezone="Eastern Standard Time"'})
    deleted = graph("DELETE", path)

    assert made.status_code == 201
    assert made.json()["start"] == {"dateTime": f"{DAY}T09:00:00.0000000", "timeZone": "UTC"}
    assert twice.json()["id"] == made.json()["id"]
    assert patched.json()["subject"] == "Moved"
    assert patched.json()["start"] == {"dateTime": f"{DAY}T04:00:00.0000000", "timeZone": "Eastern Standard Time"}
    assert deleted.status_code == 204
    assert _code(graph("GET", path)) == (404, "ErrorItemNotFound")
    assert _code(graph("DELETE", path)) == (404, "ErrorItemNotFound")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"title": "x"}, "RequestBodyRead"),
        ({"end": None}, "ErrorPropertyValidationFailure"),
        ({"start": {"dateTime": "x", "timeZone": "UTC"}}, "ErrorPropertyValidationFailure"),
        ({"start": {"dateTime": f"{DAY}T09:00:00", "timeZone": "Mars"}}, "TimeZoneNotSupportedException"),
        ({"end": {"dateTime": f"{DAY}T08:00:00", "timeZone": "UTC"}}, "ErrorPropertyValidationFailure"),
    ],
)
def test_events_that_are_refused(graph: Api, change: dict[str, Any], code: str) -> None:
    assert _code(graph("POST", "/me/events", {**EVENT, **change})) == (400, code)


def test_scopes_and_tokens(sandbox: SandboxClient, person: Person) -> None:
    reader = person.tokens(scope="openid offline_access Calendars.Read")["access_token"]
    api = Api(sandbox.http, "/microsoft/graph/v1.0", reader)

    assert _code(api("POST", "/me/events", EVENT)) == (403, "ErrorAccessDenied")
    assert api("GET", "/me/calendars").status_code == 200
    assert _code(Api(sandbox.http, "/microsoft/graph/v1.0", "junk")("GET", "/me"))[0] == 401


def test_a_view_and_then_only_what_changed(graph: Api, sandbox: SandboxClient) -> None:
    made = graph("POST", "/me/events", EVENT).json()
    graph("POST", "/me/events", {**EVENT, "transactionId": "2", "subject": "Second"})
    view = graph("GET", "/me/calendarView", params=SPAN).json()
    first = graph("GET", "/me/calendarView/delta", params=SPAN, headers={"Prefer": "odata.maxpagesize=1"}).json()
    second = graph("GET", first["@odata.nextLink"]).json()
    outside = {"email": EMAIL, "summary": "Dentist", "start": f"{DAY}T12:00:00Z", "end": f"{DAY}T13:00:00Z"}
    sandbox.http.post("/sandbox/microsoft/events", json=outside).raise_for_status()
    graph("DELETE", f"/me/events/{made['id']}")
    changes = graph("GET", second["@odata.deltaLink"]).json()

    assert [item["subject"] for item in view["value"]] == ["Botox: Ana Reyes", "Second"]
    assert [len(first["value"]), len(second["value"])] == [1, 1]
    assert [item.get("subject") for item in changes["value"]] == ["Dentist", None]
    assert changes["value"][1] == {"id": made["id"], "@removed": {"reason": "deleted"}}
    assert graph("GET", changes["@odata.deltaLink"]).json()["value"] == []
    assert _code(graph("GET", "/me/calendarView")) == (400, "ErrorInvalidParameter")


def test_expired_delta_links_ask_for_a_full_round(graph: Api, sandbox: SandboxClient, person: Person) -> None:
    link = graph("GET", "/me/calendarView/delta", params=SPAN).json()["@odata.deltaLink"]
    sandbox.http.post("/sandbox/microsoft/expire", json={"email": EMAIL, "sync": True}).raise_for_status()
    fresh = Api(sandbox.http, "/microsoft/graph/v1.0", person.tokens()["access_token"])

    assert _code(graph("GET", link))[0] == 401
    assert _code(fresh("GET", link)) == (410, "SyncStateNotFound")


def test_schedules(graph: Api) -> None:
    graph("POST", "/me/events", EVENT)
    asked = {
        "schedules": [EMAIL, "ben@clinic.example"],
        "startTime": {"dateTime": f"{DAY}T08:00:00", "timeZone": "UTC"},
        "endTime": {"dateTime": f"{DAY}T10:00:00", "timeZone": "UTC"},
    }

    own, other = graph("POST", "/me/calendar/getSchedule", asked).json()["value"]

    assert own["availabilityView"] == "0020"
    assert own["scheduleItems"][0]["start"]["dateTime"] == f"{DAY}T09:00:00.0000000"
    assert other["error"]["responseCode"] == "ErrorMailRecipientNotFound"


def _shake(request: Received) -> tuple[int, str]:
    return 200, request.query.get("validationToken", "")


def _subscription(receiver: Receiver, **change: Any) -> dict[str, Any]:
    expires = (datetime.now(UTC) + timedelta(days=2)).isoformat()
    return {
        "changeType": "created,updated,deleted",
        "notificationUrl": f"{receiver.url}/graph",
        "resource": "/me/events",
        "expirationDateTime": expires,
        "clientState": "hush-hush",
        **change,
    }


def test_a_subscription_shakes_hands_and_tells(graph: Api, sandbox: SandboxClient, receiver: Receiver) -> None:
    receiver.answer = _shake
    made = graph("POST", "/subscriptions", _subscription(receiver))
    event = graph("POST", "/me/events", EVENT).json()
    graph("DELETE", f"/me/events/{event['id']}")
    told = receiver.wait_for(3)

    path = f"/subscriptions/{made.json()['id']}"
    later = (datetime.now(UTC) + timedelta(days=3)).isoformat()
    assert made.status_code == 201
    assert "validationToken" in told[0].query
    notes = [carried(item)["value"][0] for item in told[1:]]
    assert {note["changeType"] for note in notes} == {"created", "deleted"}
    assert {note["clientState"] for note in notes} == {"hush-hush"}
    assert {note["resourceData"]["id"] for note in notes} == {event["id"]}
    assert graph("PATCH", path, {"expirationDateTime": later}).status_code == 200
    assert graph("DELETE", path).status_code == 204
    assert _code(graph("GET", path)) == (404, "ResourceNotFound")
    assert "hush-hush" not in sandbox.http.get("/sandbox/ledger").text


def carried(item: Received) -> Any:
    """Return what a request carried as JSON."""
    return json.loads(item.raw)


def test_subscriptions_that_are_refused(graph: Api, receiver: Receiver) -> None:
    far = (datetime.now(UTC) + timedelta(days=30)).isoformat()

    assert _code(graph("POST", "/subscriptions", _subscription(receiver))) == (400, "ValidationError")
    receiver.answer = _shake
    for change in (
        {"expirationDateTime": far},
        {"changeType": "opened"},
        {"resource": "/me/messages"},
        {"notificationUrl": "http://clinic.example/x"},
    ):
        assert _code(graph("POST", "/subscriptions", _subscription(receiver, **change))) == (400, "InvalidRequest")


MARK = "String {6b0f4a2d-9c57-4f0e-8f43-1f6f2d7c9a10} Name mark"


def test_extended_properties_are_shown_to_who_asks_and_found_by_their_value(graph: Api) -> None:
    marked = {**EVENT, "singleValueExtendedProperties": [{"id": MARK, "value": "one"}]}
    path = f"/me/events/{graph('POST', '/me/events', marked).json()['id']}"
    expand = {"$expand": f"singleValueExtendedProperties($filter=id eq '{MARK}')"}
    wanted = f"singleValueExtendedProperties/Any(ep: ep/id eq '{MARK}' and ep/value eq "
    found = [graph("GET", "/me/events", params={"$filter": f"{wanted}'{value}')"}).json() for value in ("one", "two")]

    assert "singleValueExtendedProperties" not in graph("GET", path).json()
    assert graph("GET", path, params=expand).json()["singleValueExtendedProperties"] == [{"id": MARK, "value": "one"}]
    assert [len(one["value"]) for one in found] == [1, 0]
    assert _code(graph("GET", "/me/events", params={"$filter": "subject eq 'x'"})) == (400, "BadRequest")
    assert _code(graph("GET", path, params={"$expand": "attachments"}))[0] == 400
    bad = {**EVENT, "transactionId": None, "singleValueExtendedProperties": [{"id": "mark", "value": "one"}]}
    assert _code(graph("POST", "/me/events", bad)) == (400, "ErrorInvalidProperty")


def test_a_delta_query_takes_no_expansion(graph: Api) -> None:
    marked = {**EVENT, "singleValueExtendedProperties": [{"id": MARK, "value": "one"}]}
    graph("POST", "/me/events", marked)
    expand = {"$expand": f"singleValueExtendedProperties($filter=id eq '{MARK}')"}

    listed = graph("GET", "/me/calendarView/delta", params=SPAN).json()["value"]

    assert "singleValueExtendedProperties" not in listed[0]
    assert _code(graph("GET", "/me/calendarView/delta", params={**SPAN, **expand})) == (400, "ErrorInvalidUrlQuery")


def test_the_owner_drags_an_event(graph: Api, sandbox: SandboxClient) -> None:
    made = graph("POST", "/me/events", EVENT).json()
    times = {"start": f"{DAY}T15:00:00Z", "end": f"{DAY}T15:30:00Z"}
    path = f"/sandbox/microsoft/events/{made['id']}"

    sandbox.http.patch(path, json=times).raise_for_status()

    moved = graph("GET", f"/me/events/{made['id']}").json()
    assert (moved["start"]["dateTime"], moved["subject"]) == (f"{DAY}T15:00:00.0000000", EVENT["subject"])
    assert moved["@odata.etag"] != made["@odata.etag"]
    assert sandbox.http.patch(path, json={"start": "x"}).status_code == 400
    assert sandbox.http.patch("/sandbox/microsoft/events/none", json=times).status_code == 404
