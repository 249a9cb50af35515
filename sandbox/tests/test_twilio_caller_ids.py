"""Caller-ID verification through the official client: the call, the code, the callback."""

import re
import time

import pytest

from sandbox.tests.client import SandboxClient
from sandbox.tests.receiver import Receiver
from sandbox.tests.twilio_client import SID, TOKEN, refusal, twilio_client

pytest.importorskip("twilio", reason="the official twilio package is not installed")
from twilio.request_validator import RequestValidator

NUMBER = "+447700900123"


def test_a_right_code_verifies_the_number_and_says_so(sandbox: SandboxClient, receiver: Receiver) -> None:
    client = twilio_client(sandbox.base_url)
    callback = f"{receiver.url}/caller-id?org=1"

    asked = client.validation_requests.create(phone_number=NUMBER, friendly_name="Desk", status_callback=callback)
    before = client.outgoing_caller_ids.list(phone_number=NUMBER)
    told = receiver.wait_for(1)[0]
    after = client.outgoing_caller_ids.list(phone_number=NUMBER, limit=1)

    assert re.fullmatch(r"\d{6}", asked.validation_code)
    assert asked.call_sid.startswith("CA")
    assert before == []
    assert (after[0].phone_number, after[0].friendly_name) == (NUMBER, "Desk")
    assert told.form["VerificationStatus"] == "success"
    assert told.form["OutgoingCallerIdSid"] == after[0].sid
    assert (told.form["CallSid"], told.form["To"], told.form["AccountSid"]) == (asked.call_sid, NUMBER, SID)
    assert RequestValidator(TOKEN).validate(callback, told.form, told.headers["x-twilio-signature"])
    assert not RequestValidator("b" * 32).validate(callback, told.form, told.headers["x-twilio-signature"])


@pytest.mark.parametrize(("ending", "call_status"), [("0000", "no-answer"), ("0001", "completed"), ("0002", "busy")])
def test_numbers_that_do_not_verify(sandbox: SandboxClient, receiver: Receiver, ending: str, call_status: str) -> None:
    client, number = twilio_client(sandbox.base_url), f"+44770090{ending}"
    client.validation_requests.create(phone_number=number, status_callback=receiver.url)

    told = receiver.wait_for(1, matching=lambda item: item.form["To"] == number)[0]

    assert (told.form["VerificationStatus"], told.form["CallStatus"]) == ("failed", call_status)
    assert "OutgoingCallerIdSid" not in told.form
    assert client.outgoing_caller_ids.list(phone_number=number) == []


def test_what_twilio_refuses_to_call(sandbox: SandboxClient) -> None:
    client = twilio_client(sandbox.base_url)
    client.incoming_phone_numbers.list(phone_number="+14155550123")
    client.validation_requests.create(phone_number=NUMBER)
    _wait_until_listed(sandbox)

    def code(**fields: object) -> int:
        return refusal(client.validation_requests.create, **fields).code

    assert code(phone_number=NUMBER) == 21450
    assert code(phone_number="+14155550123") == 21449
    assert code(phone_number="12345") == 21217
    assert code(phone_number="+15005550001") == 21217
    assert code(phone_number="+447700900124", call_delay=61) == 21454
    assert code(phone_number="+447700900124", status_callback="not-a-url") == 21456


def test_a_caller_id_is_renamed_and_removed(sandbox: SandboxClient) -> None:
    client = twilio_client(sandbox.base_url)
    client.validation_requests.create(phone_number=NUMBER)
    sid = _wait_until_listed(sandbox)

    assert client.outgoing_caller_ids(sid).update(friendly_name="Front desk").friendly_name == "Front desk"
    assert client.outgoing_caller_ids(sid).delete() is True
    assert client.outgoing_caller_ids.list() == []
    assert refusal(client.outgoing_caller_ids(sid).fetch).code == 20404


def _wait_until_listed(sandbox: SandboxClient) -> str:
    client = twilio_client(sandbox.base_url)
    for _ in range(200):
        if found := client.outgoing_caller_ids.list(phone_number=NUMBER):
            return str(found[0].sid)
        time.sleep(0.02)
    raise AssertionError("the number was never verified")
