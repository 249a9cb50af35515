"""Caller memory sentence by sentence as it was promised, read from a real clinic by a ringing telephone."""

from datetime import timedelta

import pytest

from calls.tests.factories import make_call
from calls.tests.routing.conftest import JOHN
from contacts.models import Contact
from scheduling.tests.factories import make_appointment
from voxanne.clock import now

pytestmark = pytest.mark.django_db


@pytest.fixture
def call(clinic, working_for):
    """A finished call from John's number, some days ago."""

    def make(contact=None, *, days=3, **fields):
        facts = {"caller_name": "John Smith", "outcome": "completed", "outcome_summary": "Asked what Botox costs."}
        moment = now() - timedelta(days=days)
        with working_for(clinic.org):
            return make_call(
                clinic.org, contact=contact, phone_number=JOHN, started_at=moment, created_at=moment, **facts | fields
            )

    return make


def test_name_last_call_next_appointment_and_the_teams_notes_are_told(clinic, call, working_for):
    john = clinic.know("John Smith", preferences="Prefers mornings")
    call(john)
    with working_for(clinic.org):
        make_appointment(now() + timedelta(days=4), contact=john, patient_name="John Smith")

    told = dict(line.split(": ", 1) for line in clinic.memory().splitlines())

    assert list(told) == ["Name", "Last call", "Next appointment", "Noted by the team"]
    assert told["Name"] == "John Smith"
    assert told["Last call"].endswith(": Asked what Botox costs.")
    assert told["Noted by the team"] == "Prefers mornings"


@pytest.mark.parametrize("outcome", ["no_answer", "voicemail", "failed"])
def test_a_call_that_nobody_took_is_not_the_last_conversation(clinic, call, outcome):
    john = clinic.know("John Smith")
    call(john, days=3)
    call(john, days=1, outcome=outcome, outcome_summary="")

    assert "Asked what Botox costs." in clinic.memory()


def test_a_number_that_went_to_somebody_else_carries_nothing_of_its_former_owner(clinic, call, working_for):
    former = clinic.know("John Smith")
    call(former, caller_name="Unknown Caller", outcome_summary="Asked about a secret.")
    with working_for(clinic.org):
        Contact.objects.filter(pk=former.pk).delete()
    clinic.know("Ben Marsh")

    assert clinic.memory() == "Name: Ben Marsh"


def test_a_number_of_several_people_yields_no_names_and_nothing_else(clinic, call):
    john = clinic.know("John Smith", preferences="Prefers mornings")
    call(john)
    call(john, caller_name="Mary Smith", days=1)

    answer = clinic.ring()["assistantOverrides"]
    assert answer["variableValues"] == {"callerMemory": ""}
    assert "firstMessage" not in answer


def test_an_unknown_and_a_withheld_number_bring_no_memory(clinic, call):
    call(None)
    assert clinic.memory() == ""
    assert clinic.memory(caller=None) == ""


@pytest.mark.parametrize("switch", ["contact", "clinic"])
def test_memory_is_switched_off_for_one_caller_or_for_all(clinic, call, switch):
    john = clinic.know("John Smith", preferences="Prefers mornings", memory_enabled=switch != "contact")
    call(john)
    clinic.settle(caller_memory_enabled=switch != "clinic")

    assert clinic.memory() == ""
