"""`manage.py backfill_agent_twilio`, and what else follows credentials."""

import json
from io import StringIO

import pytest
from django.core.management import call_command

from agents.models import AgentTwilioSettings, CallDirection, SyncState
from agents.tests.twilio_accounts import (
    NUMBER,
    OTHER_NUMBER,
    TOKEN,
    agents_of,
    connect,
    connect_agent,
    number_of,
    sync_numbers,
)
from agents.twilio import read_credentials
from credentials import events
from credentials.service import credential_service
from credentials.types import Provider
from orgs.actors import Actor
from orgs.scope import org_scope, org_tx
from telephony.models import NumberSource, NumberState, PhoneNumberMapping

pytestmark = pytest.mark.django_db(transaction=True)
IN, OUT = CallDirection.INBOUND, CallDirection.OUTBOUND


def run(*options):
    out = StringIO()
    call_command("backfill_agent_twilio", *options, stdout=out)
    return out.getvalue()


def test_default_agents_get_the_organisations_account_once(north, south, vapi_sandbox):
    connect(north)
    sync_numbers(north)
    first, second = json.loads(run("--json")), json.loads(run("--json"))

    assert first["organisations"] == 2
    assert first["outcomes"] == {"seeded": 1, "number_in_use": 1, "not_connected": 2}
    assert second["outcomes"] == {"has_own": 1, "number_in_use": 1, "not_connected": 2}
    assert TOKEN not in json.dumps([first, second])
    agent = agents_of(north)[IN]
    assert read_credentials(org=north, agent_id=agent.pk).auth_token.reveal() == TOKEN
    assert number_of(north).source == NumberSource.AGENT
    assert sync_numbers(north)[0].value == "updated"  # the same entry at Vapi, no second import
    assert len(vapi_sandbox.requests_to_vapi("POST", "/phone-number")) == 1


def test_an_agents_own_account_is_left_alone(north):
    connect(north)
    connect_agent(north, IN, number=OTHER_NUMBER)

    assert json.loads(run("--json"))["outcomes"] == {"has_own": 1, "seeded": 1}
    with org_scope(north), org_tx():
        numbers = dict(AgentTwilioSettings.objects.values_list("agent__call_direction", "phone_number"))
    assert numbers == {IN: OTHER_NUMBER, OUT: NUMBER}


def test_it_says_in_words_what_it_did(north):
    connect(north)

    assert run().splitlines()[-1] == "1 organisations: 1 number_in_use, 1 seeded"


def test_an_unreadable_account_is_reported(north, settings):
    connect(north)
    settings.ENCRYPTION_KEY = "5d1f0a9c3b7e28461c2d3e4f5a6b7c8d9e0f1a2b3c4d5e6f708192a3b4c5d6e7"
    credential_service._cache.clear()

    assert json.loads(run("--json"))["outcomes"] == {"unreadable": 2}


@pytest.mark.parametrize(
    ("state", "words", "tone", "retry_url"),
    [
        (NumberState.SYNCING, "Syncing…", "info", ""),
        (NumberState.CONNECTED, "Connected to your receptionist.", "success", ""),
        (NumberState.NEEDS_ATTENTION, "Needs attention: Busy.", "warning", "/dashboard/agents/numbers/retry"),
    ],
)
def test_integrations_is_told_how_far_the_number_is(north, state, words, tone, retry_url):
    connect(north)
    with org_scope(north), org_tx():
        PhoneNumberMapping.objects.update(sync_state=state, sync_error="Busy.")
        note = events.find_sync_note(north, Provider.TWILIO)

    assert note is not None
    assert (note.words, note.tone, note.retry_url) == (words, tone, retry_url)


def test_there_is_nothing_to_say_without_an_account(north):
    with org_scope(north), org_tx():
        assert events.find_sync_note(north, Provider.TWILIO) is None


def test_integrations_knows_the_assistants(north, change_agent):
    change_agent(north, vapi_assistant_id="a-1")
    with org_scope(north), org_tx():
        assert events.list_assistants(north) == ["a-1"]


def test_a_new_webhook_secret_wakes_the_agents(north, change_agent):
    for direction in CallDirection:
        change_agent(north, direction, sync_state=SyncState.SYNCED, sync_due_at=None)
    stored = credential_service.get(north.pk, Provider.VAPI)
    credential_service.save(org_id=north.pk, credentials=stored, actor=Actor.system(north.pk))

    assert {agent.sync_state for agent in agents_of(north).values()} == {SyncState.SYNCING}
    assert all(agent.sync_due_at for agent in agents_of(north).values())
