"""One automatic text an hour to a person, and how many parts a text has."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from contacts.models import Contact
from orgs.scope import org_scope, org_tx
from telephony.messaging.errors import TooSoon
from telephony.messaging.segments import count_segments
from telephony.models import Message
from telephony.tests.texting import by_hand, change, connect_twilio, send
from voxanne.clock import now

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_second_automatic_text_within_the_hour_is_refused(north, south):
    connect_twilio(north)
    connect_twilio(south, sid="AC" + "2b" * 16, number="+442079460109")
    first = send(north)

    with pytest.raises(TooSoon):
        send(north)
    assert send(south).status == "queued"
    assert send(north, to="+447700900999").status == "queued"
    assert by_hand(north).status == "queued"
    assert send(north, in_reply_to=first).status == "queued"
    change(north, first, created_at=now() - timedelta(minutes=61))
    assert send(north).status == "queued"


def test_the_contact_counts_also_under_another_number(north):
    connect_twilio(north)
    with org_scope(north), org_tx():
        person = Contact.objects.create(phone="+447700900177")
    send(north, contact_id=person.pk)

    with pytest.raises(TooSoon):
        send(north, to="+447700900178", contact_id=person.pk)


def test_what_failed_does_not_count(north):
    connect_twilio(north)
    change(north, send(north), status="failed")

    assert send(north).status == "queued"


def test_twelve_at_once_send_one(north):
    connect_twilio(north)

    def wish(number):
        try:
            return send(north, idempotency_key=f"crowd-{number}").pk
        except TooSoon:
            return None
        finally:
            connection.close()

    with ThreadPoolExecutor(12) as crowd:
        queued = [pk for pk in crowd.map(wish, range(12)) if pk]

    assert len(queued) == 1


def test_one_key_at_once_is_one_message(north):
    connect_twilio(north)

    def wish(_):
        try:
            return by_hand(north, idempotency_key="one").pk
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as crowd:
        assert len(set(crowd.map(wish, range(8)))) == 1
    with org_scope(north), org_tx():
        assert Message.objects.count() == 1


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        ("a" * 160, 1), ("a" * 161, 2), ("a" * 306, 2), ("a" * 307, 3), ("€" * 80, 1), ("€" * 81, 2),
        ("я" * 70, 1), ("я" * 71, 2), ("😀" * 35, 1), ("😀" * 36, 2), ("’" + "a" * 69, 1), ("’" + "a" * 70, 2),
        # An escape and its character are not torn apart: 152 + € leaves a place empty.
        ("a" * 152 + "€" + "a" * 152, 3),
        ("я" * 66 + "😀" + "я" * 66, 3),
    ],
)  # fmt: skip
def test_segments(text, segments):
    assert count_segments(text) == segments


@given(st.text(min_size=1, max_size=400), st.text(max_size=50))
def test_segments_grow_with_the_text_and_hold_it(text, more):
    units = len(text.encode("utf-16-le")) // 2

    assert 1 <= count_segments(text) <= count_segments(text + more)
    assert count_segments(text) * 153 * 2 >= units
    assert (count_segments(text) == 1) >= (units <= 70)


@given(st.text(alphabet="abc €[]é", min_size=1, max_size=400))
def test_plain_text_takes_septets(text):
    septets = len(text) + sum(character in "€[]" for character in text)

    assert (count_segments(text) == 1) == (septets <= 160)
    assert count_segments(text) >= -(-septets // 160)
