"""Calls that the product starts: what is refused, who takes them, what is lost on the way."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from sandbox.tests.client import SandboxClient
from sandbox.tests.clinic import Clinic

OURS = "+442079460111"
IMPORTED = {"provider": "twilio", "number": OURS, "twilioAccountSid": "AC" + "1a" * 16, "twilioAuthToken": "2b" * 16}


def _order(sandbox: SandboxClient, assistant: dict[str, Any], number: str, **more: Any) -> dict[str, Any]:
    known = sandbox.vapi("GET", "/phone-number").json()
    line = next((item for item in known if item["number"] == OURS), None) or sandbox.create("phone-number", IMPORTED)
    return {"assistantId": assistant["id"], "phoneNumberId": line["id"], "customer": {"number": number}, **more}


def _dial(sandbox: SandboxClient, assistant: dict[str, Any], number: str, **more: Any) -> dict[str, Any]:
    response = sandbox.vapi("POST", "/call", _order(sandbox, assistant, number, **more))
    assert response.status_code == 201, response.text
    placed: dict[str, Any] = response.json()
    return placed


def test_an_outbound_call_is_answered_at_once_and_played_back(sandbox: SandboxClient, clinic: Clinic) -> None:
    placed = _dial(
        sandbox,
        sandbox.receptionist(clinic.url),
        "+447700900321",
        assistantOverrides={"metadata": {"lead": "9"}},
        metadata={"tenant": "t1"},
    )

    sandbox.wait_for(placed["id"])
    call = clinic.of_kind("end-of-call-report")[0]["call"]
    assert (placed["status"], placed["type"]) == ("queued", "outboundPhoneCall")
    assert "controlUrl" in placed["monitor"]
    assert call["customer"]["number"] == "+447700900321"
    assert call["assistantOverrides"]["metadata"] == {"lead": "9"}
    assert call["metadata"] == {"tenant": "t1"}


def test_overrides_change_one_call_and_nothing_else(sandbox: SandboxClient, clinic: Clinic) -> None:
    assistant = sandbox.receptionist(clinic.url, artifactPlan={"recordingEnabled": False, "loggingEnabled": True})
    overrides = {
        "firstMessage": "Hello {{name}}, this is the clinic.",
        "variableValues": {"name": "Ana"},
        "metadata": {"outbound_call_id": "o1"},
        "artifactPlan": {"loggingEnabled": False},
    }

    placed = _dial(sandbox, assistant, "+447700900321", assistantOverrides=overrides)
    sandbox.wait_for(placed["id"])

    report = clinic.of_kind("end-of-call-report")[0]
    assert report["artifact"]["messages"][1]["message"] == "Hello Ana, this is the clinic."
    assert report["assistant"]["artifactPlan"] == {"recordingEnabled": False, "loggingEnabled": False}
    assert report["assistant"]["model"] == assistant["model"]
    assert clinic.booked, "somebody who takes the call talks and books"
    assert sandbox.vapi("GET", f"/assistant/{assistant['id']}").json() == assistant


def test_a_call_is_not_older_than_the_order(sandbox: SandboxClient, clinic: Clinic) -> None:
    before = datetime.now(UTC)

    placed = _dial(sandbox, sandbox.receptionist(clinic.url), "+447700900321")
    sandbox.wait_for(placed["id"])

    started = clinic.of_kind("end-of-call-report")[0]["startedAt"]
    assert before - timedelta(milliseconds=1) <= datetime.fromisoformat(placed["createdAt"]) <= datetime.now(UTC)
    assert started > placed["createdAt"]


def test_a_call_is_found_again_by_its_assistant_and_time(sandbox: SandboxClient, clinic: Clinic) -> None:
    assistant, other = sandbox.receptionist(clinic.url), sandbox.receptionist(clinic.url)
    early = _dial(sandbox, assistant, "+447700900001")
    late = _dial(sandbox, assistant, "+447700900000", assistantOverrides={"metadata": {"outbound_call_id": "o2"}})
    _dial(sandbox, other, "+447700900000")
    sandbox.wait_for(late["id"])

    query = {"assistantId": assistant["id"], "createdAtGt": early["createdAt"], "limit": 100}
    found = sandbox.http.get("/vapi/call", params=query).json()

    assert [item["id"] for item in found] == [late["id"]]
    for call in (found[0], sandbox.vapi("GET", f"/call/{late['id']}").json()):
        assert call["assistantOverrides"]["metadata"] == {"outbound_call_id": "o2"}
        assert (call["status"], call["endedReason"]) == ("ended", "customer-did-not-answer")


def test_the_same_order_twice_is_two_calls(sandbox: SandboxClient, clinic: Clinic) -> None:
    order = _order(sandbox, sandbox.receptionist(clinic.url), "+447700900000")

    placed = {sandbox.vapi("POST", "/call", order).json()["id"] for _ in range(2)}

    assert len(placed) == 2
    assert {item["id"] for item in sandbox.vapi("GET", "/call").json()} == placed


@pytest.mark.parametrize(
    "fault", [{"drop_rate": 1}, {"status": 500}, {"timeout_rate": 1}], ids=["dropped", "500", "timeout"]
)
def test_a_call_exists_although_its_caller_heard_otherwise(
    sandbox: SandboxClient, clinic: Clinic, fault: dict[str, Any]
) -> None:
    order = _order(sandbox, sandbox.receptionist(clinic.url), "+447700900000")
    fault |= {"operation": "POST /call", "after_work": True, "times": 1}
    sandbox.http.put("/sandbox/faults/vapi", json=fault).raise_for_status()

    try:
        response = sandbox.http.post("/vapi/call", json=order, timeout=0.3)
    except httpx.TransportError:
        assert "status" not in fault
    else:
        assert response.json() == {"message": "Internal server error", "statusCode": 500}

    [call] = sandbox.vapi("GET", "/call").json()
    assert sandbox.wait_for(call["id"])["status"] == "done"
    assert clinic.of_kind("end-of-call-report")[0]["call"]["id"] == call["id"]


@pytest.mark.parametrize("detection", [None, "off"])
def test_who_does_not_look_for_voicemail_talks_to_it(
    sandbox: SandboxClient, clinic: Clinic, detection: str | None
) -> None:
    more = {"voicemailDetection": detection} if detection else {}

    placed = _dial(sandbox, sandbox.receptionist(clinic.url, voicemailMessage="Please call.", **more), "+447700900003")
    sandbox.wait_for(placed["id"])

    report = clinic.of_kind("end-of-call-report")[0]
    assert report["endedReason"] == "silence-timed-out"
    assert "Please call." not in report["artifact"]["transcript"]


def test_numbers_that_vapi_gives_away_do_not_call_abroad(sandbox: SandboxClient, clinic: Clinic) -> None:
    line = sandbox.create("phone-number", {"provider": "vapi"})
    order = {"assistantId": sandbox.receptionist(clinic.url)["id"], "phoneNumberId": line["id"]}

    reasons = []
    for number in ("+447700900321", "+14155550123"):
        placed = sandbox.vapi("POST", "/call", {**order, "customer": {"number": number}}).json()
        reasons.append(sandbox.wait_for(placed["id"])["endedReason"])

    assert reasons == ["call.start.error-vapi-number-international", "assistant-ended-call"]


def test_a_consent_plan_is_only_for_enterprises(sandbox: SandboxClient, clinic: Clinic) -> None:
    plan = {"recordingConsentPlan": {"type": "stay-on-line", "message": "Recorded.", "waitSeconds": 2}}
    assistant = sandbox.receptionist(clinic.url, compliancePlan=plan)

    refused = sandbox.call(assistant, "caller_hangs_up")
    sandbox.http.put("/sandbox/vapi", json={"enterprise": True}).raise_for_status()
    taken = sandbox.call(assistant, "caller_hangs_up")

    assert refused["endedReason"] == "call.start.error-enterprise-feature-not-available-recording-consent"
    assert taken["endedReason"] == "customer-ended-call"


def test_voicemail_is_left_a_message(sandbox: SandboxClient, clinic: Clinic) -> None:
    assistant = sandbox.receptionist(
        clinic.url, voicemailDetection={"provider": "vapi"}, voicemailMessage="Please call {{ phoneNumber.number }}."
    )

    placed = _dial(sandbox, assistant, "+447700900003")
    sandbox.wait_for(placed["id"])

    report = clinic.of_kind("end-of-call-report")[0]
    assert report["endedReason"] == "voicemail"
    assert report["artifact"]["messages"][-1]["message"].startswith(f"Please call {OURS}")
    assert clinic.booked == []


def test_one_call_too_many_is_not_dialled(sandbox: SandboxClient, clinic: Clinic) -> None:
    sandbox.http.put("/sandbox/vapi", json={"concurrencyLimit": 0}).raise_for_status()

    placed = _dial(sandbox, sandbox.receptionist(clinic.url), "+447700900321")
    sandbox.wait_for(placed["id"])

    assert placed["subscriptionLimits"]["concurrencyBlocked"] is True
    reason = "call.start.error-subscription-concurrency-limit-reached"
    assert clinic.of_kind("end-of-call-report")[0]["endedReason"] == reason
    assert sandbox.http.put("/sandbox/vapi", json={"concurrencyLimit": "many"}).status_code == 400


@pytest.mark.parametrize(
    ("number", "reason"), [("+447700900000", "customer-did-not-answer"), ("+447700910002", "customer-busy")]
)
def test_numbers_that_do_not_answer_get_a_stub_report(
    sandbox: SandboxClient, clinic: Clinic, number: str, reason: str
) -> None:
    placed = _dial(sandbox, sandbox.receptionist(clinic.url), number)

    sandbox.wait_for(placed["id"])
    report = clinic.of_kind("end-of-call-report")[0]
    assert report["endedReason"] == reason
    assert report["artifact"] == {}
    assert "startedAt" not in report
    assert [item["status"] for item in clinic.of_kind("status-update")] == ["queued", "ringing", "ended"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"phoneNumberId": "+14155550199"}, "phoneNumberId must be a UUID"),
        ({"phoneNumberId": str(uuid.uuid4())}, "Phone Number with ID"),
        ({"assistantId": str(uuid.uuid4())}, "Assistant with ID"),
        ({"customer": {"number": "07700 900123"}}, "E.164"),
        ({"customer": {"number": "+447700900123", "name": "n" * 41}}, "customer.name must be shorter"),
        ({"customer": {}}, "customer.number should not be empty"),
        ({"tenant": "t1"}, "property tenant should not exist"),
        ({"name": "n" * 41}, "name must be shorter"),
        ({"phoneNumberId": None}, "Couldn't Get Phone Number. Need Either `phoneNumberId` Or `phoneNumber`."),
        ({"assistantId": None}, "Couldn't Get Assistant. Need Either `assistantId` Or `assistant`."),
    ],
)
def test_outbound_calls_that_vapi_would_refuse(
    sandbox: SandboxClient, clinic: Clinic, change: dict[str, Any], message: str
) -> None:
    assistant = sandbox.receptionist(clinic.url)
    line = sandbox.create("phone-number", IMPORTED)
    body = {"assistantId": assistant["id"], "phoneNumberId": line["id"], "customer": {"number": "+447700900123"}}

    response = sandbox.vapi("POST", "/call", {**body, **change})

    assert response.status_code == 400
    assert message in str(response.json()["message"])
    assert clinic.deliveries == []


def _hooked(sandbox: SandboxClient, url: str) -> dict[str, Any]:
    """A server with a credential that goes out as a header."""
    plan = {"type": "bearer", "token": "hush", "headerName": "X-Vapi-Secret", "bearerPrefixEnabled": False}
    body = {"provider": "custom-credential", "name": "hook", "authenticationPlan": plan}
    return {"url": url, "credentialId": sandbox.create("credential", body)["id"]}


def test_a_server_that_came_with_the_call_gets_no_credential(sandbox: SandboxClient, clinic: Clinic) -> None:
    saved = sandbox.receptionist(clinic.url, server=_hooked(sandbox, f"{clinic.url}/webhook"))
    plain, overridden = (
        _dial(sandbox, saved, "+447700900000"),
        _dial(sandbox, saved, "+447700900000", assistantOverrides={"server": _hooked(sandbox, f"{clinic.url}/own")}),
    )
    inline = {"name": "Inline", "server": _hooked(sandbox, f"{clinic.url}/inline")}
    order = _order(sandbox, saved, "+447700900000") | {"assistantId": None, "assistant": inline}
    transient = sandbox.vapi("POST", "/call", order).json()

    for placed, path, proven in ((plain, "/webhook", True), (overridden, "/own", False), (transient, "/inline", False)):
        sandbox.wait_for(placed["id"])
        told = [item for item in clinic.deliveries if item.message["call"]["id"] == placed["id"]]
        assert {item.path for item in told} == {path}
        assert {"x-vapi-secret" in item.headers for item in told} == {proven}
    assert transient["assistantId"] is None


def test_an_inline_assistant_is_checked_like_a_saved_one(sandbox: SandboxClient, clinic: Clinic) -> None:
    saved = sandbox.receptionist(clinic.url)
    wrong = ({"serverUrl": "x"}, {"model": {"provider": "openai", "model": "gpt-4.1", "toolIds": [str(uuid.uuid4())]}})

    for inline in wrong:
        order = _order(sandbox, saved, "+447700900000") | {"assistantId": None, "assistant": inline}
        assert sandbox.vapi("POST", "/call", order).status_code == 400
    overrides = {"assistantOverrides": {"model": {"temperature": 0.1}}}
    refused = sandbox.vapi("POST", "/call", _order(sandbox, saved, "+447700900000", **overrides))
    assert "assistantOverrides.model.provider must be one of" in refused.json()["message"][0]
