"""Messages and calls through the official client, with their signed callbacks."""

import time

import pytest

from sandbox.tests.client import SandboxClient
from sandbox.tests.receiver import Receiver
from sandbox.tests.twilio_client import NUMBER, OTHER_SID, TOKEN, refusal, twilio_client

pytest.importorskip("twilio", reason="the official twilio package is not installed")
from twilio.request_validator import RequestValidator

PATIENT = "+447700900123"


def _ends_as(sandbox: SandboxClient, sid: str, status: str) -> str:
    client = twilio_client(sandbox.base_url)
    for _ in range(200):
        if (current := str(client.messages(sid).fetch().status)) == status:
            return current
        time.sleep(0.02)
    return current


def test_a_message_travels_and_reports_back_signed(sandbox: SandboxClient, receiver: Receiver) -> None:
    client = twilio_client(sandbox.base_url)
    callback = f"{receiver.url}/sms/status"

    sent = client.messages.create(to=PATIENT, from_=NUMBER, body="See you at 9.", status_callback=callback)
    told = receiver.wait_for(2)

    assert (sent.status, sent.num_segments, sent.direction) == ("queued", "1", "outbound-api")
    assert [item.form["MessageStatus"] for item in told] == ["sent", "delivered"]
    assert {item.form["MessageSid"] for item in told} == {sent.sid}
    assert "Body" not in told[0].form
    for item in told:
        assert RequestValidator(TOKEN).validate(callback, item.form, item.headers["x-twilio-signature"])
    assert client.messages(sent.sid).fetch().status == "delivered"
    assert [item.sid for item in client.messages.list(to=PATIENT)] == [sent.sid]
    assert [item["body"] for item in sandbox.ledger()["messages"]] == ["See you at 9."]


def test_a_message_that_does_not_arrive(sandbox: SandboxClient, receiver: Receiver) -> None:
    client = twilio_client(sandbox.base_url)
    client.messages.create(to="+447700910000", from_=NUMBER, body="Hello", status_callback=receiver.url)

    last = receiver.wait_for(2)[-1].form

    assert (last["MessageStatus"], last["ErrorCode"]) == ("undelivered", "30003")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"to": "+15005550001"}, 21211),
        ({"to": "+15005550002"}, 21612),
        ({"to": "+15005550003"}, 21408),
        ({"to": "+15005550004"}, 21610),
        ({"to": "+15005550009"}, 21614),
        ({"to": "nobody"}, 21211),
        ({"to": ""}, 21604),
        ({"from_": "+15005550001"}, 21212),
        ({"from_": "+15005550007"}, 21606),
        ({"from_": "+15005550008"}, 21611),
        ({"from_": "+15005550005"}, 21606),
        ({"from_": "+14155550160"}, 21659),
        ({"from_": None}, 21603),
        ({"body": ""}, 21602),
        ({"body": "x" * 1601}, 21617),
        ({"to": NUMBER}, 21266),
        ({"status_callback": "nowhere"}, 21609),
    ],
)
def test_messages_that_are_refused(sandbox: SandboxClient, change: dict[str, str], code: int) -> None:
    client = twilio_client(sandbox.base_url)
    order = {"to": PATIENT, "from_": NUMBER, "body": "Hello", **change}

    refused = refusal(client.messages.create, **{key: value for key, value in order.items() if value is not None})

    assert (refused.status, refused.code) == (400, code)
    assert client.messages.list() == []


def test_another_accounts_number_and_a_verified_caller_id_cannot_send(sandbox: SandboxClient) -> None:
    client = twilio_client(sandbox.base_url)
    client.incoming_phone_numbers.list(phone_number=NUMBER)
    stranger = twilio_client(sandbox.base_url, OTHER_SID)

    assert refusal(stranger.messages.create, to=PATIENT, from_=NUMBER, body="Hi").code == 21660
    client.validation_requests.create(phone_number="+447700900124")
    for _ in range(100):
        if client.outgoing_caller_ids.list():
            break
        time.sleep(0.02)
    assert refusal(client.messages.create, to=PATIENT, from_="+447700900124", body="Hi").code == 21606


def test_the_good_magic_number_sends(sandbox: SandboxClient) -> None:
    sent = twilio_client(sandbox.base_url).messages.create(to=PATIENT, from_="+15005550006", body="Hi")

    assert _ends_as(sandbox, sent.sid, "delivered") == "delivered"


def test_segments_are_counted(sandbox: SandboxClient) -> None:
    client = twilio_client(sandbox.base_url)

    def segments(body: str) -> str:
        return str(client.messages.create(to=PATIENT, from_=NUMBER, body=body).num_segments)

    assert [segments("a" * 160), segments("a" * 161), segments("€" * 80), segments("€" * 81)] == ["1", "2", "1", "2"]
    assert [segments("я" * 70), segments("я" * 71), segments("😀" * 35), segments("😀" * 36)] == ["1", "2", "1", "2"]


def test_an_incoming_text_reaches_the_numbers_webhook_signed(sandbox: SandboxClient, receiver: Receiver) -> None:
    client = twilio_client(sandbox.base_url)
    owned = client.incoming_phone_numbers.list(phone_number=NUMBER)[0]
    client.incoming_phone_numbers(owned.sid).update(sms_url=f"{receiver.url}/sms")
    receiver.answer = lambda _request: (200, "<Response><Message>Thank you</Message></Response>")

    told = sandbox.http.post("/sandbox/sms", json={"from": PATIENT, "to": NUMBER, "body": " Is 9 & 10 free? "})

    form = receiver.received[0].form
    assert told.status_code == 201
    assert told.json()["statusCode"] == 200
    assert (form["From"], form["To"], form["Body"], form["NumMedia"]) == (PATIENT, NUMBER, " Is 9 & 10 free? ", "0")
    signature = receiver.received[0].headers["x-twilio-signature"]
    assert RequestValidator(TOKEN).validate(f"{receiver.url}/sms", form, signature)
    directions = {item.direction: item.body for item in client.messages.list()}
    assert directions == {"inbound": " Is 9 & 10 free? ", "outbound-reply": "Thank you"}


def test_stop_and_start(sandbox: SandboxClient, receiver: Receiver) -> None:
    client = twilio_client(sandbox.base_url)
    owned = client.incoming_phone_numbers.list(phone_number=NUMBER)[0]
    client.incoming_phone_numbers(owned.sid).update(sms_url=receiver.url)

    def text(body: str) -> None:
        sandbox.http.post("/sandbox/sms", json={"from": PATIENT, "to": NUMBER, "body": body}).raise_for_status()

    text("STOP please")
    client.messages.create(to=PATIENT, from_=NUMBER, body="still here")
    text("stop")
    assert refusal(client.messages.create, to=PATIENT, from_=NUMBER, body="no").code == 21610
    text("START")
    client.messages.create(to=PATIENT, from_=NUMBER, body="back again")
    assert [item.form["Body"] for item in receiver.received] == ["STOP please", "stop", "START"]


def test_texts_that_nobody_would_hear_of(sandbox: SandboxClient) -> None:
    def status(number: str) -> int:
        return sandbox.http.post("/sandbox/sms", json={"from": PATIENT, "to": number, "body": "x"}).status_code

    assert status(NUMBER) == 404
    twilio_client(sandbox.base_url).incoming_phone_numbers.list(phone_number=NUMBER)
    assert status(NUMBER) == 409
    assert status("desk") == 400


def test_a_call_rings_and_ends(sandbox: SandboxClient, receiver: Receiver) -> None:
    client = twilio_client(sandbox.base_url)
    client.incoming_phone_numbers.list(phone_number=NUMBER)
    events = ["initiated", "ringing", "answered", "completed"]
    order = {"from_": NUMBER, "twiml": "<Response/>", "status_callback": receiver.url}

    call = client.calls.create(to=PATIENT, status_callback_event=events, **order)
    told = [item.form["CallStatus"] for item in receiver.wait_for(4)]
    unanswered = client.calls.create(to="+447700910000", **order)
    last = receiver.wait_for(5)[-1].form

    assert call.status == "queued"
    assert told == ["initiated", "ringing", "in-progress", "completed"]
    assert (last["CallSid"], last["CallStatus"]) == (unanswered.sid, "no-answer")
    assert client.calls(call.sid).fetch().status == "completed"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"to": "+15005550001"}, 21217),
        ({"to": "+15005550002"}, 21214),
        ({"to": "+15005550003"}, 21215),
        ({"to": "+15005550004"}, 21216),
        ({"from_": "+15005550001"}, 21212),
        ({"from_": "+447700900599"}, 21210),
        ({"twiml": None}, 21205),
    ],
)
def test_calls_that_are_refused(sandbox: SandboxClient, change: dict[str, str], code: int) -> None:
    order = {"to": PATIENT, "from_": "+15005550006", "twiml": "<Response/>", **change}
    client = twilio_client(sandbox.base_url)
    assert refusal(client.calls.create, **{key: value for key, value in order.items() if value}).code == code
