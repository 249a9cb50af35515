"""Sending again what did not arrive."""

from datetime import timedelta

import pytest
from django.utils import timezone

from telephony.models import Message
from telephony.tests.test_messages_page import keep
from telephony.tests.texting import PATIENT, change, connect_twilio

pytestmark = pytest.mark.django_db(transaction=True)
HTMX = {"HX-Request": "true"}


@pytest.fixture
def browser(north_owner, north, sign_in):
    return sign_in(north_owner)


@pytest.fixture
def failed(north):
    connect_twilio(north)
    return keep(north, status="failed", purpose="follow_up", error="The phone could not be reached.")


def again(browser, row, **form):
    return browser.post(f"/dashboard/messages/{row.pk}/again", form, headers={} if form else HTMX)


def rows(working_for, org):
    with working_for(org):
        return list(Message.objects.order_by("created_at"))


def test_a_click_or_ten_make_one_new_message(browser, north, failed, working_for):
    assert "Send again" in browser.get("/dashboard/messages").text

    answers = [again(browser, failed) for _ in range(3)]

    old, new = rows(working_for, north)
    assert [answer.status_code for answer in answers] == [204, 204, 204]
    assert (old.status, new.status, new.content, new.recipient) == ("failed", "queued", old.content, PATIENT)
    assert "Send again" not in browser.get("/dashboard/messages").text


def test_it_works_without_script_and_goes_back_to_its_page(browser, north, failed):
    assert again(browser, failed, next="/dashboard/calls")["Location"] == "/dashboard/calls"
    assert again(browser, failed, next="https://evil.example/")["Location"] == "/dashboard/messages"


@pytest.mark.parametrize(
    "facts",
    [
        {"status": "sent"}, {"status": "unknown"}, {"purpose": "waitlist_offer"}, {"purpose": "reminder"},
        {"direction": "inbound"}, {"created_at": timezone.now() - timedelta(days=2)},
    ],
)  # fmt: skip
def test_what_is_under_way_or_out_of_date_is_not_sent_again(browser, north, failed, working_for, facts):
    change(north, failed, **facts)

    assert "Send again" not in browser.get("/dashboard/messages").text
    assert again(browser, failed).status_code == 409
    assert len(rows(working_for, north)) == 1


def test_another_clinics_message_is_not_there(south_owner, south, failed, sign_in):
    assert again(sign_in(south_owner), failed).status_code == 404
