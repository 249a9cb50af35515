"""Callers change their own appointments, and only their own; nothing is told before two facts fit."""

from datetime import UTC, date, datetime

import pytest
import time_machine

from calls.tests import payloads
from calls.tests.test_tools import ask, content
from contacts.models import Contact, NumberUse
from contacts.tests.factories import make_contact
from scheduling.models import Appointment, AppointmentStatus, SchedulingSettings
from scheduling.tests.factories import make_appointment

pytestmark = pytest.mark.django_db
TUESDAY = datetime(2026, 11, 24, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _friday():
    with time_machine.travel(datetime(2026, 11, 20, 9, 0, tzinfo=UTC), tick=True):
        yield


@pytest.fixture
def visit(line, working_for) -> Appointment:
    """Ana's, who calls from her own telephone."""
    with working_for(line.org):
        ana = make_contact(name="Ana Reyes", phone=payloads.CALLER, date_of_birth=date(1980, 5, 3))
        return make_appointment(TUESDAY, contact=ana, patient_name="Ana Reyes", reference="KW4827")


@pytest.mark.parametrize(
    "facts",
    [
        {"name": "Ana Reyes"},
        {"name": "reyes ána"},
        {"reference": "K W 4827"},
        {"reference": "kw4827", "name": "Ben Stone"},
        {"dateOfBirth": "1980-05-03"},
        {"dateOfBirth": "3rd of May 1980"},
    ],
)
def test_the_calling_number_and_one_fact_more_open_it(line, visit, facts):
    answer = ask(line, "rescheduleAppointment", facts)
    assert "Tuesday 24 November at 10 am" in answer["speech"]


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"name": "Ana"},
        {"name": "Ben Stone"},
        {"reference": "AA2222"},
        {"dateOfBirth": "1980-05-04"},
        {"name": "' OR 1=1 --"},
    ],
)
def test_the_calling_number_alone_opens_nothing(line, visit, facts):
    answer = ask(line, "rescheduleAppointment", facts)
    assert content(answer)["code"] == "not_proven"
    assert "Tuesday" not in str(answer)
    assert "KW4827" not in str(answer)


@pytest.mark.parametrize(
    ("facts", "is_open"),
    [
        ({"name": "Ana Reyes"}, False),
        ({"reference": "KW4827"}, False),
        ({"name": "Ana Reyes", "reference": "KW4827"}, True),
        ({"name": "Ana Reyes", "phone": "07700 900123"}, True),
    ],
)
def test_a_withheld_number_is_no_fact(line, visit, facts, is_open):
    body = payloads.tool_call("cancelAppointment", facts, call_id="c1", assistant_id=line.assistant_id)
    body["message"]["customer"] = body["message"]["call"]["customer"] = {}
    assert ("KW4827" in str(content(line.post(body).json()))) is is_open


def test_a_number_of_several_people_is_no_fact_either(line, visit, working_for):
    with working_for(line.org):
        Contact.objects.update(number_use=NumberUse.SEVERAL)
    assert content(ask(line, "cancelAppointment", {"name": "Ana Reyes"}))["code"] == "not_proven"


def test_another_clinics_visit_is_never_found(line, other_line, visit):
    facts = {"name": "Ana Reyes", "reference": "KW4827", "dateOfBirth": "1980-05-03"}
    assert content(ask(other_line, "cancelAppointment", facts))["code"] == "not_proven"


def test_after_five_wrong_tries_the_call_gets_no_more(line, visit):
    for number in range(5):
        ask(line, "cancelAppointment", {"reference": f"AA222{number}"}, tool_call_id=f"t{number}")
    locked = ask(line, "cancelAppointment", {"reference": "KW4827"}, tool_call_id="t9")
    assert "did not match too often" in locked["speech"]


def test_a_visit_is_moved_and_asked_again_it_stays_moved(line, visit, working_for):
    wish = {"name": "Ana Reyes", "newStart": "2026-11-25T14:00"}
    for number in range(2):
        answer = ask(line, "rescheduleAppointment", wish, tool_call_id=f"t{number}")
        assert content(answer)["success"], answer
    assert "to Wednesday 25 November at 2 pm" in answer["speech"]
    with working_for(line.org):
        row = Appointment.objects.get()
    assert (row.starts_at, row.reference) == (datetime(2026, 11, 25, 14, tzinfo=UTC), "KW4827")


def test_a_taken_time_offers_three_others(line, visit, working_for):
    with working_for(line.org):
        make_appointment(datetime(2026, 11, 25, 14, tzinfo=UTC))
    answer = ask(line, "rescheduleAppointment", {"name": "Ana Reyes", "newStart": "2026-11-25T14:00"})
    assert content(answer)["code"] == "slot_taken"
    assert len(content(answer)["alternatives"]) == 3


def test_a_cancellation_is_confirmed_first(line, visit, working_for):
    first = ask(line, "cancelAppointment", {"name": "Ana Reyes"})
    assert content(first)["code"] == "confirm_first"
    with working_for(line.org):
        assert Appointment.objects.get().status == AppointmentStatus.CONFIRMED

    done = ask(line, "cancelAppointment", {"name": "Ana Reyes", "confirmed": True, "reason": "ill"}, tool_call_id="t2")
    assert "is cancelled" in done["speech"]
    with working_for(line.org):
        row = Appointment.objects.get()
    assert (row.status, row.cancel_reason) == (AppointmentStatus.CANCELLED, "ill")


def test_within_the_clinics_notice_the_team_has_to_do_it(line, visit, working_for):
    with working_for(line.org):
        SchedulingSettings.objects.create(change_notice_minutes=7 * 24 * 60)
    answer = ask(line, "cancelAppointment", {"name": "Ana Reyes", "confirmed": True})
    assert content(answer)["code"] == "ask_the_team"
    assert "7 days' notice" in answer["speech"]


def test_of_several_visits_the_caller_says_which(line, visit, working_for):
    with working_for(line.org):
        contact = Contact.objects.get()
        make_appointment(TUESDAY.replace(day=26), contact=contact, patient_name="Ana Reyes", reference="HJ3333")
    answer = ask(line, "cancelAppointment", {"name": "Ana Reyes", "confirmed": True})
    assert content(answer)["code"] == "several_appointments"
    assert {item["reference"] for item in content(answer)["appointments"]} == {"KW4827", "HJ3333"}


def test_lookup_names_only_whose_telephone_it_is(line, visit, working_for):
    own = ask(line, "lookupCaller", {"searchKey": payloads.CALLER, "searchType": "phone"})
    assert content(own) | {"message": ""} == {"success": True, "matches": "one", "firstName": "Ana", "message": ""}
    with working_for(line.org):
        make_contact(name="Ben Stone", phone="+447700900555", email="ben@example.org")
        for number in (6, 7):
            make_contact(name="Cleo Marsh", phone=f"+44770090055{number}")
    for number, (key, kind, matches) in enumerate(
        [
            ("ben@example.org", "email", "one"),
            ("Ben Stone", "name", "one"),
            ("cleo marsh", "name", "several"),
            ("nobody@example.org", "email", "none"),
            ("not a number", "phone", "none"),
        ]
    ):
        answer = ask(line, "lookupCaller", {"searchKey": key, "searchType": kind}, tool_call_id=f"k{number}")
        assert content(answer)["matches"] == matches
        assert "Ben" not in str(answer)


def test_what_a_call_kept_is_free_when_it_has_ended(line, deliver, working_for):
    ask(line, "checkAvailability", {"hold": "2026-11-24T10:00", "service": "Botox"})
    deliver(payloads.report(call_id="c1", assistant_id=line.assistant_id))
    with working_for(line.org):
        assert not Appointment.objects.exists()
