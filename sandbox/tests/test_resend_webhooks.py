"""Resend's webhooks: made, listed, removed, and told of each email in Svix's way."""

import base64
import hmac
import json

import pytest

from sandbox.tests.client import SandboxClient
from sandbox.tests.receiver import Receiver
from sandbox.tests.test_resend import EMAIL

EVENTS = ["email.sent", "email.delivered", "email.bounced", "email.complained", "email.suppressed"]


def listen(sandbox: SandboxClient, receiver: Receiver, **change: object) -> dict[str, str]:
    body = {"endpoint": f"{receiver.url}/in", "events": EVENTS, **change}
    response = sandbox.http.post("/resend/webhooks", json=body)
    assert response.status_code == 201, response.text
    made: dict[str, str] = response.json()
    return made


def heard(receiver: Receiver, count: int) -> list[tuple[str, dict[str, object]]]:
    bodies = [json.loads(item.raw) for item in receiver.wait_for(count)]
    return [(body["type"], body["data"]) for body in bodies]


def test_an_email_is_told_of_from_sent_to_delivered(sandbox: SandboxClient, receiver: Receiver) -> None:
    listen(sandbox, receiver)
    sent = sandbox.http.post("/resend/emails", json={**EMAIL, "tags": [{"name": "message", "value": "m1"}]}).json()

    events = heard(receiver, 2)

    assert [kind for kind, _ in events] == ["email.sent", "email.delivered"]
    assert (events[1][1]["email_id"], events[1][1]["tags"]) == (sent["id"], {"message": "m1"})


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("bounced", ["email.sent", "email.bounced"]),
        ("complained+label", ["email.sent", "email.delivered", "email.complained"]),
        ("suppressed", ["email.sent", "email.suppressed"]),
        ("delivered", ["email.sent", "email.delivered"]),
    ],
)
def test_test_addresses_end_as_they_say(
    sandbox: SandboxClient, receiver: Receiver, name: str, kinds: list[str]
) -> None:
    listen(sandbox, receiver)
    sandbox.http.post("/resend/emails", json={**EMAIL, "to": [f"Ana <{name}@resend.dev>"]})

    assert [kind for kind, _ in heard(receiver, len(kinds))] == kinds


def test_each_event_is_signed_with_the_webhooks_secret(sandbox: SandboxClient, receiver: Receiver) -> None:
    made = listen(sandbox, receiver, events=["email.sent"])
    sandbox.http.post("/resend/emails", json=EMAIL)

    (request,) = receiver.wait_for(1)

    key = base64.b64decode(made["signing_secret"].removeprefix("whsec_"))
    signed = f"{request.headers['svix-id']}.{request.headers['svix-timestamp']}.".encode() + request.raw
    wanted = base64.b64encode(hmac.new(key, signed, "sha256").digest()).decode()
    assert request.headers["svix-signature"] == f"v1,{wanted}"


def test_webhooks_belong_to_the_key_that_made_them(sandbox: SandboxClient, receiver: Receiver) -> None:
    made = listen(sandbox, receiver)
    other = {"Authorization": "Bearer other-key"}

    (listed,) = sandbox.http.get("/resend/webhooks").json()["data"]
    assert (listed["id"], listed["signing_secret"]) == (made["id"], made["signing_secret"])
    assert sandbox.http.get("/resend/webhooks", headers=other).json()["data"] == []
    assert sandbox.http.delete(f"/resend/webhooks/{made['id']}", headers=other).status_code == 404
    assert sandbox.http.delete(f"/resend/webhooks/{made['id']}").json()["deleted"] is True
    assert sandbox.http.get("/resend/webhooks").json()["data"] == []


@pytest.mark.parametrize("change", [{"endpoint": "nowhere"}, {"events": []}, {"events": ["email.eaten"]}])
def test_bad_webhooks_are_refused(sandbox: SandboxClient, receiver: Receiver, change: dict[str, object]) -> None:
    body = {"endpoint": f"{receiver.url}/in", "events": EVENTS, **change}
    assert sandbox.http.post("/resend/webhooks", json=body).json()["name"] == "validation_error"
