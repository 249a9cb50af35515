"""Agents of a new clinic, the sweeper, the page and the API."""

import uuid
from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction

from agents import tasks
from agents.leases import retry_delay_s
from agents.models import Agent, AgentMode, CallDirection, SyncState
from agents.services import refresh_agents, request_sync
from agents.tasks import sweep_agents, sync_agent
from agents.tests.conftest import spec
from agents.tool_registry import ToolSpec, all_tools
from orgs.actors import Actor
from orgs.models import Role
from orgs.scope import org_scope, org_tx
from orgs.services import NewOrganization, create_organization
from voxanne.clock import now
from voxanne.errors import NotFound


@pytest.fixture
def woken(monkeypatch):
    """The agents whose sync was enqueued by the sweeper."""
    ids = []
    monkeypatch.setattr(tasks, "wake", lambda task, org_id, agent_id: ids.append(agent_id))
    return ids


def later(seconds):
    return time_machine.travel(now() + timedelta(seconds=seconds), tick=False)


def settle(org, change_agent):
    for direction in CallDirection:
        with org_scope(org), org_tx():
            agent = Agent.objects.get(call_direction=direction)
        change_agent(
            org, direction, sync_due_at=None, synced_hash=agent.config_hash, sync_state=SyncState.SYNCED,
            vapi_assistant_id=str(uuid.uuid4()),
        )  # fmt: skip


def test_a_new_clinic_has_an_inbound_and_an_outbound_agent(north, agent_of):
    inbound, outbound = agent_of(north), agent_of(north, CallDirection.OUTBOUND)

    assert inbound.is_default
    assert outbound.is_default
    assert inbound.sync_state == SyncState.SYNCING
    assert inbound.mode == AgentMode.FULL
    assert "North Clinic" in inbound.first_message
    assert inbound.config_hash
    assert inbound.config_hash != outbound.config_hash
    assert not inbound.is_in_step


def test_sign_up_wakes_the_sync_only_when_it_commits(north_owner, django_capture_on_commit_callbacks, monkeypatch):
    woken = []
    monkeypatch.setattr("orgs.tasks.wake", lambda task, *args, queue=None: woken.append((task.name, args)))
    with django_capture_on_commit_callbacks(execute=True):
        org = create_organization(new=NewOrganization(name="West"), owner=north_owner)
        assert woken == []

    assert [name for name, _ in woken] == ["agents.tasks.sync_agent"] * 2
    assert {args[0] for _, args in woken} == {str(org.pk)}


def test_one_default_for_each_direction(north):
    with org_scope(north), pytest.raises(IntegrityError, match="agents_org_default_direction_key"), org_tx():
        Agent.objects.create(name="Second", call_direction=CallDirection.INBOUND, is_default=True)


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"call_direction": "sideways"}, "agents_direction_known"),
        ({"mode": "wild"}, "agents_mode_known"),
        ({"sync_state": "perhaps"}, "agents_state_known"),
        ({"max_duration_seconds": 5}, "agents_duration_range"),
    ],
)
def test_the_database_refuses_nonsense(north, values, constraint):
    with org_scope(north), pytest.raises(IntegrityError, match=constraint), transaction.atomic(), org_tx():
        Agent.objects.filter(call_direction=CallDirection.INBOUND).update(**values)


def test_the_sweeper_wakes_what_was_lost_and_only_once(north, south, woken, agent_of):
    with later(5):
        assert sweep_agents() == 0  # their own wake-up is still on its way
    with later(15):
        assert sweep_agents() == 4
        assert sweep_agents() == 0
    with later(15 + retry_delay_s(1) + 11):
        assert sweep_agents() == 4
    assert set(woken) == {str(agent_of(org, direction).pk) for org in (north, south) for direction in CallDirection}


def test_the_sweeper_leaves_agents_that_are_in_step(north, woken, change_agent):
    settle(north, change_agent)

    with later(3600):
        assert sweep_agents() == 0


def test_the_sweeper_leaves_agents_that_a_worker_holds(north, woken, change_agent):
    settle(north, change_agent)
    with later(100):
        change_agent(north, sync_due_at=now() - timedelta(seconds=60), sync_claimed_until=now() + timedelta(seconds=9))
        assert sweep_agents() == 0
    with later(110):
        assert sweep_agents() == 1


def test_the_sweeper_notices_changed_tools_and_addresses(north, woken, change_agent, tools, settings):
    settle(north, change_agent)
    assert sweep_agents() == 0

    tools["cancelAppointment"] = spec("cancelAppointment")
    assert sweep_agents() == 2
    settle(north, change_agent)
    settings.BACKEND_URL = "https://moved.example"
    assert sweep_agents() == 2


def test_the_sweeper_notices_what_was_saved_and_not_synced(north, woken, change_agent, agent_of):
    settle(north, change_agent)
    change_agent(north, config_hash=agent_of(north).config_hash[:-1] + "x")

    assert sweep_agents() == 1


@pytest.mark.parametrize(
    ("attempts", "seconds"), [(0, 30), (1, 30), (2, 60), (3, 120), (6, 960), (7, 1800), (99, 1800)]
)
def test_the_pauses_grow(attempts, seconds):
    assert retry_delay_s(attempts) == seconds


@pytest.mark.django_db(transaction=True)
def test_the_task_syncs(north, vapi_sandbox, agent_of):
    assert sync_agent(str(north.pk), str(agent_of(north).pk)) == "created"
    assert agent_of(north).is_in_step


@pytest.mark.django_db(transaction=True)
def test_a_task_for_an_agent_of_another_organisation_does_nothing(north, south, vapi_sandbox, agent_of):
    assert sync_agent(str(south.pk), str(agent_of(north).pk)) == "busy"
    assert vapi_sandbox.requests_to_vapi() == []


def test_asking_again_forgets_what_failed(north, agent_of, change_agent):
    change_agent(north, sync_state=SyncState.FAILED, sync_error="No.", sync_attempts=9)
    with org_scope(north):
        request_sync(org=north, agent_id=agent_of(north).pk, actor=Actor.system(north.pk))

    agent = agent_of(north)
    assert (agent.sync_state, agent.sync_error, agent.sync_attempts) == (SyncState.SYNCING, "", 0)


def test_another_organisations_agent_cannot_be_asked_for(north, south, agent_of):
    foreign = agent_of(south).pk
    with org_scope(north), pytest.raises(NotFound):
        request_sync(org=north, agent_id=foreign, actor=Actor.system(north.pk))


def test_a_renamed_clinic_brings_its_agents_up_to_date(north, change_agent, agent_of):
    settle(north, change_agent)
    with org_scope(north):
        assert refresh_agents(org=north) == 0
        north.name = "Northern Clinic"
        assert refresh_agents(org=north) == 2
    assert agent_of(north).sync_state == SyncState.SYNCING


def test_a_tool_must_fit_vapis_limits():
    with pytest.raises(ValueError, match="description"):
        ToolSpec(name="x", description="y" * 1001, parameters={})
    assert [tool.name for tool in all_tools()] == ["bookClinicAppointment", "checkAvailability"]


def test_the_api_lists_the_agents(north, north_owner, sign_in, agent_of):
    answer = sign_in(north_owner).get("/api/agents")

    assert answer.status_code == 200
    assert [row["call_direction"] for row in answer.json()] == ["inbound", "outbound"]
    assert set(answer.json()[0]) == {
        "id", "name", "call_direction", "vapi_assistant_id", "vapi_phone_number_id", "sync_state", "sync_error",
        "mode", "version",
    }  # fmt: skip
    assert answer.json()[0]["id"] == str(agent_of(north).pk)


def test_the_api_needs_a_person(client, db):
    assert client.get("/api/agents").status_code == 401


def test_the_api_shows_the_own_agents_only(north, south, south_owner, sign_in, agent_of):
    ids = {row["id"] for row in sign_in(south_owner).get("/api/agents").json()}

    assert str(agent_of(north).pk) not in ids
    assert len(ids) == 2


def test_the_page_shows_them_with_few_queries(north, north_owner, sign_in, django_assert_max_num_queries):
    browser = sign_in(north_owner)
    browser.get("/dashboard/agents")
    with django_assert_max_num_queries(14):
        page = browser.get("/dashboard/agents")

    assert page.status_code == 200
    assert "Reception" in page.content.decode()


def test_an_htmx_request_gets_the_list_alone(north, north_owner, sign_in):
    fragment = sign_in(north_owner).get("/dashboard/agents", headers={"HX-Request": "true"}).content.decode()

    assert "<html" not in fragment
    assert 'id="agents"' in fragment


def test_retry_from_the_page(north, north_owner, sign_in, agent_of, change_agent):
    change_agent(north, sync_state=SyncState.FAILED, sync_error="Vapi cannot be reached at the moment.")
    browser = sign_in(north_owner)
    assert "Vapi cannot be reached" in browser.get("/dashboard/agents").content.decode()

    answer = browser.post(f"/dashboard/agents/{agent_of(north).pk}/sync")
    assert (answer.status_code, answer["Location"]) == (302, "/dashboard/agents")
    assert agent_of(north).sync_state == SyncState.SYNCING
    fragment = browser.post(f"/dashboard/agents/{agent_of(north).pk}/sync", headers={"HX-Request": "true"})
    assert fragment.status_code == 200


def test_a_member_reads_and_may_not_retry(north, add_member, sign_in, agent_of):
    browser = sign_in(add_member(north, Role.MEMBER))

    assert browser.get("/dashboard/agents").status_code == 200
    assert browser.post(f"/dashboard/agents/{agent_of(north).pk}/sync").status_code == 403


def test_retry_of_a_foreign_or_unknown_agent_is_not_found(north, south, north_owner, sign_in, agent_of):
    browser = sign_in(north_owner)
    for agent_id in (agent_of(south).pk, uuid.uuid4()):
        assert browser.post(f"/dashboard/agents/{agent_id}/sync").status_code == 404
    assert browser.get(f"/dashboard/agents/{agent_of(north).pk}/sync").status_code == 405
