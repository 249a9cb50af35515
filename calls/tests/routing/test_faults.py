"""Something breaks while the telephone rings: somebody still answers."""

import pytest
from django.db import OperationalError

from calls.models import Call
from calls.routing import door
from calls.tests.routing.conftest import JOHN, TRANSFER, request
from voxanne import turns
from voxanne.metrics.testing import Growth
from voxanne.turns import PATIENCE_S, Turns

pytestmark = pytest.mark.django_db


@pytest.fixture
def broken(monkeypatch):
    """`broken("read_facts")` lets that part fail from now on."""

    def breaks(name):
        def fail(**_):
            raise OperationalError("the database is away")

        monkeypatch.setattr(door, name, fail)

    return breaks


def test_who_answered_last_answers_without_knowing_the_caller(clinic, broken):
    clinic.know("John Smith")
    clinic.ring()
    broken("read_facts")

    assert clinic.ring() == {"assistantId": clinic.line.assistant_id}


def test_who_gets_no_turn_in_time_is_answered_all_the_same(clinic, monkeypatch):
    clinic.know("John Smith")
    monkeypatch.setattr(turns, "ringing", Turns(at_once=0))

    assert "Name: John Smith" in clinic.memory()


@pytest.mark.parametrize(
    ("figure", "labels"),
    [
        ("call_routing_seconds_sum", {"decision": "answered"}),
        ("webhook_seconds_sum", {"type": "assistant-request", "outcome": "answered"}),
        ("http_request_seconds_sum", {"route": "calls:vapi-webhook", "method": "POST", "status": "2xx"}),
    ],
)
def test_the_wait_for_a_turn_is_a_part_of_how_long_the_telephone_rang(clinic, monkeypatch, figure, labels):
    monkeypatch.setattr(turns, "ringing", Turns(at_once=0))
    grown = Growth()
    grown(figure, **labels)

    clinic.ring()

    assert grown(figure, **labels) >= PATIENCE_S


def test_when_nobody_is_known_vapi_is_sent_to_the_numbers_fallback(clinic, broken):
    broken("read_facts")
    answer = clinic.line.post(request())

    assert answer.status_code == 503  # an answer would be spoken; an error rings the clinic's people
    assert answer.json()["error"].startswith("We are sorry")


def test_an_agent_that_was_switched_off_does_not_come_back_by_a_fault(clinic, broken):
    clinic.ring()
    clinic.set_agent(mode="off")
    clinic.ring()
    broken("read_facts")

    assert clinic.line.post(request()).status_code == 503


def test_a_call_that_cannot_be_written_down_is_answered_all_the_same(clinic, monkeypatch):
    clinic.know("John Smith")

    def fail(**_):
        raise OperationalError("the disk is full")

    monkeypatch.setattr("calls.routing.records.accept_report", fail)
    assert clinic.ring()["assistantOverrides"]["firstMessage"].startswith("Hi John")


@pytest.mark.parametrize(
    "caller", [None, "", "anonymous", "+266696687", "sip:a@b.example", "07700 900201", 447700900201]
)
def test_a_withheld_or_odd_number_is_nobodys(clinic, working_for, caller):
    clinic.know("John Smith")
    clinic.know("The Withheld", phone="+266696687")

    answer = clinic.ring(caller=caller, call_id="c1")

    assert answer["assistantOverrides"]["variableValues"] == {"callerMemory": ""}
    assert "firstMessage" not in answer["assistantOverrides"]
    clinic.line.work_off("c1")
    with working_for(clinic.org):
        assert Call.objects.get().contact_id is None


@pytest.mark.parametrize(
    "fields",
    [
        {"call": {}},
        {"call": None, "phoneNumber": {"number": "+442079460111"}},
        {"call": {"id": 7, "transport": "x", "customer": {"number": {"a": 1}}}},
        {"customer": [], "timestamp": "soon"},
    ],
)
def test_odd_messages_are_answered(clinic, fields):
    answer = clinic.line.post(request(**fields))
    assert answer.json()["assistantId"] == clinic.line.assistant_id


def test_mode_hours_and_transfer_are_read_from_the_clinics_own_rows(clinic, other_clinic, working_for):
    from scheduling.models import BusinessHours, Closure
    from voxanne.clock import now

    with working_for(clinic.org):
        BusinessHours.objects.all().delete()
        BusinessHours.objects.bulk_create(
            [BusinessHours(weekday=day, opens_at="00:00", closes_at="00:00") for day in range(7)]
        )
    clinic.set_agent(mode="after_hours")
    clinic.settle(transfer_phone_number=TRANSFER)

    destination = clinic.ring()["destination"]
    assert (destination["type"], destination["number"]) == ("number", TRANSFER)
    assert destination["message"] == "One moment, please. I am putting you through."
    today = now().astimezone(clinic.org.zone).date()
    with working_for(clinic.org):
        Closure.objects.create(first_day=today, last_day=today, reason="Holiday")
    assert clinic.ring()["assistantId"] == clinic.line.assistant_id
    assert other_clinic.ring()["assistantId"] == other_clinic.line.assistant_id

    clinic.set_agent(mode="full", closed_behaviour="goodbye", after_hours_message="We open tomorrow.")
    assert clinic.ring() == {"error": "We open tomorrow."}
    clinic.set_agent(mode="off", transfer_settings={"default": "sip:desk@north.example"})
    assert clinic.ring()["destination"]["sipUri"] == "sip:desk@north.example"


def test_a_call_that_is_put_through_says_so_on_its_row(clinic, working_for):
    clinic.set_agent(mode="off")
    clinic.settle(transfer_phone_number=TRANSFER)
    clinic.ring(call_id="c1", caller=JOHN)
    clinic.line.work_off("c1")

    with working_for(clinic.org):
        call = Call.objects.get()
    assert (call.transfer_to, call.metadata["routed"], call.agent_id) == (TRANSFER, "agent_off", None)


def test_the_numbers_agent_answers_and_else_the_default_one(clinic, working_for):
    from agents.models import Agent
    from telephony.models import PhoneNumberMapping

    with working_for(clinic.org):
        second = Agent.objects.create(name="Second", call_direction="inbound", vapi_assistant_id="second")
        PhoneNumberMapping.objects.update(agent_id=second.pk)
    assert clinic.ring()["assistantId"] == "second"
    with working_for(clinic.org):
        outbound = Agent.objects.get(call_direction="outbound")
        PhoneNumberMapping.objects.update(agent_id=outbound.pk)
    assert clinic.ring()["assistantId"] == clinic.line.assistant_id
