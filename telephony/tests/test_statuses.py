"""What became of a message: Twilio's callbacks in any order."""

from itertools import permutations

import pytest

from telephony.messaging import events
from telephony.tests.hooks import sid, status_in
from telephony.tests.texting import SID, by_hand, change, connect_twilio, message_of, work
from voxanne.metrics.testing import Growth

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def settled(monkeypatch):
    told = []
    monkeypatch.setattr(events, "_settled", [lambda org, message: told.append(message.status)])
    return told


@pytest.fixture
def sent(north):
    """A message that Twilio has."""
    connect_twilio(north)
    row = by_hand(north)
    change(north, row, status="sent", external_message_id="SM" + "a" * 32, service_account=SID, due_at=None)
    return row


@pytest.mark.parametrize("order", list(permutations(["queued", "sent", "delivered"])))
def test_the_order_does_not_matter(north, sent, settled, order):
    for status in (*order, *order):
        assert status_in(sent, "SM" + "a" * 32, status).status_code == 204

    assert message_of(north, sent).status == "delivered"
    assert settled == ["delivered"]


@pytest.mark.parametrize(
    "failure",
    [
        ("undelivered", "30003", "undelivered", "could not be reached"),
        ("failed", "30007", "failed", "spam"),
        ("undelivered", "99999", "undelivered", "could not deliver"),
        ("canceled", "", "failed", "could not deliver"),
    ],
)
def test_a_failure_ends_it_and_says_what_to_do(north, sent, settled, failure):
    status, code, wanted, words = failure
    status_in(sent, "SM" + "a" * 32, status, ErrorCode=code)
    status_in(sent, "SM" + "a" * 32, "sent")

    row = message_of(north, sent)
    assert (row.status, row.error_code) == (wanted, code)
    assert words in row.error
    assert settled == [wanted]


def test_read_is_delivered(north, sent, settled):
    status_in(sent, "SM" + "a" * 32, "delivered")
    status_in(sent, "SM" + "a" * 32, "read")

    assert message_of(north, sent).status == "delivered"
    assert settled == ["delivered"]


def test_a_callback_may_come_before_the_answer(north, settled):
    connect_twilio(north)
    row, given = by_hand(north), sid()
    change(north, row, status="sending", service_account=SID, attempt=1)

    status_in(row, given, "delivered")

    row = message_of(north, row)
    assert (row.status, row.external_message_id, row.due_at) == ("delivered", given, None)


def test_what_was_given_up_counts_when_twilio_has_it_after_all(north, settled):
    connect_twilio(north)
    row, given = by_hand(north), sid()
    change(north, row, status="failed", error="Twilio never got this message.", due_at=None)

    status_in(row, given, "delivered")

    assert (message_of(north, row).status, message_of(north, row).error) == ("delivered", "")


def test_a_second_text_for_one_wish_is_counted_and_changes_nothing(north, sent, settled):
    grown = Growth()
    grown("messages_total", channel="sms", outcome="twice")

    status_in(sent, "SM" + "b" * 32, "failed", ErrorCode="30003")

    assert message_of(north, sent).status == "sent"
    assert grown("messages_total", channel="sms", outcome="twice") == 1


def test_nobodys_message_is_nobodys(north, south, sent, settled):
    connect_twilio(south, sid="AC" + "2b" * 16, token="4d" * 16, number="+442079460109")
    from telephony.tests.hooks import post, status_form

    form = status_form("SM" + "a" * 32, "failed", AccountSid="AC" + "2b" * 16, From="+442079460109")

    assert post(f"/api/twilio/status?m={sent.pk}", form, token="4d" * 16).status_code == 204
    assert post("/api/twilio/status?m=nonsense", form, token="4d" * 16).status_code == 204
    assert message_of(north, sent).status == "sent"


def test_without_our_token_twilios_own_id_is_enough(north, sent, settled):
    from telephony.tests.hooks import post, status_form

    post("/api/twilio/status", status_form("SM" + "a" * 32, "delivered"))

    assert message_of(north, sent).status == "delivered"


def test_the_sandbox_reports_to_the_product(north, settled, provider_sandbox, live_server, settings):
    import time

    settings.BACKEND_URL = live_server.url
    connect_twilio(north)
    _, row = work(north, by_hand(north))
    for _ in range(100):
        if (row := message_of(north, row)).status == "delivered":
            break
        time.sleep(0.05)

    assert (row.status, settled) == ("delivered", ["delivered"])
