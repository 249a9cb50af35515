"""A clinic with a key of its own at Vapi: its assistants live there, and nothing of the platform's goes there."""

import dataclasses

import pytest
import requests

from agents.assistants import Outcome, reconcile
from agents.models import PlatformRegistration, SyncState
from credentials import connections
from credentials.service import credential_service
from credentials.types import Provider, Secret
from credentials.vapi_accounts import find_own_key, vapi_client_for
from orgs.actors import Actor
from orgs.scope import service_tx

KEY = "clinic-key-of-north"


@pytest.fixture
def allowed(settings):
    settings.ALLOW_ORG_VAPI_KEYS = True


def use_own_key(org, key=KEY):
    connections.connect_vapi(org=org, given={"apiKey": key}, actor=Actor.system(org.pk))


def of_account(sandbox, key, path):
    headers = {"Authorization": f"Bearer {key}"}
    return requests.get(f"{sandbox.vapi_url}{path}", headers=headers, timeout=10).json()


def assistants(sandbox, key, org):
    return [item for item in of_account(sandbox, key, "/assistant") if item["metadata"]["orgId"] == str(org.pk)]


def test_assistants_live_in_the_clinics_account(north, south, vapi_sandbox, agent_of, allowed):
    use_own_key(north)

    assert reconcile(org=north, agent_id=agent_of(north).pk).outcome is Outcome.CREATED
    assert reconcile(org=south, agent_id=agent_of(south).pk).outcome is Outcome.CREATED

    (ours,) = assistants(vapi_sandbox, KEY, north)
    assert assistants(vapi_sandbox, vapi_sandbox.vapi_key, north) == []
    assert len(assistants(vapi_sandbox, vapi_sandbox.vapi_key, south)) == 1
    tools = {tool["id"] for tool in of_account(vapi_sandbox, KEY, "/tool")}
    assert set(ours["model"]["toolIds"]) <= tools


def test_the_platforms_secret_never_enters_the_clinics_account(north, vapi_sandbox, agent_of, allowed):
    use_own_key(north)
    reconcile(org=north, agent_id=agent_of(north).pk)

    (credential,) = of_account(vapi_sandbox, KEY, "/credential")
    assert credential["name"] == f"voxanne-{north.pk.hex}"
    for tool in of_account(vapi_sandbox, KEY, "/tool"):
        assert tool["server"]["credentialId"] == credential["id"]


def test_accounts_keep_their_registrations_apart(north, south, vapi_sandbox, agent_of, allowed):
    reconcile(org=south, agent_id=agent_of(south).pk)
    with service_tx("test"):
        before = set(PlatformRegistration.objects.values_list("vapi_id", flat=True))
    use_own_key(north)
    reconcile(org=north, agent_id=agent_of(north).pk)

    with service_tx("test"):
        after = set(PlatformRegistration.objects.values_list("vapi_id", flat=True))
    assert before < after
    assert reconcile(org=south, agent_id=agent_of(south).pk).outcome is Outcome.UNCHANGED


def test_moving_to_the_own_account_makes_the_assistant_there(north, vapi_sandbox, agent_of, allowed):
    reconcile(org=north, agent_id=agent_of(north).pk)
    use_own_key(north)

    assert agent_of(north).sync_state == SyncState.SYNCING
    assert reconcile(org=north, agent_id=agent_of(north).pk).outcome is Outcome.RECREATED
    (moved,) = assistants(vapi_sandbox, KEY, north)
    assert agent_of(north).vapi_assistant_id == moved["id"]


def test_a_key_that_stopped_working_is_told_to_the_clinic(north, vapi_sandbox, agent_of, allowed):
    use_own_key(north)
    stored = credential_service.get(north.pk, Provider.VAPI)
    broken = dataclasses.replace(stored, api_key=Secret("clinic-key-gone-bad"))
    credential_service.save(org_id=north.pk, credentials=broken, actor=Actor.system(north.pk))

    assert reconcile(org=north, agent_id=agent_of(north).pk).outcome is Outcome.FAILED
    assert "your own key" in agent_of(north).sync_error


def test_where_it_is_not_allowed_a_stored_key_counts_for_nothing(north, vapi_sandbox, settings, allowed):
    use_own_key(north)
    assert vapi_client_for(north.pk).account
    settings.ALLOW_ORG_VAPI_KEYS = False

    assert find_own_key(north.pk) is None
    assert vapi_client_for(north.pk).account == ""


def test_a_new_webhook_secret_wakes_the_agents(north, vapi_sandbox, agent_of):
    reconcile(org=north, agent_id=agent_of(north).pk)
    assert agent_of(north).sync_state == SyncState.SYNCED

    connections.connect_vapi(org=north, given={}, actor=Actor.system(north.pk))
    assert agent_of(north).sync_state == SyncState.SYNCING
    credential_service.delete(org_id=north.pk, provider=Provider.VAPI, actor=Actor.system(north.pk))
    assert reconcile(org=north, agent_id=agent_of(north).pk).outcome in {Outcome.UPDATED, Outcome.UNCHANGED}
    assert credential_service.exists(north.pk, Provider.VAPI)
