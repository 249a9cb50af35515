"""What goes out, how, when, and what does not and why."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from icalendar import Calendar

from conftest import make_org, make_user
from contacts.models import Contact
from orgs.scope import org_scope, org_tx
from scheduling.changing import Move, cancel_appointment, move_appointment
from scheduling.models import Appointment, Reminder
from scheduling.reminders import sending
from scheduling.reminders.sending import Outcome, claim_due, hand_over
from scheduling.reminders.withdrawing import WITHDRAWN
from scheduling.tests.factories import book
from scheduling.tests.reminders.conftest import FRIDAY, MAIL, TUESDAY_TEN
from telephony.messaging.attachments import open_attachments
from telephony.messaging.delivering import deliver
from telephony.messaging.events import announce_settled
from telephony.models import Message
from telephony.tests.texting import PATIENT, texts_at_twilio

pytestmark = pytest.mark.django_db
DAY = 24 * 60


def reasons(clinic):
    return [row.reason for row in clinic.rows(lead_minutes=DAY)]


def test_a_reminder_goes_out_once_when_it_is_due(texting):
    visit = texting.book()
    texting.before(visit, hours=24, minutes=1)
    assert texting.work() == [Outcome.NOTHING, Outcome.NOTHING]

    texting.before(visit, hours=24)
    assert sorted(texting.work()) == [Outcome.HANDED, Outcome.NOTHING]
    assert texting.work() == [Outcome.NOTHING, Outcome.NOTHING]
    (message,) = texting.messages()
    assert (message.method, message.recipient, message.purpose) == ("sms", PATIENT, "reminder")
    assert message.content == (
        "North Clinic: Hi Ana, your appointment is on Tuesday 24 November at 10:00. "
        "Reply C to confirm or R to change it."
    )
    assert message.expires_at == visit.starts_at - timedelta(hours=24) + sending.GRACE
    (sent,) = texting.rows(lead_minutes=DAY)
    assert (sent.state, sent.message_id, sent.wake_at) == ("handed", message.pk, None)


def test_the_sandboxes_twilio_gets_it(texting, provider_sandbox):
    texting.before(texting.book(), hours=24)
    texting.work()
    deliver(org=texting.org, message_id=texting.messages()[0].pk)

    (sent,) = texts_at_twilio(provider_sandbox)
    assert (sent["to"], sent["body"][:12]) == (PATIENT, "North Clinic")


@pytest.mark.parametrize(
    ("person", "way"),
    [
        ({"email": MAIL, "opted_out_at": FRIDAY}, "email"),
        ({"email": MAIL, "phone": "+442079460000"}, "email"),
        ({"email": MAIL, "phone": ""}, "email"),
        ({"email": MAIL}, "sms"),
    ],
)
def test_the_way_that_is_open_is_taken(texting, person, way):
    visit = texting.book()
    texting.change(Contact, **person)
    texting.before(visit, hours=24)
    texting.work()
    assert [message.method for message in texting.messages()] == [way]
    assert [row.channel for row in texting.rows(lead_minutes=DAY)] == [way]


def test_a_second_text_within_the_hour_becomes_an_email(texting):
    first, second = (texting.book(TUESDAY_TEN + timedelta(minutes=30 * n), patient_name=f"Child {n}") for n in range(2))
    texting.change(Contact, email=MAIL)
    for visit in (first, second):
        texting.before(visit, hours=24)
        texting.work()
    assert [message.method for message in texting.messages()] == ["sms", "email"]


@pytest.mark.parametrize(
    ("person", "reason"),
    [
        ({"opted_out_at": FRIDAY}, "The patient asked for no more texts. There is no email address."),
        ({"phone": "+442079460000"}, "The number is a landline, which takes no texts. There is no email address."),
        ({"phone": ""}, "There is no phone number. There is no email address."),
    ],
)
def test_who_cannot_be_reached_is_skipped_with_the_reason(texting, person, reason):
    visit = texting.book()
    texting.change(Contact, **person)
    texting.before(visit, hours=24)
    texting.work()
    assert (texting.messages(), reasons(texting)) == ([], [reason])


def test_without_anything_connected_it_says_what_to_connect(clinic):
    clinic.before(clinic.book(), hours=24)
    clinic.work()
    assert "Twilio not configured" in reasons(clinic)[0]


def test_email_first_where_the_clinic_wants_it(texting):
    texting.choose(leads=[{"minutes": DAY, "channel": "email"}])
    visit = texting.book(email=MAIL)
    texting.before(visit, hours=24)
    texting.work()
    (message,) = texting.messages()
    assert (message.method, message.recipient) == ("email", MAIL)
    assert message.subject == "Your appointment at North Clinic on Tuesday 24 November"


def test_an_email_brings_the_visit_as_it_stands(texting, provider_sandbox, do):
    texting.choose(leads=[{"minutes": DAY, "channel": "email"}])
    visit = texting.book(email=MAIL)
    do(move_appointment, move=Move(appointment_id=visit.pk, starts_at=TUESDAY_TEN + timedelta(hours=1)))
    texting.before(texting.visit(visit), hours=24)
    texting.work()
    deliver(org=texting.org, message_id=texting.messages()[0].pk)

    (sent,) = provider_sandbox.requests_to("resend", "POST", "/emails")
    (attached,) = sent["body"]["attachments"]
    assert "appointment.ics" in json.dumps(attached)


@pytest.mark.parametrize(
    ("act", "says", "method"), [("move", "is now on", "REQUEST"), ("cancel", "was cancelled", "CANCEL")]
)
def test_a_calendar_that_was_sent_a_visit_follows_it(texting, do, act, says, method):
    texting.choose(leads=[{"minutes": DAY, "channel": "email"}])
    visit = texting.book(email=MAIL)
    texting.before(visit, hours=24)
    texting.work()
    texting.change(Message, status="delivered", attempt=1)
    if act == "cancel":
        do(cancel_appointment, appointment_id=visit.pk)
    else:
        do(move_appointment, move=Move(appointment_id=visit.pk, starts_at=TUESDAY_TEN + timedelta(hours=1)))
    assert texting.work().count(Outcome.HANDED) == 1
    assert Outcome.HANDED not in texting.work()

    (update,) = texting.messages(purpose="calendar_update")
    assert says in update.content
    with org_scope(texting.org), org_tx():
        _, (attached,) = open_attachments(update)
    (event,) = Calendar.from_ical(attached.content).walk("VEVENT")
    assert (f"METHOD:{method}\r\n" in attached.content, event["sequence"]) == (True, 1)


def test_a_visit_that_is_in_nobodys_calendar_is_told_of_by_nobody(texting, do):
    visit = texting.book(email=MAIL)
    texting.before(visit, hours=24)
    texting.work()  # by SMS
    texting.change(Message, status="delivered", attempt=1)
    do(cancel_appointment, appointment_id=visit.pk)
    texting.work()
    assert [message.method for message in texting.messages()] == ["sms"]


def test_the_invitation_of_an_email_names_both_sides_and_counts_moves(texting, do):
    visit = texting.book(email=MAIL)
    do(move_appointment, move=Move(appointment_id=visit.pk, starts_at=TUESDAY_TEN + timedelta(hours=1)))
    with org_scope(texting.org), org_tx():
        row = Appointment.objects.select_related("contact", "service").get(pk=visit.pk)
        way = sending.ways_to(row.contact, first=sending.ReminderChannel.EMAIL)[0]
        (attached,) = sending.compose(texting.org, row, way).attachments
    (event,) = Calendar.from_ical(attached.content).walk("VEVENT")
    assert (event["organizer"], event["attendee"]) == ("mailto:hello@north.example", f"mailto:{MAIL}")
    assert (event["sequence"], event.start.astimezone(UTC)) == (1, TUESDAY_TEN + timedelta(hours=1))


@pytest.mark.parametrize(("late", "outcome"), [(299, Outcome.HANDED), (301, Outcome.SKIPPED)])
def test_nothing_goes_out_more_than_five_minutes_late(texting, late, outcome):
    visit = texting.book()
    texting.at(visit.starts_at - timedelta(hours=24) + timedelta(seconds=late))
    assert outcome in texting.work()
    assert reasons(texting) == ["" if outcome is Outcome.HANDED else sending.MISSED]


def test_a_visit_that_waits_for_the_team_is_not_reminded_of(texting):
    visit = texting.book(needs_approval=True)
    texting.before(visit, hours=24)
    texting.work()
    assert reasons(texting) == [sending.UNCONFIRMED]


@pytest.mark.parametrize("changed", [{"status": "cancelled"}, {"starts_at": TUESDAY_TEN + timedelta(minutes=15)}])
def test_what_changed_behind_our_back_is_seen_at_the_last_moment(texting, changed):
    visit = texting.book()
    texting.change(Appointment, **changed)
    texting.before(visit, hours=24)
    texting.work()
    assert texting.messages() == []
    assert reasons(texting) == [sending.CANCELLED if "status" in changed else sending.MOVED]


def test_a_lead_that_was_switched_off_is_not_sent_even_before_plans_follow(texting):
    visit = texting.book()
    texting.choose(leads=[])
    texting.before(visit, hours=24)
    texting.work()
    assert reasons(texting) == [sending.OFF]


@pytest.mark.parametrize("act", ["cancel", "move"])
def test_what_waits_to_be_sent_is_taken_back(texting, do, act):
    visit = texting.book()
    texting.before(visit, hours=24)
    texting.work()
    if act == "cancel":
        do(cancel_appointment, appointment_id=visit.pk)
    else:
        do(move_appointment, move=Move(appointment_id=visit.pk, starts_at=TUESDAY_TEN + timedelta(days=1)))

    (message,) = texting.messages()
    assert (message.status, message.error, message.due_at) == ("failed", WITHDRAWN, None)
    assert [(row.state, row.reason) for row in texting.rows(starts_at=TUESDAY_TEN)] == [("skipped", WITHDRAWN)]
    deliver(org=texting.org, message_id=message.pk)
    assert texting.messages()[0].sent_at is None


def test_what_a_worker_has_begun_to_send_is_left_alone(texting, do):
    visit = texting.book()
    texting.before(visit, hours=24)
    texting.work()
    texting.change(Message, status="sending", attempt=1)
    do(cancel_appointment, appointment_id=visit.pk)
    assert [row.state for row in texting.rows()] == ["handed"]


def test_a_confirmation_goes_out_at_once_where_the_clinic_wants_one(texting):
    texting.choose(confirmation="sms", leads=[])
    texting.at(datetime(2026, 11, 20, 23, 30, tzinfo=UTC))  # quiet hours do not concern who is booking now
    visit = texting.book()
    assert texting.work() == [Outcome.HANDED]
    (message,) = texting.messages()
    assert message.content.startswith("North Clinic: Hi Ana, you are booked on Tuesday 24 November at 10:00.")
    assert texting.visit(visit).confirmation_sent


@pytest.mark.parametrize(
    ("status", "state", "reason"),
    [
        ("delivered", "sent", ""),
        ("failed", "failed", "Twilio said no."),
        ("undelivered", "failed", "Twilio said no."),
        ("unknown", "unknown", "We could not find out whether it was sent. Nothing is sent twice."),
    ],
)
def test_how_a_message_ended_is_told_at_its_reminder(texting, status, state, reason):
    texting.before(texting.book(), hours=24)
    texting.work()
    texting.change(Message, status=status, error="Twilio said no.")
    with org_scope(texting.org), org_tx():
        announce_settled(texting.org, Message.objects.get())
    assert [(row.state, row.reason) for row in texting.rows(lead_minutes=DAY)] == [(state, reason)]


def test_a_sweep_finds_what_is_due_everywhere_and_does_not_pile_up(texting, clock):
    visit = texting.book()
    south = make_org("South Clinic", make_user("south@south.example"))
    with org_scope(south), org_tx():
        book(south, TUESDAY_TEN, phone=PATIENT)
    texting.before(visit, hours=24)

    assert {org_id for org_id, _ in claim_due()} == {texting.org.pk, south.pk}
    assert claim_due() == []
    clock.shift(timedelta(seconds=61))
    assert len(claim_due()) == 2


def test_a_sweep_over_many_idle_clinics_is_one_query(texting):
    texting.book()
    with CaptureQueriesContext(connection) as asked:
        assert claim_due() == []
    assert len([query for query in asked if "appointment_reminders" in query["sql"]]) == 1


def test_handing_over_costs_the_same_for_the_first_and_the_hundredth(texting):
    visits = [
        texting.book(TUESDAY_TEN + timedelta(minutes=30 * n), patient_name=f"P {n}", phone=f"+4477009001{n:02d}")
        for n in range(4)
    ]
    texting.before(visits[-1], hours=24)
    counts = []
    for row in texting.rows(Reminder, lead_minutes=DAY):
        texting.at(row.due_at)
        with CaptureQueriesContext(connection) as asked:
            hand_over(org=texting.org, reminder_id=row.pk)
        counts.append(len(asked))
    assert len(set(counts[1:])) == 1
    assert counts[1] < 40
