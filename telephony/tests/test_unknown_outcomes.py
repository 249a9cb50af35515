"""Answers that were lost: nothing is sent twice, nothing is forgotten."""

import time
from datetime import timedelta

import pytest

from telephony.messaging import events
from telephony.messaging.delivering import claim_due
from telephony.messaging.types import Outcome
from telephony.tests.texting import (
    OTHER_SID,
    OTHER_TOKEN,
    by_hand,
    change,
    connect_resend,
    connect_twilio,
    email,
    posts,
    texts_at_twilio,
    work,
)
from voxanne.clock import now

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def settled(monkeypatch):
    told = []
    monkeypatch.setattr(events, "_settled", [lambda org, message: told.append(message.status)])
    return told


def later(org, message, **values):
    """A minute later: Twilio's list is believed."""
    change(org, message, attempted_at=now() - timedelta(seconds=61), claimed_until=None, **values)


def lose_answer(org, sandbox, message, *, arrives):
    """The provider answers 500: after it took the message, or instead."""
    sandbox.spoil(provider="twilio", status=500, after_work=arrives)
    result = work(org, message)
    sandbox.heal(provider="twilio")
    return result


@pytest.mark.parametrize("arrives", [True, False])
def test_a_lost_answer_is_looked_up_before_anything_is_sent_again(north, provider_sandbox, settled, arrives):
    connect_twilio(north)
    row = by_hand(north)

    outcome, unknown = lose_answer(north, provider_sandbox, row, arrives=arrives)
    too_early = work(north, row)[0]
    later(north, row)
    found, known = work(north, row)

    assert (outcome, unknown.status, settled) == (Outcome.UNKNOWN, "unknown", ["unknown"])
    assert "need not send it again" in unknown.error
    assert too_early == Outcome.BUSY
    assert (found, known.status, known.error) == (Outcome.SENT, "sent", "")
    [text] = texts_at_twilio(provider_sandbox)
    assert (known.external_message_id, known.attempt) == (text["id"], 1 if arrives else 2)


def test_two_equal_texts_are_two(north, provider_sandbox):
    connect_twilio(north)
    first, second = by_hand(north), by_hand(north)
    for row in (first, second):
        lose_answer(north, provider_sandbox, row, arrives=True)
        later(north, row)

    found = {work(north, row)[1].external_message_id for row in (second, first)}

    assert found == {text["id"] for text in texts_at_twilio(provider_sandbox)}
    assert len(found) == 2


def test_a_text_of_before_is_not_taken_for_it(north, provider_sandbox):
    connect_twilio(north)
    earlier = by_hand(north)
    work(north, earlier)
    row = by_hand(north)
    lose_answer(north, provider_sandbox, row, arrives=False)
    later(north, row)

    assert work(north, row)[1].attempt == 2
    assert len(texts_at_twilio(provider_sandbox)) == 2


def test_while_twilio_cannot_be_asked_nothing_is_sent(north, provider_sandbox, settled):
    connect_twilio(north)
    row = by_hand(north)
    provider_sandbox.spoil(provider="twilio", status=503)
    work(north, row)
    later(north, row)
    outcome, unknown = work(north, row)
    change(north, row, attempted_at=now() - timedelta(hours=25), claimed_until=None)
    _, given_up = work(north, row)

    assert (outcome, unknown.due_at > now()) == (Outcome.UNKNOWN, True)
    assert (given_up.status, given_up.due_at) == ("unknown", None)
    assert "Ask the person" in given_up.error
    assert len(posts(provider_sandbox)) == 1
    assert settled == ["unknown"]


def test_an_account_that_was_exchanged_cannot_be_asked(north, provider_sandbox):
    connect_twilio(north)
    row = by_hand(north)
    lose_answer(north, provider_sandbox, row, arrives=True)
    connect_twilio(north, sid=OTHER_SID, token=OTHER_TOKEN)
    later(north, row)

    _, left = work(north, row)

    assert (left.status, left.due_at) == ("unknown", None)
    assert "no longer connected" in left.error
    assert len(posts(provider_sandbox)) == 1


def test_what_never_arrives_is_given_up(north, provider_sandbox, settled):
    connect_twilio(north)
    row = by_hand(north)
    lose_answer(north, provider_sandbox, row, arrives=False)
    later(north, row, attempt=3)

    _, failed = work(north, row)

    assert (failed.status, failed.due_at) == ("failed", None)
    assert settled == ["unknown", "failed"]
    assert texts_at_twilio(provider_sandbox) == []


def test_what_waited_too_long_is_not_sent(north, provider_sandbox):
    connect_twilio(north)
    row = by_hand(north, expires_at=now() - timedelta(seconds=1))

    outcome, late = work(north, row)

    assert (outcome, late.status) == (Outcome.FAILED, "failed")
    assert "could not be sent in time" in late.error
    assert posts(provider_sandbox) == []


def test_an_email_is_repeated_with_its_key(north, provider_sandbox):
    connect_resend(north)
    row = email(north)
    provider_sandbox.spoil(provider="resend", status=500, after_work=True)
    outcome, unknown = work(north, row)
    provider_sandbox.heal(provider="resend")
    later(north, row)

    _, sent = work(north, row)

    assert (outcome, unknown.status, sent.status) == (Outcome.UNKNOWN, "unknown", "sent")
    assert len(provider_sandbox.control("GET", "/ledger")["emails"]) == 1


def test_an_email_is_not_repeated_through_another_account(north, provider_sandbox):
    connect_resend(north)
    row = email(north)
    provider_sandbox.spoil(provider="resend", status=500, after_work=True)
    work(north, row)
    provider_sandbox.heal(provider="resend")
    connect_resend(north, key="re_other_key")
    later(north, row)

    assert work(north, row)[1].status == "unknown"
    assert len(posts(provider_sandbox, "resend")) == 1


def test_the_sweeper_finds_what_nobody_was_woken_for(north, south, provider_sandbox):
    connect_twilio(north)
    row, fresh = by_hand(north), by_hand(north)
    change(north, row, due_at=now() - timedelta(seconds=1))

    assert claim_due() == [(north.pk, row.pk)]
    assert claim_due() == []
    assert work(north, fresh)[0] == Outcome.SENT


def taken(org, sandbox, **wish):
    """A text that Twilio took a while ago, and whose callbacks were lost."""
    row = by_hand(org, **wish)
    work(org, row)
    for _ in range(100):
        if texts_at_twilio(sandbox)[0]["status"] not in {"queued", "sent"}:
            break
        time.sleep(0.05)
    change(org, row, attempted_at=now() - timedelta(minutes=16), sent_at=now() - timedelta(minutes=16))
    return row


@pytest.mark.parametrize(("number", "status"), [("+447700900123", "delivered"), ("+447700910000", "undelivered")])
def test_a_callback_that_was_lost_is_asked_for(north, provider_sandbox, settled, number, status):
    connect_twilio(north)
    row = taken(north, provider_sandbox, to=number)

    _, known = work(north, row)

    assert (known.status, known.due_at, known.claim, settled) == (status, None, None, [status])


def test_a_check_that_fails_is_made_again_for_a_day(north, provider_sandbox):
    connect_twilio(north)
    row = taken(north, provider_sandbox)
    provider_sandbox.spoil(provider="twilio", status=503)

    _, open_still = work(north, row)
    change(north, row, sent_at=now() - timedelta(hours=25))
    _, left = work(north, row)

    assert (open_still.status, open_still.due_at) == ("sent", open_still.sent_at + timedelta(hours=2))
    assert (left.status, left.due_at) == ("sent", None)
