"""What people text to a clinic's number reaches it here."""

import pytest
from django.test import Client

from agents.tests.twilio_accounts import connect_agent
from orgs.scope import org_scope, org_tx
from providers.twilio.client import TwilioClient
from telephony.messaging.replies import claim_due, set_up
from telephony.models import RepliesState, TwilioAccount
from telephony.tests.texting import NUMBER, OTHER_NUMBER, OTHER_SID, OTHER_TOKEN, SID, TOKEN, connect_twilio

pytestmark = pytest.mark.django_db(transaction=True)
OURS = "http://127.0.0.1:8000/api/twilio/sms"


def numbers(org):
    with org_scope(org), org_tx():
        return list(TwilioAccount.objects.order_by("phone_number"))


def address(number=NUMBER, sid=SID, token=TOKEN):
    return TwilioClient(sid, token).find_number(number).sms_url


def point_elsewhere(url):
    client = TwilioClient(SID, TOKEN)
    client.set_sms_url(client.find_number(NUMBER).sid, url)


def test_a_connected_number_hands_us_its_texts(north, provider_sandbox):
    connect_twilio(north)
    connect_agent(north, number=OTHER_NUMBER, sid=OTHER_SID, token=OTHER_TOKEN)

    states = [set_up(org=north, row_id=row.pk) for row in numbers(north)]
    again = [set_up(org=north, row_id=row.pk) for row in numbers(north)]

    assert states == [RepliesState.REACH_US] * 2
    assert again == [None, None]
    assert (address(), address(OTHER_NUMBER, OTHER_SID, OTHER_TOKEN)) == (OURS, OURS)


@pytest.mark.parametrize(
    ("url", "state"),
    [
        ("https://demo.twilio.com/welcome/sms/reply", RepliesState.REACH_US),
        ("https://old.voxanne.example/api/twilio/sms", RepliesState.REACH_US),
        ("https://another.example/texts", RepliesState.ELSEWHERE),
    ],
)
def test_another_system_is_left_alone(north, north_owner, provider_sandbox, url, state):
    connect_twilio(north)
    point_elsewhere(url)
    [row] = numbers(north)

    assert set_up(org=north, row_id=row.pk) == state
    assert address() == (url if state == RepliesState.ELSEWHERE else OURS)
    browser = Client()
    browser.force_login(north_owner)
    page = browser.get("/dashboard/messages").content.decode()
    assert ("go to another system" in page) == (state == RepliesState.ELSEWHERE)


def test_a_twilio_that_is_away_is_asked_again(north, provider_sandbox):
    connect_twilio(north)
    [row] = numbers(north)
    provider_sandbox.spoil(provider="twilio", status=503)

    assert set_up(org=north, row_id=row.pk) is None
    provider_sandbox.heal(provider="twilio")
    assert numbers(north)[0].replies_due_at is not None
    assert set_up(org=north, row_id=row.pk) == RepliesState.REACH_US


def test_the_sweeper_finds_new_numbers_once(north, provider_sandbox):
    connect_twilio(north)
    [row] = numbers(north)

    assert claim_due() == [(north.pk, row.pk)]
    assert claim_due() == []


def test_the_patient_in_the_sandbox_texts_the_clinic(north, provider_sandbox, live_server, settings):
    from telephony.models import Message

    settings.BACKEND_URL = live_server.url
    connect_twilio(north)
    [row] = numbers(north)
    set_up(org=north, row_id=row.pk)

    told = provider_sandbox.control("POST", "/sms", {"from": "+447700900123", "to": NUMBER, "body": "C & thanks"})

    assert told["statusCode"] == 200
    with org_scope(north), org_tx():
        assert Message.objects.get(direction="inbound").content == "C & thanks"
