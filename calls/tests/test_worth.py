"""A call's page says what it may bring, and why its caller scored what they did."""

import pytest

from calls.after_call.leads import rescore_lead
from calls.tests.factories import make_call
from contacts.tests.factories import make_contact

pytestmark = pytest.mark.django_db
BOTOX = {"id": "", "name": "Botox", "value": 40_000, "wanted": True}


@pytest.fixture
def page_of(sign_in, north_owner, north, working_for):
    """The page of a call with these facts."""

    def show(**facts):
        with working_for(north):
            call = make_call(north, **facts)
            if call.contact_id:
                rescore_lead(org=north, contact_id=call.contact_id)
        return sign_in(north_owner).get(f"/dashboard/calls/{call.pk}").text

    return show


def test_the_value_its_services_and_the_score_with_its_reasons(page_of, north, working_for):
    with working_for(north):
        contact = make_contact()
    page = page_of(contact=contact, financial_value=40_000, matched_services=[BOTOX], lead_stage="contacted")

    assert "£400 · wanted" in page
    assert "Botox, among your lower prices" in page
    assert "56 out of 100" in page
    assert "+6" in page


def test_a_fallback_value_is_named_as_one_and_a_stranger_has_no_score(page_of):
    page = page_of(financial_value=5_000, phone_number="")
    assert "£50" in page
    assert "No service was named" in page
    assert "Lead score" not in page


def test_a_call_that_goes_on_is_not_worth_anything_yet(page_of):
    assert "What it is worth" not in page_of(status="in-progress", duration_seconds=None)
