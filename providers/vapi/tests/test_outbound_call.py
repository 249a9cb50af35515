"""Placing a call: checked before it leaves, sent once, whatever Vapi answers."""

from uuid import uuid4

import pytest

from providers.vapi.client import platform_client
from providers.vapi.readiness import OutboundCallNotReady, assert_outbound_call_ready
from voxanne.errors import NotFoundAtProvider, RateLimited, Rejected, Timeout, Unauthorized, Unavailable

NUMBER_ID, PHONE = str(uuid4()), "+447700900123"
READY = {"assistant_id": str(uuid4()), "phone_number_id": NUMBER_ID, "customer_number": PHONE}


@pytest.fixture
def client(vapi_sandbox):
    return platform_client()


@pytest.fixture
def line(vapi_sandbox):
    """An assistant and a number that Vapi knows."""
    assistant = vapi_sandbox.vapi(
        "POST", "/assistant", {"name": "Call-backs", "model": {"provider": "openai", "model": "gpt-4.1"}}
    )
    account = {"provider": "twilio", "twilioAccountSid": "AC" + "1a" * 16, "twilioAuthToken": "2b" * 16}
    number = vapi_sandbox.vapi("POST", "/phone-number", {**account, "number": "+442079460121", "smsEnabled": False})
    return {"assistant_id": assistant["id"], "phone_number_id": number["id"]}


def test_a_complete_call_may_go():
    assert_outbound_call_ready(**READY)
    assert_outbound_call_ready(**READY | {"phone_number_id": NUMBER_ID.upper()})


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"assistant_id": ""}, "assistantId is missing"),
        ({"assistant_id": "  "}, "assistantId is missing"),
        ({"phone_number_id": "+442079460121"}, "phoneNumberId cannot be an E.164 phone number (starts with +)"),
        ({"phone_number_id": ""}, "phoneNumberId must be a UUID"),
        ({"phone_number_id": "442079460121"}, "phoneNumberId must be a UUID"),
        ({"phone_number_id": NUMBER_ID.replace("-", "")}, "phoneNumberId must be a UUID"),
        ({"customer_number": ""}, "customer.number must be an E.164"),
        ({"customer_number": "07700 900123"}, "customer.number must be an E.164"),
        ({"customer_number": "+447700900123 "}, "customer.number must be an E.164"),
        ({"customer_number": "+٤٤٧٧٠٠٩٠٠١٢٣"}, "customer.number must be an E.164"),
        ({"customer_number": "+0447700900123"}, "customer.number must be an E.164"),
    ],
)
def test_anything_less_is_refused_before_vapi_is_asked(vapi_sandbox, client, wrong, words):
    with pytest.raises(OutboundCallNotReady) as refused:
        assert_outbound_call_ready(**READY | wrong)
    assert words in refused.value.message

    values = READY | wrong
    with pytest.raises(OutboundCallNotReady):
        client.create_outbound_call(
            assistant_id=values["assistant_id"],
            phone_number_id=values["phone_number_id"],
            customer={"number": values["customer_number"]},
        )
    assert vapi_sandbox.requests_to_vapi("POST", "/call") == []


def test_the_call_is_placed_with_what_differs_from_the_assistant(vapi_sandbox, client, line):
    call = client.create_outbound_call(
        **line,
        customer={"number": PHONE, "name": "Ana Reyes"},
        overrides={"metadata": {"org_id": "o"}, "firstMessage": "Hello Ana."},
        name="voxanne 1",
    )

    assert call["status"] == "queued"
    (sent,) = vapi_sandbox.requests_to_vapi("POST", "/call")
    assert sent["body"]["customer"]["name"] == "Ana Reyes"
    assert sent["body"]["assistantOverrides"]["metadata"] == {"org_id": "o"}
    assert sent["body"]["name"] == "voxanne 1"
    assert client.get_call(call["id"])["assistantOverrides"]["firstMessage"] == "Hello Ana."


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ({"status": 400}, Rejected),
        ({"status": 401}, Unauthorized),
        ({"status": 402}, Rejected),
        ({"status": 429}, RateLimited),
        ({"status": 500}, Unavailable),
        ({"drop_rate": 1}, Unavailable),
        ({"drop_rate": 1, "after_work": True}, Unavailable),
    ],
)
def test_whatever_vapi_answers_it_is_sent_once(vapi_sandbox, client, line, fault, kind):
    vapi_sandbox.spoil(**fault)

    with pytest.raises(kind):
        client.create_outbound_call(**line, customer={"number": PHONE})
    assert len(vapi_sandbox.requests_to_vapi("POST", "/call")) == 1


def test_silence_is_a_timeout_and_is_not_repeated(vapi_sandbox, line):
    vapi_sandbox.spoil(timeout_rate=1, after_work=True)

    with pytest.raises(Timeout):
        platform_client(timeout_s=0.3).create_outbound_call(**line, customer={"number": PHONE})
    vapi_sandbox.heal()
    assert len(vapi_sandbox.vapi("GET", "/call")) == 1


def test_an_assistant_that_is_gone_is_vapis_to_say(vapi_sandbox, client, line):
    client.delete_assistant(line["assistant_id"])

    with pytest.raises((Rejected, NotFoundAtProvider)):
        client.create_outbound_call(**line, customer={"number": PHONE})
