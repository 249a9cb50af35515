"""Vapi's own client works against the sandbox, and its types hold what the sandbox answers and sends.

Its models take seconds to build, so one test does a whole morning's work with it.
"""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from sandbox.tests.client import KEY, SandboxClient
from sandbox.tests.clinic import Clinic
from tests.official_vapi import official_vapi

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("default")]

MODEL = {"provider": "openai", "model": "gpt-4.1", "messages": [{"role": "system", "content": "Be kind."}]}
IMPORTED = {
    "provider": "twilio",
    "number": "+442079460111",
    "twilioAccountSid": "AC" + "1a" * 16,
    "twilioAuthToken": "2b" * 16,
}
NO_RETRIES = {"max_retries": 0}
UNPUBLISHED = {
    "durationMs", "durationSeconds", "durationMinutes", "summary", "transcript", "messages", "recordingUrl",
    "stereoRecordingUrl", "costBreakdown", "metadata", "toolCalls", "subscriptionLimits", "tool_calls", "tool_call_id",
}  # fmt: skip
"""Really sent by Vapi (reference 1.6, 3.3), though its schema does not have them."""

OF_SAVED = ("id", "orgId", "createdAt", "updatedAt")
SAVED = {
    *(f".assistant.{name}" for name in OF_SAVED),
    *(f".phone_number.{name}" for name in (*OF_SAVED, "number", "status")),
}
"""What a message says of a saved assistant and number beyond the bodies that made them."""


@pytest.fixture(scope="module")
def vapi() -> Any:
    """The package, imported as late as possible."""
    return official_vapi()


@pytest.fixture
def client(vapi: Any, sandbox: SandboxClient) -> Iterator[Any]:
    """The official client, pointed at the sandbox."""
    with httpx.Client(trust_env=False) as http:
        yield vapi.Vapi(token=KEY, base_url=f"{sandbox.base_url}/vapi", httpx_client=http)


def _strangers(value: Any, path: str = "") -> Iterator[str]:
    """Tell which properties a parsed value has that its type does not know."""
    for name in getattr(value, "model_extra", None) or {}:
        yield f"{path}.{name}"
    fields = type(value).model_fields if hasattr(type(value), "model_fields") else {}
    inside = {name: getattr(value, name) for name in fields}
    if isinstance(value, list):
        inside = {str(index): item for index, item in enumerate(value)}
    for name, item in inside.items():
        yield from _strangers(item, f"{path}.{name}")


def test_every_resource_through_the_official_client(client: Any, sandbox: SandboxClient, vapi: Any) -> None:
    function = {"name": "lookup", "parameters": {"type": "object", "properties": {}}}
    tool = client.tools.create(request={"type": "function", "function": function})
    assistant = client.assistants.create(
        name="Reception", first_message="Hello.", model={**MODEL, "toolIds": [tool.id]}
    )
    number = client.phone_numbers.create(request={**IMPORTED, "assistantId": assistant.id})
    outputs = client.structured_outputs
    output = outputs.structured_output_controller_create(name="call_reason", schema={"type": "string"})

    assert client.tools.get(tool.id).function.name == "lookup"
    changed = client.assistants.update(assistant.id, first_message="Good morning.")
    assert (changed.first_message, changed.model.tool_ids) == ("Good morning.", [tool.id])
    assert client.phone_numbers.get(number.id).assistant_id == assistant.id
    moved = client.phone_numbers.update(number.id, request={"provider": "twilio", "name": "Main line"})
    assert (moved.name, moved.number) == ("Main line", IMPORTED["number"])
    assert client.tools.update(tool.id, request={"type": "function", "async": True}).id == tool.id
    assert [item.id for item in client.assistants.list()] == [assistant.id]
    assert outputs.structured_output_controller_find_one(output.id).name == "call_reason"

    call = client.calls.create(
        assistant_id=assistant.id,
        phone_number_id=number.id,
        customer={"number": "+447700900000"},
        assistant_overrides={"metadata": {"outbound_call_id": "o1"}},
        request_options=NO_RETRIES,
    )
    sandbox.wait_for(call.id)
    ended = client.calls.get(call.id)
    assert (call.status, ended.status, ended.ended_reason) == ("queued", "ended", "customer-did-not-answer")
    assert ended.assistant_overrides.metadata == {"outbound_call_id": "o1"}
    assert [item.id for item in client.calls.list(assistant_id=assistant.id)] == [call.id]

    for found in (assistant, number, tool, output, ended):
        assert [name for name in _strangers(found) if name.rsplit(".", 1)[1] not in UNPUBLISHED] == []
    for remove, identity in ((client.phone_numbers.delete, number.id), (client.assistants.delete, assistant.id)):
        remove(identity)
    with pytest.raises(vapi.core.api_error.ApiError) as gone:
        client.assistants.get(assistant.id)
    assert gone.value.status_code == 404


def test_refusals_reach_its_caller_and_lost_answers_make_it_dial_again(
    client: Any, sandbox: SandboxClient, vapi: Any
) -> None:
    with pytest.raises(vapi.core.api_error.ApiError) as refused:
        client.assistants.create(name="x" * 41)
    assert refused.value.body["message"] == ["name must be shorter than or equal to 40 characters"]

    assistant, number = client.assistants.create(name="A"), client.phone_numbers.create(request=IMPORTED)
    fault = {"operation": "POST /call", "status": 500, "after_work": True, "times": 1}
    sandbox.http.put("/sandbox/faults/vapi", json=fault).raise_for_status()
    client.calls.create(assistant_id=assistant.id, phone_number_id=number.id, customer={"number": "+447700900000"})
    assert len(client.calls.list()) == 2, "why the product does not use this client"


def test_what_is_sent_is_what_vapi_publishes(sandbox: SandboxClient, clinic: Clinic, vapi: Any) -> None:
    output = sandbox.create("structured-output", {"name": "call_sentiment", "schema": {"type": "string"}})
    assistant = sandbox.receptionist(
        clinic.url, serverMessages=None, artifactPlan={"structuredOutputIds": [output["id"]]}
    )
    line = sandbox.create("phone-number", {"provider": "vapi", "server": {"url": clinic.url}})
    clinic.answers["assistant-request"] = lambda _message: {"assistantId": assistant["id"]}
    sandbox.dial(line, "book_appointment")

    published = {
        "assistant-request": vapi.types.ServerMessageAssistantRequest,
        "status-update": vapi.types.ServerMessageStatusUpdate,
        "speech-update": vapi.types.ServerMessageSpeechUpdate,
        "conversation-update": vapi.types.ServerMessageConversationUpdate,
        "end-of-call-report": vapi.types.ServerMessageEndOfCallReport,
    }
    for kind, model in published.items():
        for message in clinic.of_kind(kind):
            parsed = model.model_validate(message)
            strange = {name for name in _strangers(parsed) if name.rsplit(".", 1)[1] not in UNPUBLISHED}
            assert strange <= SAVED, kind
    report = clinic.of_kind("end-of-call-report")[0]
    assert report["artifact"]["structuredOutputs"][output["id"]]["name"] == "call_sentiment"
