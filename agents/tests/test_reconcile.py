"""A saved agent and its one assistant at Vapi, over HTTP against the sandbox."""

import time
from dataclasses import replace

import pytest

from agents import assistants
from agents.assistants import Outcome
from agents.models import AssistantMapping, CallDirection, OrgTool, PlatformRegistration, SyncState
from agents.payload import LIVE_TRANSCRIPTS, SERVER_MESSAGES
from agents.resolution import find_org_for_assistant
from agents.structured_outputs import STRUCTURED_OUTPUTS
from agents.tests.conftest import assistants_of, spec, sync
from credentials.service import credential_service
from credentials.types import Provider, Secret
from orgs.actors import Actor
from orgs.models import RECORDING_CONSENT
from orgs.scope import org_scope, org_tx, service_tx

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_new_clinics_agent_gets_its_assistant(north, vapi_sandbox, agent_of):
    result = sync(north, agent_of(north))

    agent = agent_of(north)
    assert result.outcome is Outcome.CREATED
    assert (agent.sync_state, agent.sync_error, agent.sync_attempts) == (SyncState.SYNCED, "", 0)
    assert agent.vapi_assistant_id == result.assistant_id
    assert agent.config_hash == agent.synced_hash
    assert agent.sync_due_at is None
    assert agent.is_in_step
    assert find_org_for_assistant(result.assistant_id) == north.pk


def test_the_assistant_is_what_the_contract_says(north, vapi_sandbox, agent_of, settings):
    settings.BACKEND_URL = "https://voxanne.example"
    sync(north, agent_of(north))

    (assistant,) = assistants_of(vapi_sandbox, north)
    assert assistant["metadata"] == {"orgId": str(north.pk), "agentId": str(agent_of(north).pk)}
    assert assistant["server"]["url"] == "https://voxanne.example/api/vapi/webhook"
    assert assistant["server"]["timeoutSeconds"] == 20
    assert {400, 401, 403, 404, 422} <= set(assistant["server"]["backoffPlan"]["excludedStatusCodes"])
    assert 429 not in assistant["server"]["backoffPlan"]["excludedStatusCodes"]
    assert assistant["server"]["backoffPlan"]["maxRetries"] == 3
    assert assistant["serverMessages"] == [*SERVER_MESSAGES, LIVE_TRANSCRIPTS]
    assert assistant["artifactPlan"]["recordingEnabled"] is True
    assert assistant["maxDurationSeconds"] == 900
    prompt = assistant["model"]["messages"][0]["content"]
    assert '{{"now" | date: "%A, %d %B %Y, %H:%M", "Europe/London"}}' in prompt
    names = {tool["id"]: tool for tool in vapi_sandbox.vapi("GET", "/tool")}
    linked = [names[tool_id] for tool_id in assistant["model"]["toolIds"]]
    assert [tool["function"]["name"] for tool in linked] == ["bookClinicAppointment", "checkAvailability"]
    assert linked[1]["server"]["url"] == "https://voxanne.example/api/vapi/tools/checkAvailability"
    outputs = {item["id"]: item["name"] for item in vapi_sandbox.vapi("GET", "/structured-output")["results"]}
    assert {outputs[key] for key in assistant["artifactPlan"]["structuredOutputIds"]} == set(STRUCTURED_OUTPUTS)


def test_vapi_gets_a_credential_a_clinic_and_one_for_the_platform(north, south, vapi_sandbox, agent_of):
    for org in (north, south):
        sync(org, agent_of(org))

    credentials = {item["id"]: item for item in vapi_sandbox.vapi("GET", "/credential")}
    used = [assistants_of(vapi_sandbox, org)[0]["server"]["credentialId"] for org in (north, south)]
    assert len(credentials) == 3
    assert [credentials[key]["name"] for key in used] == [f"voxanne-{north.pk.hex}", f"voxanne-{south.pk.hex}"]
    plan = credentials[used[0]]["authenticationPlan"]
    assert plan["headerName"] == "X-Vapi-Secret"
    assert plan["bearerPrefixEnabled"] is False
    (platform,) = [item for item in credentials.values() if item["name"] == "voxanne-platform"]
    assert {tool["server"]["credentialId"] for tool in vapi_sandbox.vapi("GET", "/tool")} == {platform["id"]}


def test_tools_and_outputs_are_registered_once_for_the_platform(north, south, vapi_sandbox, agent_of):
    for org in (north, south):
        for direction in CallDirection:
            sync(org, agent_of(org, direction))

    assert len(vapi_sandbox.vapi("GET", "/assistant")) == 4
    assert len(vapi_sandbox.vapi("GET", "/tool")) == 2
    assert vapi_sandbox.vapi("GET", "/structured-output")["metadata"]["totalItems"] == len(STRUCTURED_OUTPUTS)
    with org_scope(north), org_tx():
        assert set(OrgTool.objects.values_list("tool_name", flat=True)) == {
            "checkAvailability",
            "bookClinicAppointment",
        }


def test_syncing_again_changes_nothing_and_writes_nothing(north, vapi_sandbox, agent_of):
    sync(north, agent_of(north))
    before = len(vapi_sandbox.requests_to_vapi())

    assert sync(north, agent_of(north)).outcome is Outcome.UNCHANGED
    later = vapi_sandbox.requests_to_vapi()[before:]
    assert {item["method"] for item in later} == {"GET"}


def test_a_change_is_patched_complete_and_keeps_what_others_set(north, vapi_sandbox, agent_of, change_agent):
    sync(north, agent_of(north))
    (assistant,) = assistants_of(vapi_sandbox, north)
    model = {**assistant["model"], "fallbackModels": ["gpt-4o"]}
    vapi_sandbox.vapi("PATCH", f"/assistant/{assistant['id']}", {"model": model, "endCallMessage": "Goodbye!"})
    change_agent(north, first_message="Hello from North.", config_hash="")

    assert sync(north, agent_of(north)).outcome is Outcome.UPDATED
    (patched,) = assistants_of(vapi_sandbox, north)
    assert patched["firstMessage"] == f"Hello from North. {RECORDING_CONSENT}"
    assert patched["endCallMessage"] == "Goodbye!"
    assert patched["model"]["fallbackModels"]
    assert patched["model"]["messages"] == assistant["model"]["messages"]
    assert patched["model"]["toolIds"] == assistant["model"]["toolIds"]


def test_an_assistant_deleted_at_vapi_is_made_anew(north, vapi_sandbox, agent_of):
    first = sync(north, agent_of(north)).assistant_id
    vapi_sandbox.vapi("DELETE", f"/assistant/{first}")

    result = sync(north, agent_of(north))

    assert result.outcome is Outcome.RECREATED
    assert result.assistant_id != first
    assert [a["id"] for a in assistants_of(vapi_sandbox, north)] == [result.assistant_id]
    assert find_org_for_assistant(first) == north.pk  # its last reports may still arrive
    with org_scope(north), org_tx():
        retired = dict(AssistantMapping.objects.values_list("vapi_assistant_id", "retired_at"))
    assert retired[first] is not None
    assert retired[result.assistant_id] is None


def test_a_worker_that_lost_its_lease_creates_and_records_nothing(
    north, vapi_sandbox, agent_of, change_agent, monkeypatch
):
    agent = agent_of(north)
    original = assistants._ensure_assistant

    def be_overtaken(client, lease, body):
        change_agent(north, sync_claim="00000000-0000-4000-8000-000000000001")
        return original(client, lease, body)

    monkeypatch.setattr(assistants, "_ensure_assistant", be_overtaken)
    assert sync(north, agent).outcome is Outcome.LOST
    assert assistants_of(vapi_sandbox, north) == []
    assert agent_of(north).vapi_assistant_id == ""


def test_a_tool_deleted_at_vapi_is_registered_again(north, vapi_sandbox, agent_of, change_agent):
    sync(north, agent_of(north))
    gone = vapi_sandbox.vapi("GET", "/tool")[0]["id"]
    vapi_sandbox.vapi("DELETE", f"/tool/{gone}")
    change_agent(north, first_message="Changed, so that it is sent again.")

    assert sync(north, agent_of(north)).outcome is Outcome.UPDATED
    (assistant,) = assistants_of(vapi_sandbox, north)
    assert set(assistant["model"]["toolIds"]) == {tool["id"] for tool in vapi_sandbox.vapi("GET", "/tool")}
    assert gone not in assistant["model"]["toolIds"]


def test_a_credential_deleted_at_vapi_is_made_again(north, vapi_sandbox, agent_of):
    sync(north, agent_of(north))
    used = assistants_of(vapi_sandbox, north)[0]["server"]["credentialId"]
    vapi_sandbox.vapi("DELETE", f"/credential/{used}")

    assert sync(north, agent_of(north)).outcome is Outcome.UPDATED
    fresh = assistants_of(vapi_sandbox, north)[0]["server"]["credentialId"]
    assert fresh in {item["id"] for item in vapi_sandbox.vapi("GET", "/credential")}


def test_a_changed_tool_becomes_a_new_one_that_is_linked(north, vapi_sandbox, agent_of, tools):
    sync(north, agent_of(north))
    before = agent_of(north)
    tools["checkAvailability"] = spec("checkAvailability", "Use it to find free times.")

    assert sync(north, before).outcome is Outcome.UPDATED
    assert agent_of(north).config_hash != before.config_hash
    (assistant,) = assistants_of(vapi_sandbox, north)
    assert len(vapi_sandbox.vapi("GET", "/tool")) == 3
    by_id = {tool["id"]: tool["function"]["description"] for tool in vapi_sandbox.vapi("GET", "/tool")}
    assert by_id[assistant["model"]["toolIds"][1]] == "Use it to find free times."


def test_an_agent_without_some_tool_is_not_linked_to_it(north, vapi_sandbox, agent_of, change_agent):
    change_agent(north, tools_enabled=["checkAvailability"])
    sync(north, agent_of(north))

    (assistant,) = assistants_of(vapi_sandbox, north)
    assert len(assistant["model"]["toolIds"]) == 1


def test_a_new_webhook_secret_is_given_to_vapi(north, vapi_sandbox, agent_of, settings):
    sync(north, agent_of(north))
    before = vapi_sandbox.vapi("GET", "/credential")
    stored = credential_service.get(north.pk, Provider.VAPI)
    fresh = replace(stored, webhook_secret=Secret("x" * 48), secret_id="rotated")
    credential_service.save(org_id=north.pk, credentials=fresh, actor=Actor.system(north.pk))
    sync(north, agent_of(north))

    patched = vapi_sandbox.requests_to_vapi("PATCH", "/credential")
    assert len(vapi_sandbox.vapi("GET", "/credential")) == len(before)
    assert len(patched) == 1


def test_registrations_are_the_platforms_own(north, vapi_sandbox, agent_of):
    sync(north, agent_of(north))

    with service_tx("test"):
        rows = list(PlatformRegistration.objects.all())
    assert {row.kind for row in rows} == {"tool", "structured_output", "credential"}
    assert all(row.vapi_id and row.claimed_until is None for row in rows)
    assert "platform-webhook-secret-for-tests-only" not in str([row.definition for row in rows])
    with org_scope(north), pytest.raises(Exception, match="permission denied"), org_tx():
        PlatformRegistration.objects.count()


def test_a_sync_is_quick(north, vapi_sandbox, agent_of, change_agent):
    sync(north, agent_of(north))
    times = []
    for number in range(10):
        change_agent(north, first_message=f"Hello {number}")
        started = time.perf_counter()
        assert sync(north, agent_of(north)).outcome is Outcome.UPDATED
        times.append(time.perf_counter() - started)
    assert sorted(times)[5] < 2
