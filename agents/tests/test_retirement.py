"""Registrations at Vapi over time: replaced, used no more, deleted by somebody, wanted again."""

from datetime import timedelta

import pytest
import time_machine

from agents import structured_outputs
from agents.assistants import Outcome
from agents.models import CallDirection, OrgTool, PlatformRegistration, RegistrationKind, SyncState
from agents.retirement import RETIRED_FOR, VERIFY_EVERY, retire
from agents.tasks import check_assistants, retire_registrations
from agents.tests.conftest import assistants_of, spec, sync
from agents.tool_registry import all_tools
from agents.webhook_credentials import PLATFORM_CREDENTIAL
from orgs.models import AuditEntry
from orgs.scope import org_scope, org_tx, service_tx
from providers.vapi.client import VapiClient, platform_client
from voxanne.clock import now
from voxanne.errors import Rejected

pytestmark = pytest.mark.django_db(transaction=True)


def later(delay):
    return time_machine.travel(now() + delay, tick=True)


def retire_later(delay=RETIRED_FOR):
    with later(delay + timedelta(minutes=1)):
        return retire(platform_client(retry_delays_s=()))


def rows(kind=RegistrationKind.TOOL, **values):
    with service_tx("test"):
        return list(PlatformRegistration.objects.filter(kind=kind, **values).order_by("created_at"))


def audited(action):
    with service_tx("test"):
        return [entry.details["name"] for entry in AuditEntry.objects.filter(action=action).order_by("id")]


def tool_ids(sandbox):
    return {tool["id"] for tool in sandbox.vapi("GET", "/tool")}


def linked_to(sandbox, org):
    return {key for assistant in assistants_of(sandbox, org) for key in assistant["model"]["toolIds"]}


@pytest.fixture
def change_tool(tools):
    """Give `checkAvailability` another description, and so another definition."""

    def change(description="Use it to find free times."):
        tools["checkAvailability"] = spec("checkAvailability", description)

    return change


@pytest.fixture
def replaced(north, vapi_sandbox, agent_of, change_tool):
    """The id of a tool that was replaced and is linked by nobody any more."""
    sync(north, agent_of(north))
    (row,) = rows(name="checkAvailability")
    change_tool()
    sync(north, agent_of(north))
    return row.vapi_id


def test_a_replaced_tool_is_deleted_once_nothing_uses_it(replaced, north, vapi_sandbox):
    assert replaced in tool_ids(vapi_sandbox)
    assert retire(platform_client()) == 0  # it has just been replaced

    assert retire_later() == 1
    assert replaced not in tool_ids(vapi_sandbox)
    assert linked_to(vapi_sandbox, north) == tool_ids(vapi_sandbox)
    assert len(rows()) == 2
    assert audited("registration.retired") == ["checkAvailability"]
    assert retire_later() == 0


def test_a_tool_stays_while_an_assistant_somewhere_links_it(north, south, vapi_sandbox, agent_of, change_tool):
    for org in (north, south):
        sync(org, agent_of(org))
    old = rows(name="checkAvailability")[0].vapi_id
    change_tool()
    sync(north, agent_of(north))

    assert retire_later() == 0
    assert old in tool_ids(vapi_sandbox)
    sync(south, agent_of(south))
    assert retire_later() == 1
    assert old not in tool_ids(vapi_sandbox)


def test_a_tool_stays_while_its_organisation_is_brought_in_step(replaced, north, vapi_sandbox, change_agent):
    with org_scope(north), org_tx():
        OrgTool.objects.filter(tool_name="checkAvailability").update(vapi_tool_id=replaced)
    change_agent(north, config_hash="f" * 64)
    assert retire_later() == 0
    assert replaced in tool_ids(vapi_sandbox)


def test_a_row_that_nobody_looks_after_keeps_no_tool(replaced, north, vapi_sandbox):
    with org_scope(north), org_tx():
        OrgTool.objects.filter(tool_name="checkAvailability").update(vapi_tool_id=replaced)
    assert retire_later() == 1
    with org_scope(north), org_tx():
        assert not OrgTool.objects.filter(vapi_tool_id=replaced).exists()


def test_a_definition_that_comes_back_is_not_made_twice(replaced, north, vapi_sandbox, agent_of, tools):
    tools["checkAvailability"] = spec("checkAvailability")
    sync(north, agent_of(north))

    assert replaced in linked_to(vapi_sandbox, north)
    assert len(tool_ids(vapi_sandbox)) == 3
    by_id = {row.vapi_id: row for row in rows(name="checkAvailability")}
    assert by_id.pop(replaced).retired_at is None
    (newer,) = by_id.values()
    assert newer.retired_at is not None
    assert retire_later() == 1
    assert tool_ids(vapi_sandbox) == linked_to(vapi_sandbox, north)


def test_a_definition_wanted_while_it_is_deleted_is_made_anew(replaced, north, agent_of, tools, monkeypatch):
    """Whoever wants it waits for the claim; here it finds the claim and gives up until the sweeper's next look."""
    monkeypatch.setattr("agents.registrations.WAIT_S", 0)
    outcomes = []
    delete = VapiClient.delete_tool

    def wanted_again(self, tool_id):
        tools["checkAvailability"] = spec("checkAvailability")
        outcomes.append(sync(north, agent_of(north)).outcome)
        delete(self, tool_id)

    monkeypatch.setattr(VapiClient, "delete_tool", wanted_again)
    assert retire_later() == 1
    assert outcomes == [Outcome.FAILED]
    assert sync(north, agent_of(north)).outcome is Outcome.UPDATED
    (row,) = rows(name="checkAvailability", retired_at=None)
    assert row.vapi_id != replaced


def test_a_pinned_tool_is_kept_and_tried_again(replaced, vapi_sandbox, monkeypatch):
    def pinned(self, tool_id):
        raise Rejected(provider="vapi", operation="delete_tool", status=409)

    with monkeypatch.context() as patch:
        patch.setattr(VapiClient, "delete_tool", pinned)
        assert retire_later() == 0
    assert retire_later() == 1


def test_what_is_gone_already_is_gone(replaced, vapi_sandbox):
    vapi_sandbox.vapi("DELETE", f"/tool/{replaced}")
    assert retire_later() == 1


def test_an_unreachable_vapi_gives_the_claims_back(replaced, vapi_sandbox):
    vapi_sandbox.spoil(status=500)
    with pytest.raises(Exception, match="Unavailable"):
        retire_later()
    vapi_sandbox.heal()
    assert retire_later() == 1


def test_a_tool_that_is_no_more_goes_too(north, vapi_sandbox, agent_of, tools):
    sync(north, agent_of(north))
    del tools["bookClinicAppointment"]
    sync(north, agent_of(north))
    assert [tool.name for tool in all_tools()] == ["checkAvailability"]

    assert retire_later() == 0  # seen to be unwanted for the first time: its hour begins
    assert retire_later(2 * RETIRED_FOR) == 1
    assert len(tool_ids(vapi_sandbox)) == 1


def test_the_hourly_task_deletes_and_the_nightly_one_finds(replaced, north, vapi_sandbox, agent_of):
    with later(RETIRED_FOR):
        assert retire_registrations() == 1
    assert check_assistants() == 0  # the outbound agent has no assistant yet, and the sweeper knows
    sync(north, agent_of(north, CallDirection.OUTBOUND))
    assert check_assistants() == 0
    vapi_sandbox.vapi("DELETE", f"/assistant/{agent_of(north).vapi_assistant_id}")
    assert check_assistants() == 1
    assert sync(north, agent_of(north)).outcome is Outcome.RECREATED


def test_a_replaced_structured_output_goes_too(north, vapi_sandbox, agent_of, monkeypatch):
    sync(north, agent_of(north))
    changed = {**structured_outputs.STRUCTURED_OUTPUTS["call_reason"], "description": "Why they rang."}
    monkeypatch.setitem(structured_outputs.STRUCTURED_OUTPUTS, "call_reason", changed)
    sync(north, agent_of(north))

    assert retire_later() == 1
    outputs = vapi_sandbox.vapi("GET", "/structured-output")["results"]
    assert len(outputs) == len(structured_outputs.STRUCTURED_OUTPUTS)
    assert {item["id"] for item in outputs} == set(
        assistants_of(vapi_sandbox, north)[0]["artifactPlan"]["structuredOutputIds"]
    )


def test_a_tool_that_vanished_is_made_again_though_nothing_changed(north, south, vapi_sandbox, agent_of):
    for org in (north, south):
        sync(org, agent_of(org))
    gone = tool_ids(vapi_sandbox).pop()
    vapi_sandbox.vapi("DELETE", f"/tool/{gone}")

    assert sync(north, agent_of(north)).outcome is Outcome.UNCHANGED  # Vapi was asked within the last minute
    with later(VERIFY_EVERY):
        assert sync(north, agent_of(north)).outcome is Outcome.UPDATED
        assert linked_to(vapi_sandbox, north) == tool_ids(vapi_sandbox)
        assert audited("registration.missing")
        assert agent_of(south).sync_due_at is not None  # the others are told as well
        assert sync(south, agent_of(south)).outcome is Outcome.UPDATED
    assert linked_to(vapi_sandbox, south) == tool_ids(vapi_sandbox)
    assert agent_of(south).sync_state == SyncState.SYNCED


def test_a_vanished_credential_of_a_clinic_is_told_to_its_other_agent(north, south, vapi_sandbox, agent_of):
    for org, direction in ((north, CallDirection.INBOUND), (north, CallDirection.OUTBOUND), (south, "inbound")):
        sync(org, agent_of(org, direction))
    vapi_sandbox.vapi("DELETE", f"/credential/{assistants_of(vapi_sandbox, north)[0]['server']['credentialId']}")

    assert sync(north, agent_of(north)).outcome is Outcome.UPDATED
    assert agent_of(north, CallDirection.OUTBOUND).sync_due_at is not None
    assert agent_of(south).sync_due_at is None
    sync(north, agent_of(north, CallDirection.OUTBOUND))
    credentials = {item["id"] for item in vapi_sandbox.vapi("GET", "/credential")}
    assert {item["server"]["credentialId"] for item in assistants_of(vapi_sandbox, north)} <= credentials


def test_a_vanished_platform_credential_gives_every_tool_a_new_one(north, vapi_sandbox, agent_of):
    sync(north, agent_of(north))
    (row,) = rows(RegistrationKind.CREDENTIAL, name=PLATFORM_CREDENTIAL)
    vapi_sandbox.vapi("DELETE", f"/credential/{row.vapi_id}")

    with later(VERIFY_EVERY):
        assert sync(north, agent_of(north)).outcome is Outcome.UPDATED
    (fresh,) = rows(RegistrationKind.CREDENTIAL, name=PLATFORM_CREDENTIAL)
    assert fresh.vapi_id != row.vapi_id
    linked = [tool for tool in vapi_sandbox.vapi("GET", "/tool") if tool["id"] in linked_to(vapi_sandbox, north)]
    assert {tool["server"]["credentialId"] for tool in linked} == {fresh.vapi_id}
    assert retire_later() == 2
