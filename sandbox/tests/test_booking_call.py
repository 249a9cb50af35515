"""A booking from ring to report: what arrives at the product, in which order, in which shape."""

import json
from datetime import datetime

from sandbox.calls.callers import Caller
from sandbox.tests.client import SandboxClient
from sandbox.tests.clinic import Clinic


def test_webhooks_arrive_in_the_order_things_happen(sandbox: SandboxClient, clinic: Clinic) -> None:
    state = sandbox.call(sandbox.receptionist(clinic.url))

    statuses = [message["status"] for message in clinic.of_kind("status-update")]
    tools = [message["toolCallList"][0]["function"]["name"] for message in clinic.of_kind("tool-calls")]
    assert state["status"] == "done"
    assert statuses == ["queued", "ringing", "in-progress", "ended"]
    assert tools == ["checkAvailability", "bookClinicAppointment"]
    assert clinic.kinds()[-2:] == ["status-update", "end-of-call-report"]
    assert [item["type"] for item in state["deliveries"]] == clinic.kinds()
    assert all(item["status_code"] == 200 and item["attempt"] == 1 for item in state["deliveries"])


def test_every_message_carries_the_whole_envelope(sandbox: SandboxClient, clinic: Clinic) -> None:
    assistant = sandbox.receptionist(clinic.url)
    call_id = sandbox.place(
        assistant, customer={"number": "+447700900123", "name": "Ana Reyes"}, metadata={"org_id": "o-1"}
    )
    sandbox.wait_for(call_id)

    for delivery in clinic.deliveries:
        message, call = delivery.message, delivery.message["call"]
        assert delivery.headers["content-type"] == "application/json"
        assert isinstance(message["timestamp"], int)
        assert message["timestamp"] > 1_700_000_000_000
        assert (call["id"], call["assistantId"], call["type"]) == (call_id, assistant["id"], "inboundPhoneCall")
        assert call["orgId"] == assistant["orgId"]
        assert call["customer"] == message["customer"] == {"number": "+447700900123", "name": "Ana Reyes"}
        assert call["assistantOverrides"]["metadata"] == {"org_id": "o-1"}
        assert call["transport"]["callSid"].startswith("CA")
        assert call["monitor"]["controlUrl"].endswith(f"/vapi/call/{call_id}/control")
        assert message["assistant"]["model"]["messages"][0]["content"] == "Be kind."
        assert message["phoneNumber"]["id"] == call["phoneNumberId"]


def test_tool_arguments_are_an_object_on_the_wire_and_text_in_the_history(
    sandbox: SandboxClient, clinic: Clinic
) -> None:
    sandbox.call(sandbox.receptionist(clinic.url), service="Consultation", date="2027-03-09")

    check, book = clinic.of_kind("tool-calls")
    call = check["toolCallList"][0]
    assert call["function"]["arguments"]["date"] == "2027-03-09"
    assert call["function"]["arguments"]["service"] == "Consultation"
    assert check["toolCalls"] == check["toolCallList"] == [check["toolWithToolCallList"][0]["toolCall"]]
    assert check["toolWithToolCallList"][0]["function"]["name"] == "checkAvailability"
    assert book["toolCallList"][0]["function"]["arguments"]["start"].startswith("2027-03-09T")
    history = clinic.of_kind("end-of-call-report")[0]["artifact"]["messages"]
    asked = next(item for item in history if item["role"] == "tool_calls")
    answered = next(item for item in history if item["role"] == "tool_call_result")
    assert json.loads(asked["toolCalls"][0]["function"]["arguments"]) == call["function"]["arguments"]
    assert answered["toolCallId"] == call["id"]
    assert answered["result"] == "I have nine, eleven or three o'clock."


def test_the_dialogue_is_made_of_the_backends_answers(sandbox: SandboxClient, clinic: Clinic) -> None:
    sandbox.call(sandbox.receptionist(clinic.url), customer={"name": "Ana Reyes"})

    report = clinic.of_kind("end-of-call-report")[0]
    lines = report["artifact"]["transcript"].splitlines()
    booked = clinic.booked[0]
    hour = int(booked["start"][11:13])
    assert lines[0] == "AI: Hello, Harley Street Clinic."
    assert "AI: I have nine, eleven or three o'clock." in lines
    assert any(line.startswith("User:") and f"{hour} o'clock" in line for line in lines)
    assert "AI: You are booked in." in lines
    assert booked["name"] == "Ana Reyes"
    assert booked["phone"].startswith("+447700900")
    finals = [message["transcript"] for message in clinic.of_kind('transcript[transcriptType="final"]')]
    assert finals == [line.split(": ", 1)[1] for line in lines]


def test_a_full_day_leads_to_the_next_one(sandbox: SandboxClient, clinic: Clinic) -> None:
    clinic.full_days = 2

    sandbox.call(sandbox.receptionist(clinic.url), date="2027-03-05")

    asked = [message["toolCallList"][0]["function"]["arguments"] for message in clinic.of_kind("tool-calls")]
    assert [item["date"] for item in asked[:3]] == ["2027-03-05", "2027-03-08", "2027-03-09"]
    assert clinic.booked


def test_a_taken_slot_leads_to_an_alternative(sandbox: SandboxClient, clinic: Clinic) -> None:
    clinic.taken_times = 1

    sandbox.call(sandbox.receptionist(clinic.url))

    assert clinic.booked[0]["start"][11:13] == "16"


def test_a_clinic_without_any_time_is_left_unhappily(sandbox: SandboxClient, clinic: Clinic) -> None:
    clinic.full_days = 99

    state = sandbox.call(sandbox.receptionist(clinic.url))

    report = clinic.of_kind("end-of-call-report")[0]
    assert state["status"] == "done"
    assert report["endedReason"] == "customer-ended-call"
    assert report["analysis"]["successEvaluation"] == "false"
    assert len(clinic.of_kind("tool-calls")) == 5


def test_the_report_adds_up(sandbox: SandboxClient, clinic: Clinic) -> None:
    outputs = {
        sandbox.create("structured-output", {"name": name, "schema": {"type": "string"}})["id"]: name
        for name in ("call_sentiment", "call_sentiment_score", "booking_intent", "shoe_size")
    }
    assistant = sandbox.receptionist(clinic.url, artifactPlan={"structuredOutputIds": list(outputs)})

    sandbox.call(assistant)

    report = clinic.of_kind("end-of-call-report")[0]
    seconds = (datetime.fromisoformat(report["endedAt"]) - datetime.fromisoformat(report["startedAt"])).total_seconds()
    results = {item["name"]: item["result"] for item in report["artifact"]["structuredOutputs"].values()}
    assert report["durationSeconds"] == seconds
    assert 20 <= seconds <= 45
    assert report["durationMs"] == seconds * 1000
    assert report["cost"] == round(sum(item["cost"] for item in report["costs"]), 4)
    assert report["endedReason"] == report["call"]["endedReason"] == "assistant-ended-call"
    assert results["call_sentiment"] == "positive"
    assert results["booking_intent"] is True
    assert 0 <= results["call_sentiment_score"] <= 1
    assert set(report["artifact"]["structuredOutputs"]) <= set(outputs)
    assert [item["name"] for item in report["artifact"]["skippedStructuredOutputs"].values()] == ["shoe_size"]
    times = [item["secondsFromStart"] for item in report["artifact"]["messages"]]
    assert times == sorted(times)


def test_the_same_seed_gives_the_same_call_and_another_one_another(sandbox: SandboxClient, clinic: Clinic) -> None:
    assistant = sandbox.receptionist(clinic.url)

    for seed in (1, 1, 2):
        sandbox.call(assistant, seed=seed)

    first, second, third = (item["artifact"]["transcript"] for item in clinic.of_kind("end-of-call-report"))
    assert first == second != third


def test_after_the_call_a_reconciler_finds_it(sandbox: SandboxClient, clinic: Clinic) -> None:
    assistant = sandbox.receptionist(clinic.url)
    call_id = sandbox.place(assistant)
    sandbox.wait_for(call_id)

    listed = sandbox.http.get("/vapi/call", params={"assistantId": assistant["id"]}).json()
    call = sandbox.vapi("GET", f"/call/{call_id}").json()

    report = clinic.of_kind("end-of-call-report")[0]
    assert [item["id"] for item in listed] == [call_id]
    assert call["status"] == "ended"
    assert call["artifact"]["transcript"] == report["artifact"]["transcript"]
    assert call["startedAt"] == report["startedAt"]
    assert call["endedAt"] == report["endedAt"]
    assert call["cost"] == report["cost"]
    assert "durationSeconds" not in call


def test_numbers_are_said_the_way_people_say_them() -> None:
    assert Caller("Ana Reyes", "+447700900123").spoken_number == "07700 900 123"


def test_plain_words_reach_the_product_as_they_were_said(sandbox: SandboxClient, clinic: Clinic) -> None:
    state = sandbox.call(sandbox.receptionist(clinic.url), scenario="plain_words")

    check = clinic.of_kind("tool-calls")[0]["toolCallList"][0]["function"]
    said = [message["transcript"] for message in clinic.of_kind('transcript[transcriptType="final"]')]
    assert state["status"] == "done"
    assert check["name"] == "checkAvailability"
    assert any(check["arguments"]["date"] in sentence for sentence in said)
