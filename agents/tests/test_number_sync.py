"""Numbers of Twilio accounts at the simulated Vapi: imported once, linked, changed, forgotten."""

import time

import pytest

from agents.assistants import reconcile
from agents.models import CallDirection
from agents.numbers.sync import NumberOutcome, reconcile_number
from agents.tests.twilio_accounts import (
    NUMBER,
    OTHER_NUMBER,
    OTHER_SID,
    OTHER_TOKEN,
    SID,
    TOKEN,
    agents_of,
    choose,
    connect,
    connect_agent,
    disconnect,
    imported,
    linked,
    number_of,
    numbers_of,
    sync_numbers,
)
from agents.twilio import remove_own_twilio
from credentials.service import credential_service
from credentials.types import Provider
from orgs.actors import Actor
from telephony.errors import NumberTaken
from telephony.models import NumberSource, NumberState
from telephony.resolution import cache, find_org_for_number

pytestmark = pytest.mark.django_db(transaction=True)
IN, OUT = CallDirection.INBOUND, CallDirection.OUTBOUND


@pytest.fixture
def ready(north, vapi_sandbox):
    """North's agents have their assistants; its Twilio account is not connected yet."""
    for agent in agents_of(north).values():
        reconcile(org=north, agent_id=agent.pk)
    return vapi_sandbox


def posts(sandbox, path="/phone-number"):
    return len(sandbox.requests_to_vapi("POST", path))


def twilio_credentials(sandbox):
    return [item for item in sandbox.vapi("GET", "/credential") if item["provider"] == "twilio"]


def test_saving_an_account_wants_its_number_and_says_syncing(north, ready):
    connect(north)

    row = number_of(north)
    assert (row.sync_state, row.source, row.confirmed_version) == (NumberState.SYNCING, NumberSource.ORGANIZATION, 0)
    assert row.sync_due_at is not None
    assert row.agent_id == agents_of(north)[IN].pk
    assert posts(ready) == 0  # the save itself asks Vapi nothing


def test_the_number_is_imported_and_linked_to_both_agents(north, ready):
    connect(north)

    assert sync_numbers(north) == [NumberOutcome.IMPORTED]
    row, entry = number_of(north), imported(ready)[NUMBER]
    assert row.sync_state == NumberState.CONNECTED
    assert (row.vapi_phone_number_id, row.sync_due_at, row.sync_error) == (entry["id"], None, "")
    assert row.confirmed_version == row.wanted_version
    assert "assistantId" not in entry  # Vapi asks us who answers
    assert entry["server"]["url"].endswith("/api/vapi/webhook")
    assert entry["smsEnabled"] is False
    assert linked(north) == {IN: entry["id"], OUT: entry["id"]}
    assert [item["id"] for item in twilio_credentials(ready)] == [row.vapi_credential_id]
    assert find_org_for_number(NUMBER) == find_org_for_number(entry["id"]) == north.pk


def test_syncing_again_imports_nothing_again(north, ready):
    connect(north)
    sync_numbers(north)

    assert sync_numbers(north) == [NumberOutcome.BUSY]  # nothing is due
    connect(north)
    assert sync_numbers(north) == [NumberOutcome.UPDATED]
    assert posts(ready) == 1
    assert len(twilio_credentials(ready)) == 1


def test_a_fixed_number_may_come_before_the_assistant(north, vapi_sandbox):
    choose(north, call_routing="fixed")
    connect(north)
    assert sync_numbers(north) == [NumberOutcome.IMPORTED]
    assert number_of(north).sync_state == NumberState.SYNCING
    assert "assistantId" not in imported(vapi_sandbox)[NUMBER]
    assert linked(north)[OUT]

    reconcile(org=north, agent_id=agents_of(north)[IN].pk)
    assert sync_numbers(north) == [NumberOutcome.UPDATED]
    assert number_of(north).sync_state == NumberState.CONNECTED
    assert imported(vapi_sandbox)[NUMBER]["assistantId"] == agents_of(north)[IN].vapi_assistant_id


def test_a_new_token_is_patched_with_its_provider(north, ready):
    connect(north)
    sync_numbers(north)
    before = number_of(north)
    connect(north, token=OTHER_TOKEN)

    assert number_of(north).sync_state == NumberState.SYNCING
    assert sync_numbers(north) == [NumberOutcome.UPDATED]
    assert number_of(north).vapi_phone_number_id == before.vapi_phone_number_id
    (patched,) = ready.requests_to_vapi("PATCH", "/phone-number")
    assert patched["body"]["provider"] == "twilio"
    assert "twilioAuthToken" in patched["body"]
    assert len(ready.requests_to_vapi("PATCH", "/credential")) == 1


def test_another_number_replaces_the_first_in_the_same_entry(north, ready):
    connect(north)
    sync_numbers(north)
    before = number_of(north)
    connect(north, number=OTHER_NUMBER)

    assert sync_numbers(north) == [NumberOutcome.UPDATED]
    assert set(imported(ready)) == {OTHER_NUMBER}
    assert number_of(north, OTHER_NUMBER).vapi_phone_number_id == before.vapi_phone_number_id
    cache.clear()
    assert find_org_for_number(NUMBER) is None
    assert find_org_for_number(OTHER_NUMBER) == north.pk


def test_disconnecting_removes_everything_and_unlinks(north, south, ready):
    connect(north)
    sync_numbers(north)
    disconnect(north)

    cache.clear()
    assert find_org_for_number(NUMBER) == north.pk  # until Vapi has forgotten it, nobody else may have it
    with pytest.raises(NumberTaken):
        connect(south)
    assert sync_numbers(north) == [NumberOutcome.FORGOTTEN]
    assert (imported(ready), twilio_credentials(ready), numbers_of(north)) == ({}, [], {})
    assert linked(north) == {IN: "", OUT: ""}
    cache.clear()
    assert find_org_for_number(NUMBER) is None
    connect(south)


def test_switching_the_account_off_is_said_and_takes_no_number_away(north, ready):
    connect(north)
    sync_numbers(north)
    credential_service.disable(org_id=north.pk, provider=Provider.TWILIO, actor=Actor.system(north.pk))

    assert number_of(north).sync_state == NumberState.SYNCING
    assert sync_numbers(north) == [NumberOutcome.FAILED]
    row = number_of(north)
    assert (row.is_wanted, row.sync_state) == (True, NumberState.NEEDS_ATTENTION)
    assert row.sync_error == "Twilio is switched off in Integrations."
    assert NUMBER in imported(ready)
    connect(north)
    sync_numbers(north)
    assert number_of(north).sync_state == NumberState.CONNECTED


def test_reconnecting_before_it_was_forgotten_keeps_it(north, ready):
    connect(north)
    sync_numbers(north)
    disconnect(north)
    connect(north)

    assert sync_numbers(north) == [NumberOutcome.UPDATED]
    assert posts(ready) == 1


def test_a_number_that_was_never_imported_is_forgotten_without_a_fuss(north, ready):
    connect(north)
    disconnect(north)

    assert sync_numbers(north) == [NumberOutcome.FORGOTTEN]
    assert ready.requests_to_vapi("DELETE") == []


def test_what_is_gone_at_vapi_already_is_no_failure(north, ready):
    connect(north)
    sync_numbers(north)
    row = number_of(north)
    ready.vapi("DELETE", f"/phone-number/{row.vapi_phone_number_id}")
    ready.vapi("DELETE", f"/credential/{row.vapi_credential_id}")
    disconnect(north)

    assert sync_numbers(north) == [NumberOutcome.FORGOTTEN]


def test_what_was_removed_at_vapi_by_hand_is_made_again(north, ready):
    connect(north)
    sync_numbers(north)
    row = number_of(north)
    ready.vapi("DELETE", f"/phone-number/{row.vapi_phone_number_id}")
    ready.vapi("DELETE", f"/credential/{row.vapi_credential_id}")
    connect(north)

    assert sync_numbers(north) == [NumberOutcome.IMPORTED]
    assert linked(north)[IN] == imported(ready)[NUMBER]["id"] != row.vapi_phone_number_id
    assert number_of(north).vapi_credential_id == twilio_credentials(ready)[0]["id"]


def test_an_agents_own_number_stands_beside_the_organisations(north, ready):
    choose(north, call_routing="fixed")
    connect(north)
    connect_agent(north, OUT, number=OTHER_NUMBER, sid=OTHER_SID)
    sync_numbers(north)

    numbers = imported(ready)
    assert linked(north) == {IN: numbers[NUMBER]["id"], OUT: numbers[OTHER_NUMBER]["id"]}
    # Who rings back reaches the reception.
    assert numbers[OTHER_NUMBER]["assistantId"] == agents_of(north)[IN].vapi_assistant_id
    assert numbers[OTHER_NUMBER]["twilioAccountSid"] == OTHER_SID


def test_an_agent_may_take_over_the_organisations_number_and_give_it_back(north, ready):
    connect(north)
    sync_numbers(north)
    before = number_of(north).vapi_phone_number_id
    agent_id = connect_agent(north, IN, token=OTHER_TOKEN)
    sync_numbers(north)

    assert number_of(north).source == NumberSource.AGENT
    assert number_of(north).sync_state == NumberState.CONNECTED
    assert linked(north)[IN] == before

    remove_own_twilio(org=north, agent_id=agent_id, actor=Actor.system(north.pk))
    sync_numbers(north)
    assert number_of(north).source == NumberSource.ORGANIZATION
    assert linked(north) == {IN: before, OUT: before}
    assert posts(ready) == 1


def test_an_agent_that_gives_its_own_up_gets_the_organisations_at_once(north, ready):
    connect(north)
    agent_id = connect_agent(north, OUT, number=OTHER_NUMBER)
    sync_numbers(north)
    remove_own_twilio(org=north, agent_id=agent_id, actor=Actor.system(north.pk))

    assert linked(north)[OUT] == imported(ready)[NUMBER]["id"]
    sync_numbers(north)
    assert set(imported(ready)) == {NUMBER}


def test_another_organisations_number_is_refused_and_the_earlier_account_stays(north, south, ready):
    connect(north)
    connect(south, number=OTHER_NUMBER)

    with pytest.raises(NumberTaken):
        connect(south, number=NUMBER)
    assert credential_service.get(south.pk, Provider.TWILIO).phone_number == OTHER_NUMBER
    assert set(numbers_of(south)) == {OTHER_NUMBER}


def test_an_assistant_that_was_made_anew_gets_the_fixed_number(north, ready):
    choose(north, call_routing="fixed")
    connect(north)
    sync_numbers(north)
    agent = agents_of(north)[IN]
    ready.vapi("DELETE", f"/assistant/{agent.vapi_assistant_id}")
    reconcile(org=north, agent_id=agent.pk)

    assert sync_numbers(north) == [NumberOutcome.UPDATED]
    assert imported(ready)[NUMBER]["assistantId"] == agents_of(north)[IN].vapi_assistant_id


def test_a_number_that_was_imported_by_hand_is_taken_over(north, ready):
    body = {"provider": "twilio", "number": NUMBER, "twilioAccountSid": SID, "twilioAuthToken": TOKEN}
    by_hand = ready.vapi("POST", "/phone-number", body)
    connect(north)

    assert sync_numbers(north) == [NumberOutcome.ADOPTED]
    assert number_of(north).vapi_phone_number_id == by_hand["id"]
    assert posts(ready) == 1


def test_a_sync_is_quick(north, ready):
    connect(north)
    row, times = number_of(north), []
    for _ in range(10):
        connect(north)
        started = time.perf_counter()
        assert reconcile_number(org=north, row_id=row.pk) in {NumberOutcome.IMPORTED, NumberOutcome.UPDATED}
        times.append(time.perf_counter() - started)
    assert sorted(times)[5] < 2
