"""Reminding the caller of the visit that the call made."""

from datetime import timedelta

import pytest

from orgs.scope import org_scope, org_tx
from scheduling.models import Appointment
from scheduling.tests.factories import make_appointment
from voxanne.clock import now

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def visit(texting, working_for, call, caller):
    with working_for(texting):
        return make_appointment(now() + timedelta(days=3), contact=caller, call_id=call.pk)


def remind(browser, call, **form):
    return browser.post(f"/dashboard/calls/{call.pk}/remind", form, follow=True)


def test_the_reminder_goes_out_once_and_stands_with_the_visit(browser, call, visit, messages_of):
    assert "Send a reminder of the visit" in browser.get(f"/dashboard/calls/{call.pk}").text

    for _ in range(2):
        answer = remind(browser, call, key="pressed", method="sms")

    assert "The reminder goes out by SMS." in answer.text
    (row,) = messages_of()
    assert (row.appointment_id, row.purpose) == (visit.pk, "reminder")
    with org_scope(visit.org_id), org_tx():
        assert Appointment.objects.get(pk=visit.pk).confirmation_sent


def test_without_a_visit_there_is_no_button_and_nothing_goes_out(browser, texting, call, messages_of):
    assert "Send a reminder of the visit" not in browser.get(f"/dashboard/calls/{call.pk}").text
    assert "no appointment that could be reminded of" in remind(browser, call, key="pressed").text
    assert messages_of() == []


def test_why_it_cannot_go_out_is_told(browser, call, visit, messages_of):
    assert "There is no email address." in remind(browser, call, key="pressed", method="email").text
    assert messages_of() == []
