"""Bookings that wait for the team: by the answering agent's mode, or by the clinic's rule for all."""

import json
from datetime import UTC, datetime

import pytest
import time_machine

from agents.models import Agent
from calls.models import Call
from calls.tests import payloads
from calls.tests.conftest import Line
from scheduling.models import Appointment, SchedulingSettings

pytestmark = pytest.mark.django_db
VISIT = {"start": "2026-11-24T10:00", "service": "Botox", "name": "Ana Reyes"}


@pytest.fixture(autouse=True)
def _friday():
    with time_machine.travel(datetime(2026, 11, 20, 9, 0, tzinfo=UTC), tick=True):
        yield


@pytest.fixture
def set_mode(line, working_for):
    def change(mode):
        with working_for(line.org):
            Agent.objects.filter(pk=line.agent.pk).update(mode=mode)

    return change


def book(line: Line, *, assistant_id=None, call_id="c1", tool_call_id="t1"):
    assistant_id = line.assistant_id if assistant_id is None else assistant_id
    body = payloads.tool_call(
        "bookClinicAppointment", VISIT, call_id=call_id, tool_call_id=tool_call_id, assistant_id=assistant_id
    )
    return line.post(body, path=f"/api/vapi/webhook?tenantId={line.org.pk}").json()


def booked(org, working_for):
    with working_for(org):
        return Appointment.objects.get()


def test_an_agent_whose_bookings_the_team_approves_asks_for_them_only(line, set_mode, working_for):
    set_mode("approve")
    answer = book(line)

    assert answer["speech"].startswith(
        "Botox is requested for Tuesday 24 November at 10 am; the team will confirm it. The reference is "
    )
    content = json.loads(answer["toolResult"]["content"])
    assert (content["success"], content["status"]) == (True, "pending")
    assert booked(line.org, working_for).status == "pending"
    assert book(line, tool_call_id="t2")["speech"] == answer["speech"]  # asked again it is the same one


@pytest.mark.parametrize("mode", ["full", "after_hours"])
def test_other_agents_book(line, set_mode, working_for, mode):
    set_mode(mode)
    answer = book(line)

    assert answer["speech"].startswith("Botox is booked for Tuesday 24 November at 10 am. The reference is ")
    assert booked(line.org, working_for).status == "confirmed"


def test_the_clinics_own_rule_holds_for_every_agent(line, working_for):
    with working_for(line.org):
        SchedulingSettings.objects.create(needs_approval=True)
    assert "is requested for" in book(line)["speech"]


def test_whose_call_it_is_tells_the_mode_where_the_message_does_not(line, set_mode, working_for):
    set_mode("approve")
    line.post(payloads.status("in-progress", call_id="c1", assistant_id=line.assistant_id))
    line.work_off("c1")

    assert "is requested for" in book(line, assistant_id="")["speech"]


def test_a_requested_visit_is_told_as_asked_for(line, set_mode, working_for, sign_in, north_owner):
    set_mode("approve")
    book(line)
    with working_for(line.org):
        call = Call.objects.get()

    line.post(payloads.report(call_id="c1", assistant_id=line.assistant_id))
    line.work_off("c1")
    page = sign_in(north_owner).get(f"/dashboard/calls/{call.pk}").text
    assert "asked for Botox" in page
