"""Queueing a message and handing it to its provider."""

from datetime import timedelta

import pytest
from django.db import transaction

from orgs.scope import org_scope, org_tx
from telephony.messaging import Attachment
from telephony.messaging.errors import (
    BadMessage,
    BadRecipient,
    EmailNotConfigured,
    TwilioNotConfigured,
    WhatsAppNotConfigured,
)
from telephony.messaging.types import Outcome
from telephony.models import Message
from telephony.tests.texting import (
    NUMBER,
    PATIENT,
    by_hand,
    connect_resend,
    connect_twilio,
    email,
    message_of,
    posts,
    send,
    texts_at_twilio,
    work,
)

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_text_goes_out_once(north, provider_sandbox):
    connect_twilio(north)
    queued = send(north, purpose="reminder")

    outcome, row = work(north, queued)
    again, _ = work(north, queued)

    assert (queued.status, outcome, again) == ("queued", Outcome.SENT, Outcome.BUSY)
    [text] = texts_at_twilio(provider_sandbox)
    assert (text["from"], text["to"], text["body"]) == (NUMBER, PATIENT, "See you at 9.")
    assert (row.status, row.external_message_id, row.segments) == ("sent", text["id"], 1)
    assert row.due_at == row.sent_at + timedelta(minutes=15)


def test_an_email_goes_out_with_its_file(north, provider_sandbox):
    connect_resend(north)
    file = Attachment("visit.ics", "text/calendar", "BEGIN:VCALENDAR")
    queued = email(north, attachments=[file])

    outcome, row = work(north, queued)

    [sent] = provider_sandbox.control("GET", "/ledger")["emails"]
    assert outcome == Outcome.SENT
    assert (sent["to"], sent["subject"], sent["from"]) == (
        ["ana@patients.example"], "Your visit", "North Clinic <hello@north.example>",
    )  # fmt: skip
    assert sent["attachments"][0]["filename"] == "visit.ics"
    assert "VCALENDAR" not in queued.attachments_sealed
    assert (row.status, row.external_message_id, row.attachments_sealed) == ("sent", sent["id"], "")


def test_what_only_the_email_may_say_is_stored_nowhere_else(north, provider_sandbox):
    connect_resend(north)
    queued = email(north, body="Listen: [link]", inserts={"[link]": "https://clinic.example/listen/secret"})

    _, row = work(north, queued)

    [sent] = provider_sandbox.control("GET", "/ledger")["emails"]
    assert sent["text"] == "Listen: https://clinic.example/listen/secret"
    assert "secret" not in queued.content + queued.attachments_sealed
    assert (row.content, row.attachments_sealed) == ("Listen: [link]", "")


def test_a_text_says_what_is_stored(north):
    connect_twilio(north)
    with pytest.raises(BadMessage):
        send(north, body="Listen: [link]", inserts={"[link]": "https://clinic.example/listen/secret"})


def test_a_whatsapp_message_names_both_ends_so(north, provider_sandbox):
    connect_twilio(north, whatsapp_number=NUMBER)

    _, row = work(north, send(north, channel="whatsapp"))

    [text] = texts_at_twilio(provider_sandbox)
    assert (text["from"], text["to"], row.status) == (f"whatsapp:{NUMBER}", f"whatsapp:{PATIENT}", "sent")


def test_the_same_key_is_the_same_message(north, provider_sandbox):
    connect_twilio(north)

    first, second = send(north, idempotency_key="one"), send(north, idempotency_key="one", body="Other")

    assert first.pk == second.pk
    with org_scope(north), org_tx():
        assert Message.objects.count() == 1


def test_a_wish_that_is_rolled_back_sends_nothing(north, provider_sandbox):
    connect_twilio(north)
    with org_scope(north), org_tx():
        send(north)
        transaction.set_rollback(True)

    with org_scope(north), org_tx():
        assert not Message.objects.exists()


def test_without_accounts_nothing_is_queued(north, db):
    with pytest.raises(TwilioNotConfigured, match="Twilio not configured"):
        send(north)
    with pytest.raises(EmailNotConfigured, match="Resend not configured"):
        email(north)
    connect_twilio(north)
    with pytest.raises(WhatsAppNotConfigured):
        send(north, channel="whatsapp")


@pytest.mark.parametrize("to", ["", "07700 900123", "+44", "+1234567890123456", "ana@patients.example", "+44x"])
def test_numbers_that_cannot_get_a_text(north, to):
    connect_twilio(north)
    with pytest.raises(BadRecipient):
        send(north, to=to)


@pytest.mark.parametrize(
    "wish", [{"body": "  "}, {"body": "x" * 1601}, {"attachments": [Attachment("a", "b", "c")]}, {"channel": "export"}]
)
def test_texts_that_cannot_be_sent(north, wish):
    connect_twilio(north)
    with pytest.raises(BadMessage):
        send(north, **wish)


@pytest.mark.parametrize("wish", [{"subject": ""}, {"subject": "a\nBcc: x@y.z"}, {"body": ""}])
def test_emails_that_cannot_be_sent(north, wish):
    connect_resend(north)
    with pytest.raises(BadMessage):
        email(north, **wish)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("+15005550009", "cannot get texts"),
        ("+15005550003", "geographic permissions"),
        ("+15005550004", "asked not to be texted"),
    ],
)
def test_what_twilio_refuses_is_told_in_plain_words(north, provider_sandbox, number, words):
    connect_twilio(north)

    outcome, row = work(north, by_hand(north, to=number))

    assert (outcome, row.status) == (Outcome.FAILED, "failed")
    assert words in row.error


def test_an_account_that_went_meanwhile_fails_the_message(north, provider_sandbox):
    from credentials.service import credential_service
    from credentials.types import Provider
    from orgs.actors import Actor

    connect_twilio(north)
    queued = send(north)
    credential_service.disable(org_id=north.pk, provider=Provider.TWILIO, actor=Actor.system(north.pk))

    assert work(north, queued)[0] == Outcome.FAILED
    assert "Twilio not configured" in message_of(north, queued).error
    assert posts(provider_sandbox) == []


def test_a_provider_that_is_busy_is_asked_later(north, provider_sandbox):
    connect_twilio(north)
    queued = send(north)
    provider_sandbox.spoil(provider="twilio", status=429)
    outcome, row = work(north, queued)
    provider_sandbox.heal(provider="twilio")

    assert (outcome, row.status, row.due_at > row.attempted_at) == (Outcome.AGAIN, "queued", True)
    assert work(north, queued)[0] == Outcome.SENT
    assert len(texts_at_twilio(provider_sandbox)) == 1
