"""The pages about numbers, messages, grants and events, and what their forms do."""

import pytest

from sandbox.tests.client import SandboxClient
from sandbox.tests.oauth_client import EMAIL, GOOGLE, MICROSOFT, Endpoints, Person
from sandbox.tests.receiver import Receiver
from sandbox.tests.twilio_client import NUMBER, SID, twilio_client


def test_numbers_and_their_owners(sandbox: SandboxClient) -> None:
    twilio_client(sandbox.base_url).incoming_phone_numbers.list(phone_number=NUMBER)

    shown = sandbox.http.get("/numbers").text

    assert NUMBER in shown
    assert SID in shown


def test_a_text_is_sent_from_the_page(sandbox: SandboxClient, receiver: Receiver) -> None:
    client = twilio_client(sandbox.base_url)
    owned = client.incoming_phone_numbers.list(phone_number=NUMBER)[0]
    form = {"from": "+447700900123", "to": NUMBER, "body": "Hello <b>there</b>"}
    unheard = sandbox.http.post("/messages", data=form)
    client.incoming_phone_numbers(owned.sid).update(sms_url=receiver.url)

    sent = sandbox.http.post("/messages", data=form)
    receiver.answer = lambda _request: (500, "")
    refused = sandbox.http.post("/messages", data=form)

    assert (unheard.status_code, "has no SmsUrl" in unheard.text) == (422, True)
    assert sent.status_code == 303
    assert "Hello &lt;b&gt;there&lt;/b&gt;" in sandbox.http.get("/messages").text
    assert (refused.status_code, "it answered 500" in refused.text) == (422, True)


@pytest.mark.parametrize(("provider", "endpoints"), [("google", GOOGLE), ("microsoft", MICROSOFT)])
def test_access_is_taken_back_on_the_page(sandbox: SandboxClient, provider: str, endpoints: Endpoints) -> None:
    person = Person(sandbox.http, endpoints)
    tokens = person.tokens()
    assert EMAIL in sandbox.http.get("/oauth").text

    sandbox.http.post("/oauth/revoke", data={"provider": provider, "email": EMAIL})

    assert person.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    assert "revoked" in sandbox.http.get("/oauth").text


@pytest.mark.parametrize("provider", ["google", "microsoft"])
def test_an_event_is_added_and_deleted_on_the_page(sandbox: SandboxClient, provider: str) -> None:
    form = {"provider": provider, "email": EMAIL, "summary": "Dentist"}
    times = {"start": "2026-11-25T12:00", "end": "2026-11-25T13:00"}
    added = sandbox.http.post("/calendar", data={**form, **times})
    backwards = sandbox.http.post("/calendar", data={**form, "start": times["end"], "end": times["start"]})
    timeless = sandbox.http.post("/calendar", data=form)
    events = sandbox.http.get("/sandbox/calendars").json()["events"]

    removed = sandbox.http.post("/calendar/remove", data={"provider": provider, "id": events[0]["id"]})
    twice = sandbox.http.post("/calendar/remove", data={"provider": provider, "id": events[0]["id"]})

    assert [added.status_code, removed.status_code] == [303, 303]
    assert [backwards.status_code, timeless.status_code, twice.status_code] == [422, 422, 422]
    assert "2026-11-25 12:00 to 13:00 UTC" in sandbox.http.get("/calendar").text


def test_the_control_api_says_what_it_cannot_do(sandbox: SandboxClient) -> None:
    def status(path: str, body: object) -> int:
        return sandbox.http.post(f"/sandbox/{path}", json=body).status_code

    assert status("google/revoke", {"email": "nobody"}) == 400
    assert status("apple/revoke", {"email": EMAIL}) == 404
    assert status("google/events", {"email": EMAIL, "start": "x", "end": "y"}) == 400
    times = {"start": "2026-11-25T12:00:00Z", "end": "2026-11-25T13:00:00Z"}
    assert status("google/events", {"email": EMAIL, "calendar": "nothing", **times}) == 400
    assert sandbox.http.delete("/sandbox/google/events/none").status_code == 404
