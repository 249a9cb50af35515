"""After an interruption the model asks again under a new id: the same wish in the same call is done once."""

from datetime import UTC, datetime

import pytest
import time_machine

from calls.models import ToolInvocation
from calls.tests import payloads
from calls.tests.test_tools import ask, content
from contacts.tests.factories import make_contact
from orgs.models import AuditEntry
from scheduling.models import Appointment
from scheduling.tests.factories import make_appointment

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
WISH = {"start": "2026-11-24T10:00", "service": "Botox", "name": "Ana Reyes"}
OWN = {"reference": "KW4827", "name": "Ana Reyes"}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=True) as traveller:
        yield traveller


@pytest.fixture
def visit(line, working_for):
    with working_for(line.org):
        ana = make_contact(name="Ana Reyes", phone=payloads.CALLER)
        start = datetime(2026, 11, 24, 10, tzinfo=UTC)
        return make_appointment(start, contact=ana, patient_name="Ana Reyes", reference="KW4827")


def changes(org, working_for, action):
    with working_for(org):
        return AuditEntry.objects.filter(action=f"appointment.{action}").count()


@pytest.mark.parametrize("again", [WISH, {**WISH, "name": " ana  REYES"}, {**WISH, "notes": ""}])
def test_a_booking_asked_for_again_is_the_same_booking(line, working_for, again):
    first = ask(line, "bookClinicAppointment", WISH, tool_call_id="t1")
    second = ask(line, "bookClinicAppointment", again, tool_call_id="t2")
    assert content(second)["appointmentId"] == content(first)["appointmentId"]
    assert second["speech"] == first["speech"]
    with working_for(line.org):
        assert (Appointment.objects.count(), ToolInvocation.objects.count()) == (1, 2)


def test_a_move_asked_for_again_says_what_it_said(line, visit, working_for):
    wish = {**OWN, "newStart": "2026-11-25T11:00"}
    first = ask(line, "rescheduleAppointment", wish, tool_call_id="t1")
    second = ask(line, "rescheduleAppointment", wish, tool_call_id="t2")
    assert first["speech"] == second["speech"]
    assert "from Tuesday 24 November at 10 am to Wednesday 25 November at 11 am" in second["speech"]
    assert changes(line.org, working_for, "moved") == 1


def test_a_cancellation_asked_for_again_is_still_one(line, visit, working_for):
    wish = {**OWN, "confirmed": True}
    first = ask(line, "cancelAppointment", wish, tool_call_id="t1")
    second = ask(line, "cancelAppointment", wish, tool_call_id="t2")
    assert first["speech"] == second["speech"]
    assert "is cancelled" in second["speech"]
    assert changes(line.org, working_for, "cancelled") == 1


def test_moving_there_and_back_are_two_wishes(line, visit, working_for):
    there, back = {**OWN, "newStart": "2026-11-25T11:00"}, {**OWN, "newStart": "2026-11-24T10:00"}
    for number, wish in enumerate((there, back, there)):
        assert content(ask(line, "rescheduleAppointment", wish, tool_call_id=f"t{number}"))["success"]
    assert changes(line.org, working_for, "moved") == 3


def test_what_was_cancelled_in_a_call_can_be_booked_once_more(line, working_for):
    first = content(ask(line, "bookClinicAppointment", WISH, tool_call_id="t1"))
    gone = {"reference": first["reference"], "name": "Ana Reyes", "confirmed": True}
    assert content(ask(line, "cancelAppointment", gone, tool_call_id="t2"))["success"]
    again = content(ask(line, "bookClinicAppointment", WISH, tool_call_id="t3"))
    assert again["success"]
    assert again["appointmentId"] != first["appointmentId"]
    with working_for(line.org):
        assert Appointment.objects.filter(status="confirmed").count() == 1


def test_a_refused_wish_is_tried_again(line, visit, working_for):
    taken = {**WISH, "name": "Ben Okoye"}
    assert content(ask(line, "bookClinicAppointment", taken, tool_call_id="t1"))["success"] is False
    with working_for(line.org):
        Appointment.objects.update(status="cancelled", cancelled_at=NOW)
    assert content(ask(line, "bookClinicAppointment", taken, tool_call_id="t2"))["success"]


def test_another_call_and_a_later_moment_ask_anew(line, visit, clock, working_for):
    wish = {**OWN, "confirmed": True}
    ask(line, "cancelAppointment", wish, call_id="c1", tool_call_id="t1")
    assert content(ask(line, "cancelAppointment", wish, call_id="c2", tool_call_id="t1"))["code"] == "not_proven"
    clock.shift(600)
    assert content(ask(line, "cancelAppointment", wish, call_id="c1", tool_call_id="t2"))["code"] == "not_proven"
