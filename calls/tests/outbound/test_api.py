"""`POST /api/contacts/{id}/call-back` and `POST /api/agents/{id}/call-me`."""

from uuid import uuid4

import pytest
from django.test import Client

from agents.models import Agent, CallDirection
from calls.models import Call, OutboundCall
from calls.outbound.words import NOT_CONFIRMED
from calls.tests.outbound.conftest import PHONE
from contacts.models import Contact
from contacts.tests.factories import make_contact
from orgs.models import Role
from voxanne.clock import now

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def browser(clinic, north_owner, sign_in):
    return sign_in(north_owner)


@pytest.fixture
def call_back(clinic, browser):
    def post(contact_id=None, *, key="key-1", client=None):
        headers = {"Idempotency-Key": key} if key is not None else {}
        path = f"/api/contacts/{contact_id or clinic.ana.pk}/call-back"
        return (client or browser).post(path, "{}", content_type="application/json", headers=headers)

    return post


@pytest.fixture
def call_me(clinic, browser):
    def post(agent=None, *, key="key-1", client=None, **body):
        agent = agent or clinic.agent(CallDirection.INBOUND)
        return (client or browser).post(
            f"/api/agents/{agent.pk}/call-me",
            {"phone": "+447700900555", **body},
            content_type="application/json",
            headers={"Idempotency-Key": key},
        )

    return post


def test_a_contact_is_called_back(clinic, call_back):
    answer = call_back()

    (call,) = clinic.rows(Call)
    assert answer.status_code == 200
    assert answer.json() == {
        "callId": str(call.pk), "vapiCallId": clinic.at_vapi()[0]["id"], "phone": PHONE, "status": "initiated",
    }  # fmt: skip


def test_the_same_key_gets_the_same_answer(clinic, call_back):
    assert call_back().json() == call_back().json()
    assert clinic.asked() == 1


def test_a_key_is_wanted(clinic, call_back):
    for key in (None, "", "   "):
        answer = call_back(key=key)
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_input")
        assert "Idempotency-Key" in answer.json()["error"]
    assert clinic.asked() == 0


def test_a_lost_answer_is_a_202_in_plain_words(clinic, call_back):
    clinic.sandbox.spoil(operation="POST /call", status=500, after_work=True)
    answer = call_back()

    assert answer.status_code == 202
    assert answer.json() == {
        "callId": str(clinic.wish().call_id), "vapiCallId": None, "phone": PHONE, "status": "unknown",
        "message": NOT_CONFIRMED,
    }  # fmt: skip


def test_another_clinics_contact_is_not_found(clinic, call_back, south, working_for):
    with working_for(south):
        theirs = make_contact()

    for stranger in (theirs.pk, uuid4()):
        answer = call_back(stranger)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    ("model", "change", "told"),
    [
        (Agent, {"call_direction": "inbound", "is_default": False}, (400, "outbound_agent_missing")),
        (Contact, {"phone": ""}, (400, "number_missing")),
        (Contact, {"opted_out_at": now()}, (409, "opted_out")),
        (Agent, {"mode": "off"}, (409, "agent_off")),
    ],
)
def test_what_may_not_be_is_told_in_the_apis_form(clinic, call_back, model, change, told):
    clinic.change(model, **change)
    answer = call_back()

    assert (answer.status_code, answer.json()["code"]) == told
    assert set(answer.json()) == {"error", "code"}


def test_limits_answer_429_and_vapis_refusal_502(clinic, call_back):
    clinic.set_rules(outbound_cap_per_contact=0)
    assert call_back().status_code == 429
    clinic.set_rules(outbound_cap_per_contact=3)
    clinic.sandbox.spoil(operation="POST /call", status=402)

    answer = call_back()
    assert answer.status_code == 502
    assert answer.json() == {
        "error": "Failed to initiate call. Please verify your agent is configured correctly in Agent Settings.",
        "code": "call_not_initiated",
    }


def test_a_stranger_calls_nobody(clinic, call_back):
    assert call_back(client=Client()).status_code == 401
    assert clinic.asked() == 0


@pytest.mark.parametrize("direction", list(CallDirection))
def test_an_agent_calls_whoever_wants_to_hear_it(clinic, call_me, direction):
    agent = clinic.agent(direction)
    answer = call_me(agent, phone="07700 900555")

    assert (answer.status_code, answer.json()["status"], answer.json()["phone"]) == (200, "initiated", "+447700900555")
    assert clinic.at_vapi()[0]["assistantId"] == agent.vapi_assistant_id
    assert clinic.wish().purpose == "test_call"


def test_only_who_may_change_agents_has_them_call(clinic, call_me, add_member, sign_in, north):
    member = add_member(north, Role.MEMBER)

    assert call_me(client=sign_in(member)).status_code == 403
    assert call_me(phone="nobody").json()["code"] == "number_invalid"
    assert call_me(phone="").json()["code"] == "bad_input"
    assert clinic.rows(OutboundCall) == []


def test_another_clinics_agent_is_not_found(clinic, call_me, south, working_for):
    with working_for(south):
        theirs = Agent.objects.first()
    assert call_me(theirs).status_code == 404


def test_a_key_of_a_call_back_is_not_one_of_a_test_call(clinic, call_back, call_me):
    assert call_back().status_code == 200
    answer = call_me()
    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_key_used")
