"""`sync_tools` and `audit_vapi_tools`, over HTTP against the sandbox."""

import json
from dataclasses import replace
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from agents.models import CallDirection, OrgTool
from agents.structured_outputs import STRUCTURED_OUTPUTS
from agents.tests.conftest import assistants_of, spec, sync
from agents.vapi_audit import audit_assistants
from agents.vapi_audit import wake as wake_those
from credentials import connections
from credentials.service import credential_service
from credentials.types import Provider, Secret
from orgs.actors import Actor
from orgs.models import AuditEntry, Organization
from orgs.scope import org_scope, org_tx, service_tx
from orgs.services import NewOrganization, create_organization
from voxanne.clock import now

pytestmark = pytest.mark.django_db(transaction=True)


def run(command, *args):
    """What a command printed, and its exit code."""
    out = StringIO()
    try:
        call_command(command, *args, stdout=out)
    except SystemExit as ended:
        return out.getvalue(), ended.code
    return out.getvalue(), 0


def run_json(command, *args):
    printed, code = run(command, *args, "--json")
    return json.loads(printed), code


def writes(sandbox):
    return [item for item in sandbox.requests_to_vapi() if item["method"] != "GET"]


class TestSyncTools:
    def test_every_tool_is_registered_once_and_linked_everywhere(self, north, south, vapi_sandbox):
        report, code = run_json("sync_tools", "--all")

        assert code == 0
        assert (report["organisations"], report["outcomes"], report["left"]) == (2, {"created": 4}, 0)
        tools = {tool["id"] for tool in vapi_sandbox.vapi("GET", "/tool")}
        assert len(tools) == 2
        assistants = vapi_sandbox.vapi("GET", "/assistant?limit=1000")
        assert len(assistants) == 4
        assert all(set(assistant["model"]["toolIds"]) == tools for assistant in assistants)

    def test_a_second_run_writes_nothing(self, north, south, vapi_sandbox):
        run("sync_tools", "--all")
        before = len(writes(vapi_sandbox))
        printed, code = run("sync_tools", "--all")

        assert code == 0
        assert "2 organisations: 4 unchanged; 0 left to do" in printed
        assert len(writes(vapi_sandbox)) == before

    @pytest.mark.slow
    def test_fifty_three_organisations(self, north_owner, vapi_sandbox):
        for number in range(53):
            create_organization(new=NewOrganization(name=f"Clinic {number}"), owner=north_owner)
        report, code = run_json("sync_tools", "--all")
        assert (code, report["organisations"], report["left"]) == (0, 53, 0)
        tools = {tool["id"]: tool["function"]["name"] for tool in vapi_sandbox.vapi("GET", "/tool")}
        assert sorted(tools.values()) == ["bookClinicAppointment", "checkAvailability"]
        assert vapi_sandbox.vapi("GET", "/structured-output")["metadata"]["totalItems"] == len(STRUCTURED_OUTPUTS)
        assistants = vapi_sandbox.vapi("GET", "/assistant?limit=1000")
        assert len(assistants) == 106
        assert all(set(assistant["model"]["toolIds"]) == set(tools) for assistant in assistants)
        with service_tx("test"):
            assert OrgTool.across_orgs.count() == 106

        before = len(writes(vapi_sandbox))
        report, code = run_json("sync_tools", "--all")
        assert (code, report["outcomes"]) == (0, {"unchanged": 106})
        assert len(writes(vapi_sandbox)) == before

    @pytest.mark.parametrize("name", ["slug", "pk"])
    def test_one_organisation(self, north, south, vapi_sandbox, name):
        report, code = run_json("sync_tools", "--org", str(getattr(north, name)))

        assert (code, report["organisations"]) == (0, 1)
        assert len(assistants_of(vapi_sandbox, north)) == 2
        assert assistants_of(vapi_sandbox, south) == []

    def test_trouble_is_said_and_counted(self, north, vapi_sandbox):
        vapi_sandbox.spoil(status=401)
        printed, code = run("sync_tools", "--all")

        assert code == 1
        assert f"{north.slug}  Reception  failed: Vapi does not accept our key." in printed
        assert "2 left to do" in printed

    def test_an_agent_that_is_busy_is_waited_for_and_named(self, north, vapi_sandbox, change_agent, monkeypatch):
        monkeypatch.setattr("agents.tool_sync.PAUSE_S", 0)
        change_agent(north, sync_claimed_until=now().replace(year=2100), sync_claim=north.pk)
        report, code = run_json("sync_tools", "--all")

        assert code == 1
        assert report["outcomes"] == {"busy": 1, "created": 1}
        assert [row["problem"] for row in report["agents"]].count("") == 1

    @pytest.mark.parametrize("name", ["nobody", "00000000-0000-4000-8000-000000000000"])
    def test_an_unknown_organisation(self, db, name):
        with pytest.raises(CommandError, match="There is no organisation"):
            call_command("sync_tools", "--org", name)

    def test_somebody_must_be_named(self, db):
        with pytest.raises(CommandError, match="one of the arguments"):
            call_command("sync_tools")


class TestAudit:
    @pytest.fixture
    def live(self, north, vapi_sandbox, agent_of):
        """The sandbox, which has both of the clinic's agents."""
        for direction in CallDirection:
            sync(north, agent_of(north, direction))
        return vapi_sandbox

    def change_model(self, sandbox, org, **values):
        assistant = sandbox.vapi("GET", f"/assistant/{self.assistant_id(org)}")
        sandbox.vapi("PATCH", f"/assistant/{assistant['id']}", {"model": {**assistant["model"], **values}})

    def assistant_id(self, org):
        with org_scope(org), org_tx():
            return org_agent(org).vapi_assistant_id

    def test_all_is_well(self, live, north):
        assert run("audit_vapi_tools") == ("Every assistant has our tools and no others.\n", 0)
        assert run_json("audit_vapi_tools") == ({"found": [], "open": 0}, 0)

    def test_native_tools_that_intercept_calls(self, live, north):
        native = {"type": "function", "function": {"name": "bookClinicAppointment"}}
        self.change_model(live, north, tools=[{"type": "endCall"}, native])

        printed, code = run("audit_vapi_tools")
        assert code == 1
        assert f"Reception ({self.assistant_id(north)}) has a native tool of its own bookClinicAppointment" in printed
        report, code = run_json("audit_vapi_tools", "--fix")
        assert code == 0
        assert [item["deviation"] for item in report["found"]] == ["native_tool"]
        assistant = live.vapi("GET", f"/assistant/{self.assistant_id(north)}")
        assert assistant["model"]["tools"] == [{"type": "endCall"}]

    def test_unknown_and_missing_tools(self, live, north):
        other = live.vapi("POST", "/tool", {"type": "function", "function": {"name": "somebodyElses"}})["id"]
        self.change_model(live, north, toolIds=[other])

        report, code = run_json("audit_vapi_tools")
        assert code == 1
        found = {(item["deviation"], item["what"]) for item in report["found"]}
        assert found == {
            ("unknown_tool", other), ("missing_tool", "checkAvailability"), ("missing_tool", "bookClinicAppointment"),
        }  # fmt: skip
        assert {item["org_id"] for item in report["found"]} == {str(north.pk)}
        printed, code = run("audit_vapi_tools", "--fix")
        assert code == 0
        assert "3 found, 0 open." in printed
        assert other in {tool["id"] for tool in live.vapi("GET", "/tool")}  # not ours to delete

    def test_a_tool_that_is_linked_and_gone(self, live, north):
        gone = live.vapi("GET", "/tool")[0]["id"]
        live.vapi("DELETE", f"/tool/{gone}")

        assert run("audit_vapi_tools")[1] == 1
        assert run("audit_vapi_tools", "--fix")[1] == 0
        assert len(live.vapi("GET", "/tool")) == 2

    def test_an_assistant_that_is_gone(self, live, north):
        before = self.assistant_id(north)
        live.vapi("DELETE", f"/assistant/{before}")

        printed, code = run("audit_vapi_tools")
        assert (code, "has no assistant at Vapi" in printed) == (1, True)
        assert run("audit_vapi_tools", "--fix")[1] == 0
        assert self.assistant_id(north) != before
        with service_tx("test"):
            linked = AuditEntry.objects.filter(action="agent.assistant_linked").order_by("-id").first()
        assert linked.details["previous"] == before

    def test_messages_that_go_elsewhere(self, live, north):
        live.vapi("PATCH", f"/assistant/{self.assistant_id(north)}", {"server": {"url": "https://elsewhere.example"}})

        report, _ = run_json("audit_vapi_tools", "--fix")
        assert [(item["deviation"], item["what"]) for item in report["found"]] == [
            ("other_server", "https://elsewhere.example")
        ]
        assert report["open"] == 0

    def test_a_copy_is_deleted_unless_a_number_leads_to_it(self, live, north):
        kept = {"createdAt", "updatedAt", "id", "orgId"}
        ours = live.vapi("GET", f"/assistant/{self.assistant_id(north)}")
        copies = [
            live.vapi("POST", "/assistant", {key: value for key, value in ours.items() if key not in kept})["id"]
            for _ in range(2)
        ]
        live.vapi("POST", "/phone-number", {"provider": "vapi", "assistantId": copies[0]})

        report, code = run_json("audit_vapi_tools", "--fix")
        assert (code, report["open"]) == (1, 1)
        assert {item["what"] for item in report["found"]} == set(copies)
        assert {item["id"] for item in assistants_of(live, north)} >= {copies[0], ours["id"]}
        assert copies[1] not in {item["id"] for item in assistants_of(live, north)}

    def test_a_disabled_tool_is_not_missed(self, north, vapi_sandbox, agent_of, change_agent):
        change_agent(north, tools_enabled=[])
        for direction in CallDirection:
            sync(north, agent_of(north, direction))
        assert run("audit_vapi_tools")[1] == 0

    def test_agents_that_never_reached_vapi(self, north, vapi_sandbox):
        report, code = run_json("audit_vapi_tools", "--fix")
        assert (code, len(report["found"]), report["open"]) == (0, 2, 0)

    def test_findings_can_be_left_to_the_sweeper(self, live, north, tools, agent_of):
        self.change_model(live, north, toolIds=[])
        assert wake_those(audit_assistants()) == 1
        assert agent_of(north).sync_due_at is not None

    def test_a_clinics_broken_key_hides_nobody_else(self, live, north, south, settings, agent_of):
        """North has moved to an account whose key stopped working; South's assistants are looked at all the same."""
        settings.ALLOW_ORG_VAPI_KEYS = True
        sync(south, agent_of(south))
        connections.connect_vapi(org=north, given={"apiKey": "clinic-key-of-north"}, actor=Actor.system(north.pk))
        stored = credential_service.get(north.pk, Provider.VAPI)
        broken = replace(stored, api_key=Secret("clinic-key-gone-bad"))
        credential_service.save(org_id=north.pk, credentials=broken, actor=Actor.system(north.pk))

        report, code = run_json("audit_vapi_tools", "--fix")
        assert code == 1
        found = {(item["org_id"], item["deviation"]) for item in report["found"]}
        assert found == {(str(north.pk), "unreadable"), (str(south.pk), "no_assistant")}
        assert report["open"] == 2  # North's two; South's outbound agent has its assistant now

    def test_vapi_away(self, north, vapi_sandbox):
        vapi_sandbox.spoil(status=500)
        with pytest.raises(CommandError, match="could not be asked"):
            call_command("audit_vapi_tools")


def org_agent(org: Organization):
    from agents.models import Agent

    return Agent.objects.get(call_direction=CallDirection.INBOUND)


def test_a_new_tool_reaches_everybody(north, south, vapi_sandbox, tools):
    run("sync_tools", "--all")
    tools["cancelAppointment"] = spec("cancelAppointment")
    report, code = run_json("sync_tools", "--all")

    assert (code, report["outcomes"]) == (0, {"updated": 4})
    assert all(len(item["model"]["toolIds"]) == 3 for item in vapi_sandbox.vapi("GET", "/assistant"))
