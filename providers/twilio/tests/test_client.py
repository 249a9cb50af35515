"""The client against the sandbox, over HTTP."""

import logging
import time
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from structlog.testing import capture_logs
from twilio.rest.api.v2010.account.incoming_phone_number import IncomingPhoneNumberList

from providers.testing import TROUBLE
from providers.twilio.client import TwilioClient
from voxanne.errors import (
    NotFoundAtProvider,
    Owner,
    ProviderError,
    Rejected,
    Timeout,
    Unauthorized,
    Unavailable,
)

SID = "AC" + "1" * 32
TOKEN = "2" * 32
CLINIC = "+442071838750"
PATIENT = "+447700900123"


@pytest.fixture
def sandbox(provider_sandbox):
    return provider_sandbox


@pytest.fixture
def client(sandbox):
    return TwilioClient(SID, TOKEN)


def test_an_account_is_read(client):
    account = client.fetch_account()

    assert (account.sid, account.status) == (SID, "active")
    assert account.friendly_name


def test_a_wrong_token_belongs_to_the_clinic(sandbox):
    with pytest.raises(Unauthorized) as refused:
        TwilioClient(SID, "2" * 29 + "bad").fetch_account()

    assert (refused.value.owner, refused.value.code, refused.value.status) == (Owner.CLINIC, "20003", 401)
    assert "bad" not in str(refused.value)


def test_a_wrong_token_of_the_platforms_own_account_belongs_to_us(sandbox):
    with pytest.raises(Unauthorized) as refused:
        TwilioClient(SID, "2" * 29 + "bad", owner=Owner.US).fetch_account()

    assert refused.value.owner is Owner.US


@pytest.mark.parametrize(("sid", "token"), [("", TOKEN), (SID, "")])
def test_nothing_is_sent_without_credentials(sid, token):
    with pytest.raises(ValueError, match="SID"):
        TwilioClient(sid, token)


def test_a_number_of_the_account_is_found(client):
    number = client.find_number(CLINIC)

    assert number is not None
    assert number.sid.startswith("PN")
    assert number.number == CLINIC
    assert {"voice", "sms"} <= number.capabilities


def test_a_number_of_another_account_is_not(client):
    assert TwilioClient("AC" + "3" * 32, TOKEN).find_number(CLINIC)

    assert client.find_number(CLINIC) is None


def test_a_number_that_only_contains_the_digits_is_not_taken_for_it(client, monkeypatch):
    similar = SimpleNamespace(sid="PN1", phone_number=f"{CLINIC}5", capabilities={})
    monkeypatch.setattr(IncomingPhoneNumberList, "list", lambda self, **wanted: [similar])

    assert client.find_number(CLINIC) is None


def test_only_verified_caller_ids_are_listed(client):
    assert client.list_caller_ids() == []
    assert client.list_caller_ids(number=PATIENT) == []


def test_a_number_is_called_for_its_code_and_becomes_a_caller_id(client, sandbox):
    asked = client.request_verification(PATIENT, friendly_name="Desk", call_delay_s=60)
    assert (asked.call_sid[:2], len(asked.code), asked.code.isdecimal()) == ("CA", 6, True)
    assert client.list_caller_ids(number=PATIENT) == []
    sandbox.control("POST", f"/validation-calls/{asked.call_sid}")

    (caller_id,) = client.list_caller_ids(number=PATIENT)
    assert (caller_id.number, caller_id.friendly_name) == (PATIENT, "Desk")
    with pytest.raises(Rejected) as refused:
        client.request_verification(PATIENT)
    assert refused.value.code == "21450"

    client.delete_caller_id(caller_id.sid)
    client.delete_caller_id(caller_id.sid)
    assert client.list_caller_ids(number=PATIENT) == []


def test_a_message_is_accepted(client):
    assert client.find_number(CLINIC)
    message = client.send_message(to=PATIENT, body="See you at ten.", from_number=CLINIC)

    assert message.sid.startswith("SM")
    assert message.status == "queued"


def test_a_refused_message_carries_twilios_number_and_belongs_to_the_clinic(client):
    with pytest.raises(Rejected) as refused:
        client.send_message(to="+15005550001", body="Hello", from_number="+15005550006")

    assert (refused.value.status, refused.value.code, refused.value.owner) == (400, "21211", Owner.CLINIC)


def test_a_callback_that_twilio_cannot_reach_is_our_mistake(client):
    with pytest.raises(Rejected) as refused:
        client.send_message(to=PATIENT, body="Hi", from_number="+15005550006", status_callback="not-an-address")

    assert (refused.value.code, refused.value.owner) == ("21609", Owner.US)


def test_what_is_gone_there_is_not_found(client, sandbox):
    sandbox.spoil(provider="twilio", status=404)

    with pytest.raises(NotFoundAtProvider):
        client.fetch_account()


@pytest.mark.parametrize(("fault", "kind"), TROUBLE)
def test_a_provider_in_trouble_is_asked_once(client, sandbox, fault, kind):
    sandbox.spoil(provider="twilio", **fault)

    with pytest.raises(kind) as failed:
        client.send_message(to=PATIENT, body="Hello", from_number=CLINIC)

    assert failed.value.retryable
    assert (failed.value.owner, failed.value.operation) == (Owner.PROVIDER, "send_message")
    assert len(sandbox.requests_to("twilio", "POST")) == 1


@pytest.mark.parametrize("status", [400, 401, 403])
def test_a_refusal_is_never_worth_a_repetition(client, sandbox, status):
    sandbox.spoil(provider="twilio", status=status)

    with pytest.raises(ProviderError) as refused:
        client.fetch_account()
    assert not refused.value.retryable
    assert refused.value.owner is Owner.CLINIC


def test_silence_is_a_timeout(sandbox):
    sandbox.spoil(provider="twilio", timeout_rate=1)
    started = time.monotonic()

    with pytest.raises(Timeout):
        TwilioClient(SID, TOKEN, timeout_s=0.3).fetch_account()
    assert time.monotonic() - started < 8


def test_the_client_waits_ten_seconds_by_default(client):
    assert client._adapter._timeout_s == 10


def test_an_address_where_nobody_listens_is_unavailable():
    with pytest.raises(Unavailable):
        TwilioClient(SID, TOKEN, base_url="http://127.0.0.1:9").fetch_account()


def test_proxies_and_variables_of_the_machine_are_not_followed(client, monkeypatch):
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("TWILIO_ACCOUNT_SID", "AC" + "9" * 32)
    monkeypatch.setenv("TWILIO_REGION", "ie1")

    assert client.fetch_account().sid == SID


def test_the_simulator_learns_which_host_was_meant(client, sandbox):
    client.fetch_account()

    assert sandbox.requests_to("twilio", "GET")[0]["headers"]["x-original-host"] == "api.twilio.com"


def test_nothing_of_a_message_is_logged(client, caplog):
    client.find_number(CLINIC)
    with capture_logs() as lines, caplog.at_level(logging.DEBUG):
        client.send_message(to=PATIENT, body="Your results are here", from_number=CLINIC)

    written = f"{lines} {caplog.text}"
    assert [line["operation"] for line in lines] == ["send_message"]
    assert "results" not in written
    assert TOKEN not in written
    assert PATIENT[1:] not in written


def test_an_answer_that_is_not_json_counts_as_not_reached(client, monkeypatch):
    monkeypatch.setattr("requests.models.Response.text", "<html>maintenance</html>")

    with pytest.raises(Unavailable):
        client.fetch_account()


def test_messages_of_a_while_are_listed_oldest_first(client, sandbox):
    before = datetime.now(UTC) - timedelta(minutes=1)
    sent = [client.send_message(to=PATIENT, body=body, from_number=CLINIC).sid for body in ("one", "two")]
    client.send_message(to="+447700900177", body="three", from_number=CLINIC)

    listed = client.list_messages_to(PATIENT, since=before)

    assert [(item.sid, item.body, item.sender) for item in listed] == [
        (sent[0], "one", CLINIC), (sent[1], "two", CLINIC),
    ]  # fmt: skip
    assert client.list_messages_to(PATIENT, since=datetime.now(UTC) + timedelta(minutes=1)) == []
    assert client.fetch_message(sent[0]).to == PATIENT


def test_a_list_that_would_be_cut_proves_nothing(client, sandbox):
    for body in ("one", "two", "three"):
        client.send_message(to=PATIENT, body=body, from_number=CLINIC)

    with pytest.raises(Unavailable):
        client.list_messages_to(PATIENT, since=datetime.now(UTC) - timedelta(minutes=1), most=2)


def test_a_number_is_told_where_its_texts_go(client, sandbox):
    number = client.find_number(CLINIC)

    client.set_sms_url(number.sid, "https://clinic.example/api/twilio/sms")

    assert client.find_number(CLINIC).sms_url == "https://clinic.example/api/twilio/sms"
