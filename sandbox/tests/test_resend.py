"""Emails: accepted, kept, refused in Resend's words."""

from typing import Any

import httpx
import pytest

from sandbox.tests.client import SandboxClient

EMAIL = {
    "from": "Voxanne <hello@voxanne.test>",
    "to": ["ana@example.com"],
    "subject": "Confirm your address",
    "text": "Open http://127.0.0.1:8000/confirm/abc.",
    "html": '<p>Open <a href="http://127.0.0.1:8000/confirm/abc">this</a>.</p>',
}


def _send(sandbox: SandboxClient, body: Any, **headers: str) -> httpx.Response:
    return sandbox.http.post("/resend/emails", json=body, headers=headers)


def test_an_email_is_kept_and_can_be_read_back(sandbox: SandboxClient) -> None:
    sent = _send(sandbox, EMAIL)

    read = sandbox.http.get(f"/resend/emails/{sent.json()['id']}").json()
    assert sent.status_code == 200
    assert set(sent.json()) == {"id"}
    assert read["object"] == "email"
    assert (read["to"], read["subject"], read["last_event"]) == (EMAIL["to"], EMAIL["subject"], "delivered")
    assert [item["subject"] for item in sandbox.ledger()["emails"]] == [EMAIL["subject"]]


@pytest.mark.parametrize(
    ("change", "name", "message"),
    [
        ({"from": None}, "missing_required_field", "Missing `from` field."),
        ({"to": []}, "missing_required_field", "Missing `to` field."),
        ({"subject": ""}, "missing_required_field", "Missing `subject` field."),
        ({"text": None, "html": None}, "missing_required_field", "Missing `html` or `text` field."),
        ({"to": "nobody"}, "validation_error", "Invalid `to` field."),
        ({"from": "Voxanne <hello>"}, "validation_error", "Invalid `from` field."),
        ({"to": ["a@example.com"] * 51}, "validation_error", "at most 50"),
        ({"body": "x"}, "validation_error", "Unrecognized key(s): body."),
    ],
)
def test_bad_emails_are_refused(sandbox: SandboxClient, change: dict[str, Any], name: str, message: str) -> None:
    response = _send(sandbox, {**EMAIL, **change})

    assert response.status_code == 422
    assert response.json()["name"] == name
    assert message in response.json()["message"]
    assert response.json()["statusCode"] == 422


def test_keys(sandbox: SandboxClient) -> None:
    bad = _send(sandbox, EMAIL, Authorization="Bearer re_bad")
    del sandbox.http.headers["Authorization"]
    missing = _send(sandbox, EMAIL)

    assert (bad.status_code, bad.json()["name"]) == (403, "invalid_api_key")
    assert (missing.status_code, missing.json()["name"]) == (401, "missing_api_key")


def test_an_idempotency_key_sends_once(sandbox: SandboxClient) -> None:
    first, second = (_send(sandbox, EMAIL, **{"Idempotency-Key": "k1"}).json() for _ in range(2))
    other = _send(sandbox, {**EMAIL, "subject": "Else"}, **{"Idempotency-Key": "k1"})

    assert first == second
    assert (other.status_code, other.json()["name"]) == (409, "invalid_idempotent_request")
    assert len(sandbox.ledger()["emails"]) == 1


def test_an_email_that_is_not_there(sandbox: SandboxClient) -> None:
    assert sandbox.http.get("/resend/emails/nothing").json()["name"] == "not_found"


def test_domains(sandbox: SandboxClient) -> None:
    _send(sandbox, {**EMAIL, "to": ["Ana <ana@north.clinic.test>"]})
    added = sandbox.http.post("/resend/domains", json={"name": "unverified.clinic.test"})

    listed = sandbox.http.get("/resend/domains").json()
    statuses = {item["name"]: item["status"] for item in listed["data"]}
    assert added.status_code == 201
    assert statuses["voxanne.test"] == statuses["north.clinic.test"] == statuses["example.com"] == "verified"
    assert statuses["unverified.clinic.test"] == "not_started"
    shown = sandbox.http.get(f"/resend/domains/{added.json()['id']}").json()
    assert (shown["object"], shown["name"]) == ("domain", "unverified.clinic.test")
    assert sandbox.http.get("/resend/domains/none").json()["name"] == "not_found"
    assert sandbox.http.post("/resend/domains", json={"name": "no domain"}).status_code == 422


def test_a_sender_needs_a_verified_domain(sandbox: SandboxClient) -> None:
    refused = _send(sandbox, {**EMAIL, "from": "North <desk@unverified.clinic.test>"})

    assert (refused.status_code, refused.json()["name"]) == (403, "validation_error")
    assert "The unverified.clinic.test domain is not verified." in refused.json()["message"]
    assert sandbox.ledger()["emails"] == []


def test_a_key_for_sending_only_cannot_list_domains(sandbox: SandboxClient) -> None:
    key = {"Authorization": "Bearer re_1_sendonly"}

    assert _send(sandbox, EMAIL, **key).status_code == 200
    refused = sandbox.http.get("/resend/domains", headers=key)
    assert (refused.status_code, refused.json()["name"]) == (401, "restricted_api_key")
