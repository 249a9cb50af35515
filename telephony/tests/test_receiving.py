"""Texts that come in: kept once, the person known, STOP obeyed."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contacts.models import Contact
from orgs.scope import org_scope, org_tx
from telephony.messaging import events
from telephony.messaging.errors import OptedOut
from telephony.messaging.types import Outcome
from telephony.models import Message, OptOut
from telephony.tests.hooks import post, text_form, text_in
from telephony.tests.texting import (
    NUMBER,
    PATIENT,
    by_hand,
    connect_twilio,
    send,
    texts_at_twilio,
    work,
)

pytestmark = pytest.mark.django_db(transaction=True)
AMERICAN, AMERICAN_PATIENT = "+14155550101", "+14155550177"


@pytest.fixture
def handlers(monkeypatch):
    registered = []
    monkeypatch.setattr(events, "_inbound", registered)
    return registered


def rows(org, **which):
    with org_scope(org), org_tx():
        return list(Message.objects.filter(**which).order_by("created_at"))


def contact(org, phone=PATIENT):
    with org_scope(org), org_tx():
        return Contact.objects.filter(phone=phone).first()


def opt_outs(org):
    with org_scope(org), org_tx():
        return list(OptOut.objects.values_list("phone_number", "source"))


def test_a_text_is_kept_with_its_person(north, handlers):
    connect_twilio(north)

    text_in("Running late", NumMedia="2", NumSegments="1")

    [row] = rows(north)
    assert (row.direction, row.method, row.status, row.content) == ("inbound", "sms", "received", "Running late")
    assert (row.recipient, row.sender, row.media_count, row.segments) == (PATIENT, NUMBER, 2, 1)
    assert row.contact_id == contact(north).pk


def test_a_whatsapp_message_names_its_writer(north, handlers):
    connect_twilio(north, whatsapp_number=NUMBER)

    text_in(From=f"whatsapp:{PATIENT}", To=f"whatsapp:{NUMBER}", ProfileName="Ana Silva")

    [row] = rows(north)
    assert (row.method, row.recipient, contact(north).name) == ("whatsapp", PATIENT, "Ana Silva")


def test_the_same_text_told_again_changes_nothing(north, handlers):
    connect_twilio(north)
    asked = []
    events.on_inbound(lambda org, message: bool(asked.append(message.pk)))
    form = text_form()

    assert [post("/api/twilio/sms", form).status_code for _ in range(3)] == [200] * 3
    assert (len(rows(north)), len(asked)) == (1, 1)


def test_handlers_are_asked_in_order_until_one_takes_it(north, handlers):
    connect_twilio(north)
    asked = []
    for name, takes in (("waitlist", False), ("reminders", True), ("last", True)):
        events.on_inbound(lambda org, message, name=name, takes=takes: asked.append(name) or takes)

    text_in("YES")

    assert asked == ["waitlist", "reminders"]


def test_a_handler_that_breaks_costs_no_text(north, handlers):
    connect_twilio(north)

    def breaks(org, message):
        Contact.objects.create(phone="+447700900888")
        raise RuntimeError

    events.on_inbound(breaks)

    assert text_in("C").status_code == 200
    assert len(rows(north)) == 1
    assert contact(north, "+447700900888") is None


@pytest.mark.parametrize("word", ["STOP", "stop", " StopAll ", "UNSUBSCRIBE", "cancel", "END", "Quit.", "OPTOUT"])
def test_stop_ends_texts_and_is_confirmed_once(north, handlers, provider_sandbox, word):
    connect_twilio(north)
    asked = []
    events.on_inbound(lambda org, message: asked.append(message) or True)

    text_in(word)

    assert opt_outs(north) == [(PATIENT, "keyword")]
    assert contact(north).opted_out_at is not None
    assert asked == []
    with pytest.raises(OptedOut):
        by_hand(north)
    [answer] = rows(north, direction="outbound")
    assert work(north, answer)[0] == Outcome.SENT
    assert "no more texts" in texts_at_twilio(provider_sandbox)[0]["body"]


@pytest.mark.parametrize("word", ["STOP please", "Please stop", "don't cancel", "end of the week", "YES", "stop it"])
def test_only_the_word_alone_counts(north, handlers, word):
    connect_twilio(north)

    text_in(word)

    assert opt_outs(north) == []
    assert rows(north, direction="outbound") == []


@pytest.mark.parametrize("word", ["START", "unstop", "Yes"])
def test_start_allows_texts_again(north, handlers, word):
    connect_twilio(north)
    text_in("STOP")

    text_in(word)

    assert opt_outs(north) == []
    assert contact(north).opted_out_at is None
    assert by_hand(north).status == "queued"


def test_help_says_who_texts(north, handlers):
    connect_twilio(north)

    text_in("HELP")

    [answer] = rows(north, direction="outbound")
    assert answer.content.startswith("North Clinic: texts about your visits.")


@pytest.mark.parametrize("more", [{}, {"MessagingServiceSid": "MG" + "1" * 32}, {"OptOutType": "STOP"}])
def test_where_twilio_answers_we_are_silent(north, handlers, more):
    number = NUMBER if more else AMERICAN
    connect_twilio(north, number=number)

    text_in("STOP", To=number, From=AMERICAN_PATIENT, **more)
    text_in("HELP", To=number, From=AMERICAN_PATIENT, **more)

    assert opt_outs(north) == [(AMERICAN_PATIENT, "keyword")]
    assert rows(north, direction="outbound") == []


def test_one_clinics_opt_out_is_nobody_elses(north, south, handlers):
    connect_twilio(north)
    connect_twilio(south, sid="AC" + "2b" * 16, number="+442079460109")
    text_in("STOP")

    assert opt_outs(south) == []
    assert by_hand(south).status == "queued"


def test_an_opt_out_between_queueing_and_sending_counts(north, handlers, provider_sandbox):
    connect_twilio(north)
    queued = by_hand(north)
    text_in("STOP")

    outcome, row = work(north, queued)

    assert (outcome, row.status) == (Outcome.FAILED, "failed")
    assert "asked not to be texted" in row.error
    assert texts_at_twilio(provider_sandbox) == []


def test_what_twilio_knows_of_an_opt_out_is_learned(north, provider_sandbox, handlers):
    connect_twilio(north)
    work(north, by_hand(north, to="+15005550004"))

    assert opt_outs(north) == [("+15005550004", "carrier")]
    with pytest.raises(OptedOut):
        send(north, to="+15005550004")


def test_a_mark_of_the_team_counts_as_well(north, handlers):
    from voxanne.clock import now

    connect_twilio(north)
    with org_scope(north), org_tx():
        person = Contact.objects.create(phone="+447700900177", opted_out_at=now())

    for wish in ({"to": "+447700900177"}, {"contact_id": person.pk}):
        with pytest.raises(OptedOut):
            send(north, **wish)


@pytest.mark.parametrize("sender", ["Vodafone", "88222", "whatsapp:nobody", ""])
def test_a_sender_without_a_number_is_kept_and_left_alone(north, handlers, sender):
    connect_twilio(north)

    assert text_in("STOP", From=sender).status_code == 200

    [row] = rows(north)
    assert row.contact_id is None
    assert opt_outs(north) == []


def test_strange_text_is_kept_as_far_as_it_goes(north, handlers):
    connect_twilio(north)

    assert text_in("a\0b" + "x" * 20_000, NumMedia="-1", NumSegments="lots").status_code == 200

    [row] = rows(north)
    assert row.content.startswith("abxxx")
    assert (len(row.content), row.media_count) == (10_000, 0)


def test_a_text_costs_a_fixed_number_of_queries_in_one_transaction(north, handlers):
    connect_twilio(north)
    text_in("first")

    with CaptureQueriesContext(
        connection,
    ) as asked:
        text_in("second")

    begun = [query for query in asked.captured_queries if query["sql"].startswith("BEGIN")]
    assert len(begun) == 1
    assert len(asked) <= 20, [query["sql"][:90] for query in asked.captured_queries]
