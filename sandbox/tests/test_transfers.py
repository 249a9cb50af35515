"""Putting callers through, and taking part in a live call."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from sandbox.tests.client import SandboxClient
from sandbox.tests.clinic import Clinic

DESK = {"type": "number", "number": "+442079460111", "message": "I'll put you through, {{ who }}."}
SUBSCRIBED = ["status-update", "end-of-call-report", "transfer-destination-request"]
PATIENCE_S = 5


def _assistant(sandbox: SandboxClient, clinic: Clinic, destinations: list[Any] | None, **more: Any) -> dict[str, Any]:
    tool = sandbox.create("tool", {"type": "transferCall", "destinations": destinations or []})
    model = {"provider": "openai", "model": "gpt-4.1", "toolIds": [tool["id"]]}
    return sandbox.receptionist(clinic.url, **{"model": model, "serverMessages": SUBSCRIBED, **more})


def _said(clinic: Clinic) -> list[str]:
    messages = clinic.of_kind("end-of-call-report")[0]["artifact"]["messages"]
    return [item["message"] for item in messages if item["role"] == "bot"]


def test_a_tool_with_destinations_puts_through_without_asking(sandbox: SandboxClient, clinic: Clinic) -> None:
    state = sandbox.call(_assistant(sandbox, clinic, [DESK]), "wants_human")

    updates, report = clinic.of_kind("status-update"), clinic.of_kind("end-of-call-report")[0]
    assert [item["status"] for item in updates] == ["queued", "ringing", "in-progress", "forwarding", "ended"]
    assert updates[3]["destination"] == DESK
    assert "User:" in updates[3]["transcript"]
    assert "transfer-destination-request" not in clinic.kinds()
    assert state["endedReason"] == report["endedReason"] == "assistant-forwarded-call"
    assert report["destination"] == DESK
    assert report["artifact"]["transfers"] == [{"destination": DESK, "mode": "blind-transfer", "status": "connected"}]
    assert _said(clinic)[-1] == "I'll put you through, ."


def test_an_empty_tool_asks_where_to(sandbox: SandboxClient, clinic: Clinic) -> None:
    clinic.answers["transfer-destination-request"] = lambda _message: {
        "destination": {**DESK, "message": ""},
        "message": {"type": "request-start", "content": "One moment."},
    }

    sandbox.call(_assistant(sandbox, clinic, None), "wants_human")

    asked = clinic.of_kind("transfer-destination-request")[0]
    assert asked["artifact"]["messages"]
    assert asked["assistant"]["name"] == "Receptionist"
    assert _said(clinic)[-1] == "One moment."
    assert clinic.of_kind("end-of-call-report")[0]["endedReason"] == "assistant-forwarded-call"


@pytest.mark.parametrize(
    ("answer", "note"),
    [
        ({"error": "Nobody is at the desk."}, None),
        ({}, "got no usable answer"),
        ({"destination": {"type": "number", "number": "020 7946 0111"}}, "E.164"),
        ({"destination": {"type": "pigeon"}}, "neither number nor sip"),
    ],
)
def test_nobody_to_put_through_to(sandbox: SandboxClient, clinic: Clinic, answer: Any, note: str | None) -> None:
    clinic.answers["transfer-destination-request"] = lambda _message: answer

    state = sandbox.call(_assistant(sandbox, clinic, None), "wants_human")

    report = clinic.of_kind("end-of-call-report")[0]
    assert report["endedReason"] == "customer-ended-call"
    assert report["artifact"]["transfers"] == []
    assert ("Nobody is at the desk." in _said(clinic)) == (note is None)
    assert any(note in item for item in state["notes"]) if note else state["notes"] == []


def test_who_is_not_subscribed_is_not_asked(sandbox: SandboxClient, clinic: Clinic) -> None:
    assistant = _assistant(sandbox, clinic, None, serverMessages=["end-of-call-report"])

    state = sandbox.call(assistant, "wants_human")

    assert clinic.kinds() == ["end-of-call-report"]
    assert state["notes"] == ["Nobody is subscribed to transfer-destination-request."]


def test_without_the_tool_the_caller_leaves(sandbox: SandboxClient, clinic: Clinic) -> None:
    state = sandbox.call(sandbox.receptionist(clinic.url), "wants_human")

    assert state["notes"] == ["The assistant has no transferCall tool."]


def _with_function(sandbox: SandboxClient, clinic: Clinic) -> dict[str, Any]:
    model = {"provider": "openai", "model": "gpt-4.1", "toolIds": [sandbox.tool("transferCall")]}
    return sandbox.receptionist(clinic.url, model=model)


def test_a_function_tool_has_the_product_put_the_caller_through(sandbox: SandboxClient, clinic: Clinic) -> None:
    asked: list[str] = []

    def put_through(message: dict[str, Any]) -> dict[str, Any]:
        call, tool_call = message["call"], message["toolCallList"][0]
        asked.append(tool_call["function"]["arguments"]["summary"])
        command = {"type": "transfer", "destination": DESK}
        assert sandbox.http.post(call["monitor"]["controlUrl"], json=command).status_code == 200
        return {"results": [{"toolCallId": tool_call["id"], "result": '{"success": true, "message": "One moment."}'}]}

    clinic.answers["tool-calls"] = put_through

    state = sandbox.call(_with_function(sandbox, clinic), "wants_human")

    assert (state["status"], state["endedReason"], state["notes"]) == ("done", "assistant-forwarded-call", [])
    assert "wants a person" in asked[0]
    assert len(clinic.of_kind("end-of-call-report")) == 1


def test_a_function_tool_that_finds_nobody(sandbox: SandboxClient, clinic: Clinic) -> None:
    clinic.answer_tool = lambda _name, _arguments: {"success": False, "message": "Nobody can be reached."}

    state = sandbox.call(_with_function(sandbox, clinic), "wants_human")

    assert state["endedReason"] == "customer-ended-call"
    assert "Nobody can be reached." in _said(clinic)


@pytest.mark.parametrize(
    ("number", "mode", "ending"),
    [
        ("+442079460000", "blind-transfer", ("no-answer", "assistant-forwarded-call")),
        ("+442079460000", "warm-transfer-say-summary", ("no-answer", "call.forwarding.no-answer")),
        ("+442079460002", "warm-transfer-say-summary", ("busy", "call.forwarding.operator-busy")),
        ("+442079460003", "blind-transfer", ("voicemail", "assistant-forwarded-call")),
    ],
)
def test_forwarded_does_not_mean_answered(
    sandbox: SandboxClient, clinic: Clinic, number: str, mode: str, ending: tuple[str, str]
) -> None:
    destination = {"type": "number", "number": number, "transferPlan": {"mode": mode}}

    sandbox.call(_assistant(sandbox, clinic, [destination]), "wants_human")

    report = clinic.of_kind("end-of-call-report")[0]
    assert report["artifact"]["transfers"] == [{"destination": destination, "mode": mode, "status": ending[0]}]
    assert report["endedReason"] == ending[1]
    assert _said(clinic)[-1] == "Transferring the call now."


class _Live:
    """A call that waits for somebody to do something with it, through the address that its webhooks name."""

    def __init__(self, sandbox: SandboxClient, clinic: Clinic) -> None:
        assistant = _assistant(sandbox, clinic, None, serverMessages=[*SUBSCRIBED, "conversation-update"])
        self.sandbox, self.call_id = sandbox, sandbox.place(assistant, "stays_silent")
        self.wait(lambda: clinic.of_kind("conversation-update"))  # the greeting has been said
        self.url = clinic.of_kind("status-update")[0]["call"]["monitor"]["controlUrl"]

    def order(self, **command: Any) -> int:
        """Send a command without any key; return the status of the answer."""
        return self.sandbox.http.post(self.url, json=command, headers={"Authorization": ""}).status_code

    def wait(self, happened: Callable[[], object]) -> None:
        """Wait until something is so."""
        deadline = time.monotonic() + PATIENCE_S
        while not happened():
            assert time.monotonic() < deadline
            time.sleep(0.01)


def test_a_live_call_is_put_through_from_outside(sandbox: SandboxClient, clinic: Clinic) -> None:
    live = _Live(sandbox, clinic)

    assert live.order(type="transfer", destination=DESK, content="Somebody else takes over.") == 200
    state = sandbox.wait_for(live.call_id)

    assert (state["status"], state["endedReason"]) == ("done", "assistant-forwarded-call")
    assert _said(clinic)[-1] == "Somebody else takes over."
    assert clinic.of_kind("end-of-call-report")[0]["artifact"]["transfers"][0]["destination"] == DESK


def test_things_are_said_into_a_live_call_and_it_is_ended(sandbox: SandboxClient, clinic: Clinic) -> None:
    live = _Live(sandbox, clinic)

    assert live.order(type="say", content="We are still looking.") == 200
    assert live.order(type="add-message", message={"role": "system", "content": "Be brief."}) == 200
    assert live.order(type="control", control="say-first-message") == 200
    assert live.order(type="control", control="mute-assistant") == 200
    assert live.order(type="say", content="Goodbye.", endCallAfterSpoken=True) == 200
    state = sandbox.wait_for(live.call_id)

    assert state["endedReason"] == "assistant-ended-call-after-message-spoken"
    assert {"We are still looking.", "Goodbye."} <= set(_said(clinic))
    assert _said(clinic).count("Hello, Harley Street Clinic.") == 2
    assert live.order(type="end-call") == 404


def test_a_live_call_is_ended_from_outside(sandbox: SandboxClient, clinic: Clinic) -> None:
    live = _Live(sandbox, clinic)

    assert live.order(type="end-call") == 200

    assert sandbox.wait_for(live.call_id)["endedReason"] == "manually-canceled"
    assert len(clinic.of_kind("end-of-call-report")) == 1


@pytest.mark.parametrize(
    "command",
    [
        {"type": "sing"},
        {"type": "say"},
        {"type": "control", "control": "louder"},
        {"type": "transfer", "destination": {"type": "number", "number": "111"}},
        {"type": "add-message", "message": {"role": "ghost"}},
    ],
)
def test_commands_that_make_no_sense(sandbox: SandboxClient, clinic: Clinic, command: dict[str, Any]) -> None:
    live = _Live(sandbox, clinic)

    assert live.order(**command) == 400
    assert live.order(type="end-call") == 200
