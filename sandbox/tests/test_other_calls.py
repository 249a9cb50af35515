"""The other scenarios, outbound calls, and orders that cannot be carried out."""

import uuid
from typing import Any

import pytest

from sandbox.tests.client import SandboxClient
from sandbox.tests.clinic import Clinic


def test_asking_a_price_books_nothing(sandbox: SandboxClient, clinic: Clinic) -> None:
    sandbox.call(sandbox.receptionist(clinic.url), "ask_price")

    report = clinic.of_kind("end-of-call-report")[0]
    assert "tool-calls" not in clinic.kinds()
    assert "Botox" in report["artifact"]["transcript"]
    assert report["endedReason"] == "customer-ended-call"


def test_who_asks_about_the_clinic_hears_what_was_found_or_that_nothing_was(
    sandbox: SandboxClient, clinic: Clinic
) -> None:
    model = {"provider": "openai", "model": "gpt-4.1", "toolIds": [sandbox.tool("getKnowledgeBase")]}
    assistant = sandbox.receptionist(clinic.url, model=model)
    written = "Leave sports for 24 hours. " + "Drink plenty of water. " * 20
    clinic.answer_tool = lambda _name, arguments: {
        "success": True, "found": "dog" not in arguments["query"], "context": written, "message": "Looked up.",
    }  # fmt: skip

    sandbox.call(assistant, "ask_aftercare")
    sandbox.call(assistant, "ask_unknown")

    said = [report["artifact"]["transcript"] for report in clinic.of_kind("end-of-call-report")]
    assert "Leave sports for 24 hours. Drink plenty" in said[0]
    assert max(map(len, said[0].splitlines())) < 260
    assert "I don't have anything on that" in said[1]


def test_a_caller_who_hangs_up_says_nothing(sandbox: SandboxClient, clinic: Clinic) -> None:
    sandbox.call(sandbox.receptionist(clinic.url), "caller_hangs_up")

    report = clinic.of_kind("end-of-call-report")[0]
    assert report["artifact"]["transcript"] == "AI: Hello, Harley Street Clinic.\n"
    assert 0 < report["durationSeconds"] < 10


def test_a_call_fails_when_its_assistants_tool_was_deleted(sandbox: SandboxClient, clinic: Clinic) -> None:
    assistant = sandbox.receptionist(clinic.url)
    sandbox.vapi("DELETE", f"/tool/{assistant['model']['toolIds'][0]}")

    state = sandbox.call(assistant)

    assert clinic.of_kind("end-of-call-report")[0]["endedReason"] == "assistant-not-valid"
    assert "does not exist" in state["notes"][0]


def test_an_assistant_without_tools_sends_the_caller_away(sandbox: SandboxClient, clinic: Clinic) -> None:
    state = sandbox.call(sandbox.receptionist(clinic.url, model={"provider": "openai", "model": "gpt-4.1"}))

    assert "tool-calls" not in clinic.kinds()
    assert state["notes"] == ["The assistant has no tool checkAvailability that a server answers."]


def test_a_recording_opens_only_through_its_presigned_link(sandbox: SandboxClient, clinic: Clinic) -> None:
    call_id = sandbox.place(sandbox.receptionist(clinic.url))
    sandbox.wait_for(call_id)
    artifact = clinic.of_kind("end-of-call-report")[0]["artifact"]

    assert sandbox.http.get(artifact["recordingUrl"]).status_code == 403
    assert sandbox.http.get(artifact["presignedMonoUrl"]).content[:4] == b"RIFF"
    redirect = sandbox.vapi("GET", f"/call/{call_id}/stereo-recording")
    assert redirect.status_code == 302
    assert sandbox.http.get(redirect.headers["location"]).headers["content-type"] == "audio/wav"


@pytest.mark.parametrize(
    ("change", "status", "message"),
    [
        ({"assistantId": str(uuid.uuid4())}, 404, "There is no assistant"),
        ({"scenario": "dance"}, 400, "There is no scenario dance"),
        ({"seed": "seven"}, 400, "seed must be a whole number"),
        ({"date": "soon"}, 400, "YYYY-MM-DD"),
        ({"colour": "red"}, 400, "Unknown fields: colour"),
    ],
)
def test_orders_that_make_no_sense_are_explained(
    sandbox: SandboxClient, clinic: Clinic, change: dict[str, Any], status: int, message: str
) -> None:
    order = {"assistantId": sandbox.receptionist(clinic.url)["id"], "scenario": "ask_price", **change}

    response = sandbox.http.post("/sandbox/calls", json=order)

    assert response.status_code == status
    assert message in response.json()["error"]


def test_an_assistant_without_a_server_cannot_be_called(sandbox: SandboxClient) -> None:
    assistant = sandbox.create("assistant", {"name": "Deaf"})

    response = sandbox.http.post("/sandbox/calls", json={"assistantId": assistant["id"]})

    assert (response.status_code, response.json()["error"][:30]) == (400, "The assistant has no server.ur")


def test_the_scenarios_are_listed(sandbox: SandboxClient) -> None:
    listed = sandbox.http.get("/sandbox/scenarios").json()

    assert [item["key"] for item in listed] == [
        "book_appointment",
        "plain_words",
        "ask_price",
        "ask_aftercare",
        "ask_unknown",
        "returning_caller",
        "reschedule",
        "wants_human",
        "red_flag",
        "caller_hangs_up",
        "voicemail",
        "stays_silent",
        "duplicate_webhooks",
        "out_of_order_webhooks",
    ]
    assert all(item["title"] and item["description"] for item in listed)
    assert [item["key"] for item in listed if item["callerHasVisit"]] == ["returning_caller", "reschedule"]
