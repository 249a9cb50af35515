"""Numbers that we buy for clinics: bought, connected, answered, assigned and given back."""

import pytest

from agents.assistants import reconcile
from agents.managed_numbers.errors import (
    NumberNeedsAddress,
    NumberNotForSale,
    NumberNotReady,
    OwnVapiAccount,
    TooManyNumbers,
)
from agents.managed_numbers.flow import FlowOutcome, advance
from agents.managed_numbers.ordering import assign_number
from agents.models import CallDirection
from agents.tests.managed import (
    MASTER_SID,
    MASTER_TOKEN,
    NUMBER,
    change,
    finish,
    give_back,
    judge,
    let_time_pass,
    managed,
    order,
)
from agents.tests.twilio_accounts import agents_of, choose, imported, linked, number_of, sync_numbers
from credentials import connections
from orgs.actors import Actor
from orgs.models import AuditEntry
from orgs.scope import org_scope, org_tx
from telephony.models import ManagedStatus, NumberSource, TwilioSubaccount
from voxanne.errors import BadInput, NotFound

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sandbox(provider_sandbox, settings):
    settings.TWILIO_MASTER_ACCOUNT_SID, settings.TWILIO_MASTER_AUTH_TOKEN = MASTER_SID, MASTER_TOKEN
    return provider_sandbox


def assign(org, number_id, agent_id):
    return assign_number(org=org, number_id=number_id, agent_id=agent_id, actor=Actor.system(org.pk))


def test_a_number_is_bought_connected_and_linked(north, sandbox):
    row = order(north)

    assert advance(org=north, row_id=row.pk) == FlowOutcome.ACTIVE
    judge(north, sandbox)
    found = managed(north, row)
    assert (found.monthly_cost_minor, found.cost_currency, found.locality) == (115, "USD", "San Francisco, CA")
    assert found.has_texts
    assert number_of(north, NUMBER).source == NumberSource.MANAGED
    assert set(linked(north).values()) == {found.vapi_phone_number_id}
    assert sandbox.control("GET", "/twilio")["numbers"][0]["sms_url"].endswith("/api/twilio/sms")
    posted = sandbox.requests_to_vapi("POST", "/phone-number")[0]["body"]
    assert (posted["twilioAccountSid"], posted["smsEnabled"]) == (MASTER_SID, False)
    with org_scope(north), org_tx():
        subaccount = TwilioSubaccount.objects.get()
        actions = set(AuditEntry.objects.filter(action__startswith="managed_number.").values_list("action", flat=True))
    assert subaccount.auth_token_encrypted
    assert subaccount.account_sid == found.twilio_subaccount_sid
    assert actions == {"managed_number.ordered", "managed_number.active"}


def test_ordering_again_or_working_again_changes_nothing(north, sandbox):
    row = order(north)

    assert order(north).pk == row.pk
    advance(org=north, row_id=row.pk)
    assert order(north).pk == row.pk
    assert advance(org=north, row_id=row.pk) == FlowOutcome.BUSY
    judge(north, sandbox)


def test_a_number_that_is_given_back_is_gone_everywhere_and_can_be_had_again(north, sandbox):
    row = order(north)
    advance(org=north, row_id=row.pk)

    give_back(north, row)
    assert managed(north, row).status == ManagedStatus.RELEASING
    with pytest.raises(NumberNotReady):
        assign(north, row.pk, agents_of(north)[CallDirection.INBOUND].pk)
    assert advance(org=north, row_id=row.pk) == FlowOutcome.ENDED
    judge(north, sandbox)
    assert managed(north, row).status == ManagedStatus.RELEASED
    assert set(linked(north).values()) == {""}
    give_back(north, row)
    assert advance(org=north, row_id=row.pk) == FlowOutcome.BUSY

    again = order(north)
    assert again.pk != row.pk
    assert advance(org=north, row_id=again.pk) == FlowOutcome.ACTIVE
    judge(north, sandbox)


def test_one_given_back_before_it_was_bought_is_never_bought(north, sandbox):
    row = order(north)
    give_back(north, row)

    assert advance(org=north, row_id=row.pk) == FlowOutcome.ENDED
    judge(north, sandbox)
    assert sandbox.control("GET", "/twilio")["numberHistory"] == []


def test_another_agent_answers_and_calls_from_it(north, sandbox):
    row = order(north)
    advance(org=north, row_id=row.pk)
    outbound = agents_of(north)[CallDirection.OUTBOUND]

    assign(north, row.pk, outbound.pk)

    mapping = number_of(north, NUMBER)
    assert (mapping.agent_id, managed(north, row).agent_id) == (outbound.pk, outbound.pk)
    sync_numbers(north)
    assert number_of(north, NUMBER).confirmed_version == mapping.wanted_version
    judge(north, sandbox)
    with pytest.raises(NotFound):
        assign(north, outbound.pk, outbound.pk)


def test_who_rings_back_an_outbound_agents_number_reaches_the_reception(north, sandbox):
    choose(north, call_routing="fixed")
    for agent in agents_of(north).values():
        reconcile(org=north, agent_id=agent.pk)
    row = order(north)
    advance(org=north, row_id=row.pk)

    assign(north, row.pk, agents_of(north)[CallDirection.OUTBOUND].pk)
    sync_numbers(north)

    reception = agents_of(north)[CallDirection.INBOUND].vapi_assistant_id
    assert reception
    assert imported(sandbox)[NUMBER]["assistantId"] == reception


def test_what_cannot_be_ordered_is_said_before_anything_is_bought(north, sandbox, settings):
    for number, refusal in (
        ("+14155550199", NumberNotForSale),
        ("+353209100500", NumberNeedsAddress),
        ("four", BadInput),
        ("+1415", BadInput),
    ):
        with pytest.raises(refusal):
            order(north, number)
    settings.MANAGED_NUMBERS_PER_CLINIC = 0
    with pytest.raises(TooManyNumbers):
        order(north)
    settings.MANAGED_NUMBERS_PER_CLINIC, settings.ALLOW_ORG_VAPI_KEYS = 5, True
    connections.connect_vapi(org=north, given={"apiKey": "a-clinics-own-key"}, actor=Actor.system(north.pk))
    with pytest.raises(OwnVapiAccount):
        order(north)
    assert sandbox.requests_to("twilio", "POST") == []


def test_two_clinics_that_want_one_number_end_with_one_owner(north, south, sandbox):
    first, second = order(north), order(south)
    advance(org=north, row_id=first.pk)

    assert advance(org=south, row_id=second.pk) == FlowOutcome.ENDED
    lost = managed(south, second)
    assert (lost.status, lost.problem_code) == (ManagedStatus.FAILED, "21422")
    assert "Somebody else has this number" in lost.problem
    judge(north, sandbox)
    assert set(imported(sandbox)) == {NUMBER}


def test_a_number_that_vapi_refuses_for_good_is_given_back(north, sandbox):
    row = order(north)
    sandbox.spoil(provider="vapi", operation="POST /phone-number", status=400)

    assert advance(org=north, row_id=row.pk) == FlowOutcome.WAITING
    waiting = managed(north, row)
    assert waiting.status == ManagedStatus.IMPORTING
    assert "Vapi did not accept this number" in waiting.problem
    change(north, row, attempts=8)
    let_time_pass(north)
    assert advance(org=north, row_id=row.pk) == FlowOutcome.ENDED
    assert "we gave it back" in managed(north, row).problem
    judge(north, sandbox)


def test_a_second_number_shares_the_subaccount(north, sandbox):
    for number in (NUMBER, "+442079460500"):
        finish(north, order(north, number))

    judge(north, sandbox)
    accounts = sandbox.control("GET", "/twilio")["accounts"]
    assert len([account for account in accounts if account["owner_account_sid"] != account["id"]]) == 1
