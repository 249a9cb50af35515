"""The number that an agent calls from: read, found at Vapi, written back; never somebody else's, never a string."""

import json
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from agents.assistants import reconcile
from agents.models import Agent, CallDirection
from agents.numbers.outgoing import ensure_phone_number_id, resolve_org_phone_number_id
from agents.tests.twilio_accounts import (
    NUMBER,
    OTHER_NUMBER,
    OTHER_SID,
    OTHER_TOKEN,
    SID,
    TOKEN,
    agents_of,
    connect,
    connect_agent,
    linked,
    number_of,
    sync_numbers,
)
from orgs.actors import Actor
from orgs.models import Organization
from orgs.scope import org_scope, org_tx, service_tx
from telephony.services import map_number
from voxanne.errors import ProviderError

pytestmark = pytest.mark.django_db(transaction=True)
IN, OUT = CallDirection.INBOUND, CallDirection.OUTBOUND


def import_number(sandbox, number=NUMBER):
    body = {"provider": "twilio", "number": number, "twilioAccountSid": SID, "twilioAuthToken": TOKEN}
    return sandbox.vapi("POST", "/phone-number", {**body, "smsEnabled": False})["id"]


def set_number_ids(org, value):
    with org_scope(org), org_tx():
        Agent.objects.update(vapi_phone_number_id=value)


def reads(sandbox):
    return len(sandbox.requests_to_vapi("GET", "/phone-number"))


def ensure(org, direction=OUT):
    return ensure_phone_number_id(org=org, agent=agents_of(org)[direction])


def test_our_tables_answer_without_asking_vapi(north, vapi_sandbox):
    connect(north)
    sync_numbers(north)
    known, asked = number_of(north).vapi_phone_number_id, reads(vapi_sandbox)
    set_number_ids(north, "")

    assert resolve_org_phone_number_id(org=north) == known
    assert ensure(north) == known
    assert linked(north) == {IN: "", OUT: known}
    assert reads(vapi_sandbox) == asked


def test_vapi_is_asked_for_a_number_that_our_tables_know_without_its_id(north, vapi_sandbox):
    import_number(vapi_sandbox, OTHER_NUMBER)
    known = import_number(vapi_sandbox)
    map_number(org=north, phone_number=NUMBER, actor=Actor.system(north.pk))

    assert ensure(north) == known
    assert linked(north)[OUT] == known
    assert ensure(north) == known
    assert reads(vapi_sandbox) == 1


def test_the_number_of_the_clinics_own_account_is_looked_for(north, vapi_sandbox):
    known = import_number(vapi_sandbox)
    connect(north)

    assert resolve_org_phone_number_id(org=north) == known


def test_an_agent_with_an_account_of_its_own_calls_from_that_number(north, vapi_sandbox):
    connect(north)
    connect_agent(north, OUT, number=OTHER_NUMBER, sid=OTHER_SID, token=OTHER_TOKEN)
    sync_numbers(north)
    own = number_of(north, OTHER_NUMBER).vapi_phone_number_id
    set_number_ids(north, "")

    assert (ensure(north, OUT), ensure(north, IN)) == (own, number_of(north).vapi_phone_number_id)


def test_without_an_id_of_its_own_number_it_never_falls_to_the_clinics(north, vapi_sandbox):
    connect(north)
    sync_numbers(north)
    connect_agent(north, OUT, number=OTHER_NUMBER, sid=OTHER_SID, token=OTHER_TOKEN)
    set_number_ids(north, "")

    assert ensure(north, OUT) == ""
    assert linked(north) == {IN: "", OUT: ""}


def test_the_number_of_a_clinics_profile_proves_nothing(north, south, vapi_sandbox):
    import_number(vapi_sandbox)
    map_number(org=south, phone_number=NUMBER, actor=Actor.system(south.pk))
    with org_scope(north), org_tx():
        Organization.objects.filter(pk=north.pk).update(phone=NUMBER)

    assert resolve_org_phone_number_id(org=north) is None
    assert ensure(north) == ""


@pytest.mark.parametrize("stored", [NUMBER, "not-an-id", NUMBER.removeprefix("+")])
def test_what_is_no_id_counts_as_none_and_is_replaced(north, vapi_sandbox, stored):
    connect(north)
    sync_numbers(north)
    set_number_ids(north, stored)

    assert ensure(north) == number_of(north).vapi_phone_number_id == linked(north)[OUT]


def test_an_id_that_somebody_wrote_meanwhile_stays(north, vapi_sandbox):
    connect(north)
    sync_numbers(north)
    set_number_ids(north, "")
    agent, other = agents_of(north)[OUT], str(uuid4())
    set_number_ids(north, other)

    assert ensure_phone_number_id(org=north, agent=agent) == other
    assert linked(north)[OUT] == other


def test_vapi_being_away_is_not_the_same_as_no_number(north, vapi_sandbox):
    map_number(org=north, phone_number=NUMBER, actor=Actor.system(north.pk))
    vapi_sandbox.spoil(status=503)

    with pytest.raises(ProviderError):
        ensure(north)


def test_an_agents_sync_writes_the_number_too(north, vapi_sandbox):
    connect(north)
    sync_numbers(north)
    set_number_ids(north, "")

    reconcile(org=north, agent_id=agents_of(north)[OUT].pk)
    assert linked(north) == {IN: "", OUT: number_of(north).vapi_phone_number_id}


def run(*options):
    out = StringIO()
    call_command("backfill_phone_number_ids", *options, stdout=out)
    return out.getvalue()


def test_the_command_fills_what_is_missing_and_leaves_the_rest(north, south, vapi_sandbox):
    connect(north)
    sync_numbers(north)
    set_number_ids(north, "")

    said = json.loads(run("--all", "--json"))
    assert (said["organisations"], said["outcomes"]) == (2, {"filled": 2, "no_number": 2})
    assert set(linked(north).values()) == {number_of(north).vapi_phone_number_id}
    assert json.loads(run("--org", north.slug, "--json"))["outcomes"] == {"had_one": 2}
    assert "1 organisations: 2 had_one" in run("--org", str(north.pk))


def test_the_command_says_when_vapi_could_not_be_asked(north, vapi_sandbox):
    map_number(org=north, phone_number=NUMBER, actor=Actor.system(north.pk))
    vapi_sandbox.spoil(status=503)

    with pytest.raises(CommandError, match="could not be asked"):
        run("--org", north.slug)


def test_the_command_wants_to_know_which_organisations(db):
    with pytest.raises(CommandError):
        run()
    with pytest.raises(CommandError, match="There is no organisation nowhere"):
        run("--org", "nowhere")
    with service_tx("test"):
        assert not Organization.objects.exists()
