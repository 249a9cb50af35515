"""Who calls in a simulated call when nobody was chosen: whoever fits what is played."""

from datetime import timedelta

import pytest

from calls.deeds import name_deed
from calls.models import ToolInvocation
from calls.simulation import Wish, simulate_call
from calls.tests.routing.conftest import JOHN
from calls.tests.routing.test_dialled_calls import exchange, running_sandbox, vapi_sandbox  # noqa: F401 - fixtures
from contacts.models import Contact
from orgs.actors import Actor
from orgs.scope import org_scope, org_tx
from scheduling.models import AppointmentStatus
from scheduling.tests.factories import make_appointment
from voxanne.clock import now

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def clinic(exchange, settings):  # noqa: F811 - the fixture
    settings.SANDBOX, settings.SANDBOX_URL = True, exchange.sandbox.base_url
    exchange.know("John Smith", JOHN)
    return exchange


def book(clinic, *, in_days, **facts):
    with org_scope(clinic.org), org_tx():
        john = Contact.objects.get(phone=JOHN)
        make_appointment(now() + timedelta(days=in_days), contact=john, patient_name=john.name, **facts)


def play(clinic, scenario):
    """Place the call as the dashboard does; who calls, and what was said."""
    with org_scope(clinic.org):
        placed = simulate_call(org=clinic.org, actor=Actor.system(clinic.org.pk), wish=Wish(scenario))
    while (state := clinic.sandbox.control("GET", f"/calls/{placed.call_id}"))["status"] == "running":
        pass
    call, said = clinic.story(state | {"id": placed.call_id})
    return call.phone_number, said


def test_a_returning_caller_is_a_patient_with_an_appointment_and_is_greeted_by_name(clinic):
    book(clinic, in_days=6)

    number, said = play(clinic, "returning_caller")

    assert number == JOHN
    assert said[0][1].startswith("Hi John, thanks for calling North Clinic!")


@pytest.mark.parametrize(("in_days", "status"), [(1, "confirmed"), (6, "cancelled")])
def test_where_nobody_has_one_that_could_still_be_moved_somebody_new_calls(clinic, in_days, status):
    book(clinic, in_days=in_days, status=AppointmentStatus(status))

    assert play(clinic, "returning_caller")[0] != JOHN


def test_a_patient_with_several_appointments_is_not_asked_which_one(clinic):
    book(clinic, in_days=6)
    book(clinic, in_days=7)

    assert play(clinic, "reschedule")[0] != JOHN


def test_staff_read_that_it_was_found_and_then_moved(clinic):
    book(clinic, in_days=6)

    play(clinic, "reschedule")

    with org_scope(clinic.org), org_tx():
        deeds = ToolInvocation.objects.order_by("created_at")
        titles = [name_deed(deed).title for deed in deeds if deed.tool_name == "rescheduleAppointment"]
    assert titles[0] == "Found the caller’s appointment"
    assert titles[-1] == "Moved an appointment"


def test_a_call_that_is_told_of_nobody_in_particular_comes_from_somebody_new(clinic):
    book(clinic, in_days=6)

    assert play(clinic, "ask_price")[0] != JOHN
