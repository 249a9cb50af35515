"""Patients who ask after their appointment or move it, and a caller who mentions an emergency in passing."""

from typing import Any

import pytest

from sandbox.tests.client import SandboxClient
from sandbox.tests.clinic import Clinic

TOOLS = ("lookupCaller", "rescheduleAppointment", "checkAvailability", "getKnowledgeBase")
SLOT = {"start": "2026-11-26T09:00+00:00", "spoken": "Thursday at 9 am"}
FOUND = {"success": True, "found": True, "reference": "KW4827", "message": "Botox is on Tuesday."}


@pytest.fixture
def assistant(sandbox: SandboxClient, clinic: Clinic) -> dict[str, Any]:
    tools = [sandbox.tool(name) for name in TOOLS]
    model = {"provider": "openai", "model": "gpt-4.1", "toolIds": tools}
    messages = ["tool-calls", "status-update", "end-of-call-report", 'transcript[transcriptType="final"]']
    return sandbox.receptionist(clinic.url, model=model, serverMessages=messages)


def asked(clinic: Clinic) -> list[tuple[str, dict[str, Any]]]:
    calls = [message["toolCallList"][0]["function"] for message in clinic.of_kind("tool-calls")]
    return [(call["name"], call["arguments"]) for call in calls]


def summary(clinic: Clinic) -> str:
    return str(clinic.of_kind("end-of-call-report")[0]["analysis"]["summary"])


@pytest.mark.parametrize("scenario", ["returning_caller", "reschedule", "red_flag", "voicemail"])
def test_without_tools_or_data_the_call_ends_politely(sandbox: SandboxClient, clinic: Clinic, scenario: str) -> None:
    state = sandbox.call(sandbox.receptionist(clinic.url), scenario)

    assert state["error"] is None
    assert len(clinic.of_kind("end-of-call-report")) == 1


def test_who_returns_shows_who_they_are_and_hears_when(
    sandbox: SandboxClient, clinic: Clinic, assistant: dict[str, Any]
) -> None:
    clinic.answer_tool = lambda _name, _arguments: FOUND

    sandbox.call(assistant, "returning_caller", customer={"name": "Ana Reyes", "number": "+447700900123"})

    assert asked(clinic) == [
        ("lookupCaller", {"searchKey": "+447700900123", "searchType": "phone"}),
        ("rescheduleAppointment", {"name": "Ana Reyes"}),
    ]
    assert "asked when their appointment is" in summary(clinic)


def test_who_moves_names_the_reference_and_takes_an_alternative(
    sandbox: SandboxClient, clinic: Clinic, assistant: dict[str, Any]
) -> None:
    gone = {"success": False, "alternatives": [{**SLOT, "start": "2026-11-27T09:00+00:00"}], "message": "Just gone."}
    answers = {
        "rescheduleAppointment": iter([FOUND, gone, {**FOUND, "message": "Moved."}]),
        "checkAvailability": iter([{"success": True, "slots": [SLOT], "message": "9 am."}]),
    }
    clinic.answer_tool = lambda name, _arguments: next(answers[name])

    sandbox.call(assistant, "reschedule", customer={"name": "Ana Reyes"})

    moves = [arguments for name, arguments in asked(clinic) if "newStart" in arguments]
    assert [(move["reference"], move["newStart"][:10]) for move in moves] == [
        ("KW4827", "2026-11-26"),
        ("KW4827", "2026-11-27"),
    ]
    assert "moved their appointment" in summary(clinic)


def test_of_several_appointments_one_is_named(
    sandbox: SandboxClient, clinic: Clinic, assistant: dict[str, Any]
) -> None:
    several = {
        "success": False,
        "appointments": [{"reference": "AA1111"}, {"reference": "BB2222"}],
        "message": "Which?",
    }
    answers = iter([{"success": True, "message": "Known."}, several, FOUND])
    clinic.answer_tool = lambda _name, _arguments: next(answers)

    sandbox.call(assistant, "returning_caller")

    assert asked(clinic)[-1][1]["reference"] == "AA1111"


def test_a_caller_in_danger_obeys_what_is_said_from_outside(
    sandbox: SandboxClient, clinic: Clinic, assistant: dict[str, Any]
) -> None:
    def send_help(message: dict[str, Any]) -> dict[str, Any]:
        if message["role"] == "user" and "chest pain" in message["transcript"]:
            control = message["call"]["monitor"]["controlUrl"]
            sandbox.http.post(control, json={"type": "say", "content": "Please hang up and call 999 now."})
        return {}

    clinic.answers['transcript[transcriptType="final"]'] = send_help

    sandbox.call(assistant, "red_flag")

    assert asked(clinic) == []
    assert "was told to call the emergency services" in summary(clinic)


def test_a_caller_in_danger_is_told_by_what_a_tool_answers(
    sandbox: SandboxClient, clinic: Clinic, assistant: dict[str, Any]
) -> None:
    clinic.answer_tool = lambda _name, _arguments: {"success": False, "message": "Please call 999 now."}

    sandbox.call(assistant, "red_flag")

    assert [name for name, _ in asked(clinic)] == ["getKnowledgeBase"]
    assert "was told" in summary(clinic)
