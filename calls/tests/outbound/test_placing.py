"""Having somebody called: the wish and its call first, then Vapi, once."""

import pytest

from agents.models import Agent, CallDirection
from agents.tests.twilio_accounts import NUMBER, SID, disconnect
from calls.models import Call, OutboundCall, OutboundPurpose, OutboundState
from calls.outbound.errors import (
    AgentNotReady,
    AgentSwitchedOff,
    CallNotInitiated,
    ContactBlocked,
    KeyUsedForAnother,
    NoPhoneNumber,
    NumberInvalid,
    NumberMissing,
    OptedOut,
    OutboundAgentMissing,
)
from calls.tests.outbound.conftest import PHONE
from contacts.models import Contact
from contacts.tests.factories import make_contact
from orgs.models import Organization
from orgs.scope import org_scope, org_tx
from telephony.models import PhoneNumberMapping
from voxanne.clock import now
from voxanne.errors import BadInput

pytestmark = pytest.mark.django_db(transaction=True)
OUTBOUND = {"call_direction": CallDirection.OUTBOUND}


def test_a_call_back_is_placed_with_everything_that_belongs_to_it(clinic):
    outbound = clinic.call()

    (entry,) = clinic.at_vapi()
    assert (outbound.state, outbound.vapi_call_id, outbound.attempt) == (OutboundState.PLACED, entry["id"], 1)
    (sent,) = clinic.sandbox.requests_to_vapi("POST", "/call")
    agent = clinic.agent()
    assert sent["body"] == {
        "assistantId": agent.vapi_assistant_id,
        "phoneNumberId": agent.vapi_phone_number_id,
        "customer": {"number": PHONE, "name": "Ana Reyes"},
        "name": f"voxanne {outbound.pk.hex}",
        "assistantOverrides": {
            "variableValues": {"contactName": "Ana", "purpose": "call_back"},
            "metadata": {
                "org_id": str(clinic.org.pk), "outbound_call_id": str(outbound.pk), "purpose": "call_back",
            },
            "firstMessage": "Hello Ana, this is the assistant of North Clinic. This call is recorded so that we can "
            "look after you well. Is now a good moment to talk?",
        },
    }  # fmt: skip
    assert len(sent["body"]["name"]) == 40
    assert clinic.audited() == ["call.requested", "call.placed"]


def test_the_call_stands_in_the_list_with_its_parties(clinic):
    clinic.call()

    (call,) = clinic.rows(Call)
    assert (call.call_type, call.status, call.caller_name) == ("outbound", "queued", "Ana Reyes")
    assert (call.from_number, call.to_number, call.phone_number) == (NUMBER, PHONE, PHONE)
    assert (call.contact_id, call.agent_id) == (clinic.ana.pk, clinic.agent().pk)
    assert call.vapi_call_id == clinic.at_vapi()[0]["id"]
    assert call.call_sid == f"vapi-{call.vapi_call_id}"


def test_the_same_key_is_the_same_call(clinic):
    first, again = clinic.call("k"), clinic.call("k")

    assert (again.pk, again.vapi_call_id) == (first.pk, first.vapi_call_id)
    assert clinic.asked() == 1
    assert len(clinic.rows(Call)) == 1


def test_a_key_answers_even_when_the_rules_have_changed_since(clinic):
    first = clinic.call("k")
    clinic.change(Contact, opted_out_at=now())

    assert clinic.call("k").pk == first.pk


def test_a_key_belongs_to_one_call(clinic, working_for):
    clinic.call("k")
    with working_for(clinic.org):
        ben = make_contact(name="Ben Okoye", phone="+447700900124")

    for other in ({"contact": ben}, {"number": "+447700900124"}, {"purpose": OutboundPurpose.CAMPAIGN}):
        with pytest.raises(KeyUsedForAnother):
            clinic.call("k", **other)
    assert clinic.asked() == 1


def test_keys_of_two_clinics_are_two_keys(clinic, south, working_for):
    with working_for(south):
        OutboundCall.objects.create(
            idempotency_key="k", purpose="call_back", phone_number=PHONE, vapi_assistant_id="a", state="failed"
        )

    assert clinic.call("k").state == OutboundState.PLACED


@pytest.mark.parametrize("key", ["", "   ", "x" * 201, "a\nb", "a\0b"])
def test_a_key_can_be_stored_and_read(clinic, key):
    with pytest.raises(BadInput):
        clinic.call(key)


def test_a_number_is_called_as_its_contact_where_there_is_one(clinic):
    outbound = clinic.call(number=" 07700 900123 ")

    assert (outbound.phone_number, outbound.contact_id) == (PHONE, clinic.ana.pk)
    clinic.end_calls()
    assert clinic.call("other", number="07700 900999").contact_id is None


def refused(clinic, error, *, key="refused", **options):
    """A call that is refused, after which nothing has happened."""
    before = (clinic.asked(), len(clinic.rows(Call)), len(clinic.rows(OutboundCall)), clinic.audited())
    with pytest.raises(error) as raised:
        clinic.call(key, **options)
    after = (clinic.asked(), len(clinic.rows(Call)), len(clinic.rows(OutboundCall)), clinic.audited())
    assert after == before
    return raised.value


def test_without_an_outbound_agent_it_says_where_to_make_one(clinic):
    clinic.change(Agent, OUTBOUND, call_direction=CallDirection.INBOUND, is_default=False)

    error = refused(clinic, OutboundAgentMissing)
    assert error.message == "Outbound agent not configured. Please configure in Agent settings."
    assert error.http_status == 400


def test_an_agent_that_is_off_calls_nobody(clinic):
    clinic.change(Agent, OUTBOUND, mode="off")

    assert refused(clinic, AgentSwitchedOff).http_status == 409
    refused(clinic, AgentSwitchedOff, purpose=OutboundPurpose.TEST_CALL)


def test_an_agent_without_an_assistant_calls_nobody_and_gets_none_made(clinic):
    clinic.change(Agent, OUTBOUND, vapi_assistant_id="")
    made = len(clinic.sandbox.requests_to_vapi("POST", "/assistant"))

    refused(clinic, AgentNotReady)
    assert len(clinic.sandbox.requests_to_vapi("POST", "/assistant")) == made


def test_without_a_number_it_says_so(clinic):
    disconnect(clinic.org)
    clinic.change(PhoneNumberMapping, vapi_phone_number_id="", is_wanted=False)
    clinic.change(Agent, vapi_phone_number_id="")

    error = refused(clinic, NoPhoneNumber)
    assert (error.message, error.http_status) == ("No Vapi phone number available for organization", 400)


def test_the_reason_of_the_button_when_no_account_resolves(clinic):
    disconnect(clinic.org)

    error = refused(clinic, Exception)
    assert (error.code, error.http_status) == ("twilio_not_connected", 409)
    assert error.message == "Connect Twilio for this agent, or for the whole clinic in Integrations."


def test_vapi_away_while_the_number_is_looked_for_stores_nothing(clinic):
    clinic.change(Agent, vapi_phone_number_id="")
    clinic.change(PhoneNumberMapping, vapi_phone_number_id="")
    clinic.sandbox.spoil(status=503)

    assert refused(clinic, CallNotInitiated).http_status == 502


def test_a_contact_without_a_number_or_with_a_useless_one(clinic, working_for):
    with working_for(clinic.org):
        nobody = make_contact(name="Withheld", phone="")
        odd = make_contact(name="Odd", phone="+4412345")

    assert refused(clinic, NumberMissing, contact=nobody).http_status == 400
    assert refused(clinic, NumberInvalid, contact=odd).http_status == 400
    refused(clinic, NumberMissing, number="  ")
    for useless in ("call me", "12", "+44", "0" * 30, "+0447700900123", "999999999999999999"):
        refused(clinic, NumberInvalid, number=useless)


def test_who_has_opted_out_or_is_blocked_is_not_called_by_any_way(clinic):
    clinic.change(Contact, opted_out_at=now())
    assert refused(clinic, OptedOut).message == "This person has asked not to be called."
    refused(clinic, OptedOut, number=PHONE)
    refused(clinic, OptedOut, number=PHONE, purpose=OutboundPurpose.TEST_CALL)

    clinic.change(Contact, opted_out_at=None, blocked_at=now())
    refused(clinic, ContactBlocked)


def test_another_clinics_contact_is_nobody_here(clinic, south, working_for):
    with working_for(south):
        theirs = make_contact(name="Theirs", phone="+447700900777")

    refused(clinic, NumberMissing, contact=theirs)


def test_another_agent_may_call(clinic):
    reception = clinic.agent(CallDirection.INBOUND)
    outbound = clinic.call(number="+447700900555", purpose=OutboundPurpose.TEST_CALL, agent=reception)

    assert outbound.vapi_assistant_id == reception.vapi_assistant_id
    assert clinic.at_vapi()[0]["assistantId"] == reception.vapi_assistant_id


def test_the_clinic_is_the_scope_even_when_none_was_set(clinic, south):
    with org_scope(south), org_tx():
        assert Organization.objects.get().pk == south.pk
    assert clinic.call().org_id == clinic.org.pk
    assert SID not in str(clinic.sandbox.requests_to_vapi("POST", "/call"))
