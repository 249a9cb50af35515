"""Calls to a number: who answers is its fixed assistant, or whoever its server names at that moment."""

import time
import uuid
from typing import Any

import pytest

from sandbox.tests.client import SandboxClient
from sandbox.tests.clinic import Clinic

FALLBACK = {"type": "number", "number": "+442079460999", "message": ""}
MODEL = {"provider": "openai", "model": "gpt-4.1"}


def _credential(sandbox: SandboxClient, token: str) -> str:
    plan = {"type": "bearer", "token": token, "headerName": "X-Vapi-Secret", "bearerPrefixEnabled": False}
    body = {"provider": "custom-credential", "name": "hook", "authenticationPlan": plan}
    return str(sandbox.create("credential", body)["id"])


def _line(sandbox: SandboxClient, clinic: Clinic, **more: Any) -> dict[str, Any]:
    """A number without an assistant of its own."""
    return sandbox.create("phone-number", {"provider": "vapi", "server": {"url": f"{clinic.url}/who"}, **more})


def _answer(clinic: Clinic, answer: Any) -> None:
    clinic.answers["assistant-request"] = lambda _message: answer


def test_the_number_s_server_is_asked_who_answers(sandbox: SandboxClient, clinic: Clinic) -> None:
    line = _line(sandbox, clinic, server={"url": f"{clinic.url}/who", "credentialId": _credential(sandbox, "hush")})

    state = sandbox.dial(line, customer={"number": "+447700900123", "name": "Somebody"})

    asked, message = clinic.deliveries[0], clinic.deliveries[0].message
    assert (asked.path, asked.headers["x-vapi-secret"]) == ("/who", "hush")
    assert set(message) == {"type", "timestamp", "call", "assistantVersion", "phoneNumber", "customer"}
    call = message["call"]
    assert (call["status"], call["assistantId"], call["phoneNumberId"]) == ("ringing", None, line["id"])
    assert message["phoneNumber"]["number"] == line["number"]
    assert message["customer"] == {"number": "+447700900123"}, "who dials in shows no name"
    assert state["deliveries"][0]["type"] == "assistant-request"


def test_the_servers_answer_is_honoured(sandbox: SandboxClient, clinic: Clinic) -> None:
    prompt = [{"role": "system", "content": "Of {{name}}."}]
    assistant = sandbox.receptionist(clinic.url, firstMessage="Hello.", model={**MODEL, "messages": prompt})
    overrides = {
        "firstMessage": "Hi {{ name }}, thanks for calling!",
        "variableValues": {"name": "Ana"},
        "metadata": {"contact": "c1"},
    }
    _answer(clinic, {"assistantId": assistant["id"], "assistantOverrides": overrides})

    state = sandbox.dial(_line(sandbox, clinic), "ask_price")

    told = [item.message for item in clinic.deliveries[1:]]
    statuses = [item["status"] for item in told if item["type"] == "status-update"]
    assert statuses == ["ringing", "in-progress", "ended"]
    assert all(item["call"]["assistantId"] == assistant["id"] for item in told)
    assert all(item["call"]["assistantOverrides"] == overrides for item in told)
    artifact = clinic.of_kind("end-of-call-report")[0]["artifact"]
    assert artifact["messages"][0]["message"] == "Of Ana."
    assert artifact["transcript"].startswith("AI: Hi Ana, thanks for calling!")
    assert artifact["variableValues"]["name"] == "Ana"
    assert (state["assistantId"], state["endedReason"]) == (assistant["id"], "customer-ended-call")
    assert sandbox.vapi("GET", f"/assistant/{assistant['id']}").json() == assistant


def test_a_number_with_an_assistant_asks_nobody(sandbox: SandboxClient, clinic: Clinic) -> None:
    assistant = sandbox.receptionist(clinic.url)
    line = _line(sandbox, clinic, assistantId=assistant["id"])

    state = sandbox.http.post(
        "/sandbox/calls", json={"number": line["number"], "scenario": "ask_price", "fast": True}
    ).json()
    sandbox.wait_for(state["callId"])

    assert "assistant-request" not in clinic.kinds()
    assert clinic.of_kind("end-of-call-report")[0]["call"]["assistantId"] == assistant["id"]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ({"error": "Sorry, this line is closed."}, "assistant-request-returned-error"),
        ({"error": {}}, "assistant-request-returned-unspeakable-error"),
        ({}, "assistant-request-returned-no-assistant"),
        ([], "assistant-request-failed"),
        ({"assistantId": str(uuid.uuid4())}, "assistant-request-returned-invalid-assistant"),
        ({"assistant": {"firstMessage": "Hi", "serverUrl": "x"}}, "assistant-request-returned-invalid-assistant"),
        (
            {"assistant": {"name": "x", "model": {**MODEL, "toolIds": [str(uuid.uuid4())]}}},
            "assistant-request-returned-invalid-assistant",
        ),
    ],
)
def test_an_answer_that_names_nobody_ends_the_call(
    sandbox: SandboxClient, clinic: Clinic, answer: Any, reason: str
) -> None:
    _answer(clinic, answer)

    state = sandbox.dial(_line(sandbox, clinic))

    report = clinic.of_kind("end-of-call-report")[0]
    ended = clinic.of_kind("status-update")[-1]
    assert (state["endedReason"], report["endedReason"], ended["endedReason"]) == (reason,) * 3
    assert ended["inboundPhoneCallDebuggingArtifacts"]["assistantRequestError"] in state["notes"]
    spoken = report["artifact"]["transcript"]
    assert ("this line is closed" in spoken) == (reason == "assistant-request-returned-error")
    assert "assistant" not in report


@pytest.mark.parametrize("status", [500, 401])
def test_a_server_that_fails_is_not_asked_again(sandbox: SandboxClient, clinic: Clinic, status: int) -> None:
    clinic.statuses = [status]
    plan = {"type": "fixed", "maxRetries": 3, "baseDelaySeconds": 0}

    state = sandbox.dial(_line(sandbox, clinic, server={"url": clinic.url, "backoffPlan": plan}))

    assert clinic.kinds().count("assistant-request") == 1
    assert state["endedReason"] == "assistant-request-failed"


@pytest.mark.parametrize("trouble", ["500", "away", "nobody"])
def test_the_fallback_takes_calls_that_nobody_was_named_for(
    sandbox: SandboxClient, clinic: Clinic, trouble: str
) -> None:
    clinic.statuses = [500] if trouble == "500" else []
    _answer(clinic, {})
    url = "http://127.0.0.1:9" if trouble == "away" else clinic.url

    state = sandbox.dial(_line(sandbox, clinic, server={"url": url}, fallbackDestination=FALLBACK))

    call = sandbox.vapi("GET", f"/call/{state['callId']}").json()
    expected = "assistant-request-returned-no-assistant" if trouble == "nobody" else "assistant-request-failed"
    assert (call["endedReason"], call["destination"]) == (expected, FALLBACK)
    if trouble != "away":
        assert [item["status"] for item in clinic.of_kind("status-update")] == ["forwarding", "ended"]
        assert clinic.of_kind("status-update")[0]["destination"] == FALLBACK


def test_the_fallback_is_not_for_an_error_that_was_meant(sandbox: SandboxClient, clinic: Clinic) -> None:
    _answer(clinic, {"error": "We do not take your calls."})

    sandbox.dial(_line(sandbox, clinic, fallbackDestination=FALLBACK))

    assert [item["status"] for item in clinic.of_kind("status-update")] == ["in-progress", "ended"]


def test_seven_and_a_half_seconds_are_all_there_is(sandbox: SandboxClient, clinic: Clinic) -> None:
    clinic.slow_s = 8
    started = time.monotonic()

    line = _line(sandbox, clinic, server={"url": clinic.url, "timeoutSeconds": 300}, fallbackDestination=FALLBACK)
    call_id = sandbox.http.post("/sandbox/calls", json={"phoneNumberId": line["id"], "fast": True}).json()["callId"]
    while not (attempts := sandbox.http.get(f"/sandbox/calls/{call_id}").json()["deliveries"]):
        time.sleep(0.05)

    assert time.monotonic() - started > 7.4
    assert attempts[0]["error"] == "no answer within 7.5 s"
    clinic.slow_s = 0


def test_a_destination_in_the_answer_beats_the_assistant(sandbox: SandboxClient, clinic: Clinic) -> None:
    assistant = sandbox.receptionist(clinic.url)
    _answer(clinic, {"assistantId": assistant["id"], "destination": FALLBACK})

    state = sandbox.dial(_line(sandbox, clinic))

    report = clinic.of_kind("end-of-call-report")[0]
    assert state["endedReason"] == "assistant-request-returned-forwarding-phone-number"
    assert (report["destination"], report["artifact"], "assistant" in report) == (FALLBACK, {}, False)


def test_a_transient_assistant_talks_but_its_server_gets_no_credential(sandbox: SandboxClient, clinic: Clinic) -> None:
    credential = _credential(sandbox, "hush")
    server = {"url": f"{clinic.url}/webhook", "credentialId": credential}
    _answer(clinic, {"assistant": {"firstMessage": "Hi", "model": MODEL, "server": server}})

    state = sandbox.dial(_line(sandbox, clinic, server={"url": f"{clinic.url}/who", "credentialId": credential}))

    asked, *told = clinic.deliveries
    assert asked.headers["x-vapi-secret"] == "hush"
    assert told
    assert not any("x-vapi-secret" in item.headers for item in told)
    assert state["assistantId"] is None


def test_without_a_server_of_its_own_the_numbers_hears_of_the_call(sandbox: SandboxClient, clinic: Clinic) -> None:
    assistant = sandbox.create("assistant", {"name": "Plain", "model": MODEL, "serverMessages": ["end-of-call-report"]})
    line = _line(sandbox, clinic, assistantId=assistant["id"])

    sandbox.dial(line)

    assert [(item.kind, item.path) for item in clinic.deliveries] == [("end-of-call-report", "/who")]


def test_without_any_server_of_a_number_the_organisations_is_asked(sandbox: SandboxClient, clinic: Clinic) -> None:
    line = sandbox.create("phone-number", {"provider": "vapi"})
    nobody = sandbox.dial(line)
    sandbox.http.put("/sandbox/vapi", json={"server": {"url": f"{clinic.url}/org"}}).raise_for_status()

    sandbox.dial(line)

    assert nobody["endedReason"] == "call-start-error-neither-assistant-nor-server-set"
    assert clinic.deliveries[0].kind == "assistant-request"
    assert clinic.deliveries[0].path == "/org"


def test_an_assistant_that_was_deleted_leaves_its_number_silent(sandbox: SandboxClient, clinic: Clinic) -> None:
    assistant = sandbox.receptionist(clinic.url)
    line = _line(sandbox, clinic, assistantId=assistant["id"], fallbackDestination=FALLBACK)
    sandbox.vapi("DELETE", f"/assistant/{assistant['id']}")

    state = sandbox.dial(line)

    assert state["endedReason"] == "assistant-not-found"
    assert "forwarding" not in [item["status"] for item in clinic.of_kind("status-update")]


def test_two_hundred_interleaved_calls_never_mix_their_overrides(sandbox: SandboxClient, clinic: Clinic) -> None:
    assistant = sandbox.receptionist(
        clinic.url, model={**MODEL, "messages": [{"role": "system", "content": "{{who}}"}]}
    )
    line = _line(sandbox, clinic)

    def name_caller(message: dict[str, Any]) -> dict[str, Any]:
        number = message["customer"]["number"]
        overrides = {"firstMessage": "Hi {{who}}!", "variableValues": {"who": number}, "metadata": {"who": number}}
        return {"assistantId": assistant["id"], "assistantOverrides": overrides}

    clinic.answers["assistant-request"] = name_caller
    numbers = [f"+447700900{index:03d}" for index in range(200)]
    order = {"phoneNumberId": line["id"], "scenario": "caller_hangs_up", "fast": True}
    placed = [
        sandbox.http.post("/sandbox/calls", json={**order, "customer": {"number": number}}).json()["callId"]
        for number in numbers
    ]

    states = [sandbox.wait_for(call_id) for call_id in placed]
    assert {(state["status"], state["endedReason"]) for state in states} == {("done", "customer-ended-call")}
    for message in clinic.of_kind("end-of-call-report"):
        number = message["customer"]["number"]
        assert message["call"]["assistantOverrides"]["metadata"] == {"who": number}
        assert [item["message"] for item in message["artifact"]["messages"]] == [number, f"Hi {number}!"]
    assert sorted(item["customer"]["number"] for item in clinic.of_kind("end-of-call-report")) == numbers


@pytest.mark.parametrize(
    ("order", "message"),
    [
        ({}, "Say whom to call by one of assistantId, phoneNumberId, number."),
        ({"number": "+442079460000"}, "There is no phone number +442079460000 at Vapi."),
        ({"number": "+442079460000", "assistantId": "x"}, "Say whom to call by one of"),
    ],
)
def test_orders_to_dial_that_make_no_sense(sandbox: SandboxClient, order: dict[str, str], message: str) -> None:
    response = sandbox.http.post("/sandbox/calls", json=order)

    assert response.status_code in {400, 404}
    assert message in response.json()["error"]


def test_who_dials_cannot_give_metadata(sandbox: SandboxClient, clinic: Clinic) -> None:
    order = {"phoneNumberId": _line(sandbox, clinic)["id"], "metadata": {"a": 1}}

    assert sandbox.http.post("/sandbox/calls", json=order).status_code == 400


@pytest.mark.parametrize(
    "change", [{"fast": "very"}, {"checkReferences": "no"}, {"server": {"link": "x"}}, {"mood": "bad"}]
)
def test_settings_that_make_no_sense_are_refused(sandbox: SandboxClient, change: dict[str, Any]) -> None:
    assert sandbox.http.put("/sandbox/vapi", json=change).status_code == 400
    assert sandbox.http.get("/sandbox/vapi").json() == {
        "concurrencyLimit": 1000,
        "fast": None,
        "server": None,
        "checkReferences": True,
        "enterprise": False,
        "recordings": "sound",
    }


def test_a_number_is_dialled_from_the_page(sandbox: SandboxClient, clinic: Clinic) -> None:
    assistant = sandbox.receptionist(clinic.url)
    line = _line(sandbox, clinic, assistantId=assistant["id"])
    form = {"assistantId": assistant["id"], "phoneNumberId": line["id"], "scenario": "ask_price", "pace": "fast"}

    placed = sandbox.http.post("/place-call", data=form)

    assert line["number"] in sandbox.http.get("/").text
    assert placed.status_code == 303
