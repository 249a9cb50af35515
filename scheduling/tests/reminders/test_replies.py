"""What a patient texts back is done, answered and shown, or left to people."""

from datetime import timedelta

import pytest

from contacts.models import StaffTask
from orgs.actors import Actor
from orgs.scope import org_scope, org_tx
from scheduling.changing import Move, cancel_appointment, move_appointment, settle_appointment
from scheduling.models import Appointment, AppointmentStatus, Reminder
from scheduling.reminders.change_requests import settle_change_request
from scheduling.tests.reminders.conftest import TUESDAY_TEN
from telephony.messaging.events import offer_inbound
from telephony.messaging.opt_outs import opt_out
from telephony.models import Direction, Message, OptOutSource
from telephony.tests.hooks import text_in
from telephony.tests.texting import PATIENT

pytestmark = pytest.mark.django_db
CHANGE = "Thank you. North Clinic will be in touch to find another time."


@pytest.fixture
def asked(texting) -> Appointment:
    """Ana was reminded a day before."""
    visit = texting.book()
    texting.before(visit, hours=24)
    texting.work()
    return visit


@pytest.fixture
def says(texting):
    """`says("c")`: a text from Ana's number comes in; whether a handler took it."""
    count = iter(range(100))

    def receive(text: str, number: str = PATIENT) -> bool:
        texting.clock.shift(timedelta(seconds=1))
        with org_scope(texting.org), org_tx():
            message = Message.objects.create(
                direction=Direction.INBOUND, method="sms", recipient=number, content=text, status="received",
                idempotency_key=f"in-{next(count)}",
            )  # fmt: skip
            return offer_inbound(texting.org, message)

    return receive


def replies(clinic) -> list[str]:
    return [message.content for message in clinic.messages(purpose="reply")]


def test_c_notes_that_the_patient_comes_and_says_thank_you(texting, asked, says):
    assert says("C")
    assert texting.visit(asked).attendance_confirmed_at is not None
    assert replies(texting) == ["Thank you. North Clinic expects you on Tuesday 24 November at 10 am."]
    (reply,) = texting.messages(purpose="reply")
    assert (reply.in_reply_to_id is not None, reply.recipient) == (True, PATIENT)


def test_a_text_from_twilio_reaches_the_visit(texting, asked):
    assert text_in("c please").status_code == 200
    assert texting.visit(asked).attendance_confirmed_at is not None
    assert len(replies(texting)) == 1


def test_coming_is_no_approval(texting, asked, says):
    texting.change(Appointment, status="pending")
    assert says("yes")
    assert texting.visit(asked).status == "pending"
    assert texting.visit(asked).attendance_confirmed_at is not None


def test_r_tells_the_team_and_the_patient_how_to_reach_it(texting, asked, says):
    texting.org.phone = "+442079460000"
    assert says("R")
    assert texting.visit(asked).change_requested_at is not None
    assert replies(texting) == [f"{CHANGE} Or call us on 020 7946 0000."]
    (task,) = texting.rows(StaffTask)
    assert (task.kind, task.state, task.appointment_id) == ("change_request", "open", asked.pk)


def test_the_last_word_counts(texting, asked, says):
    says("C")
    says("R")
    assert texting.visit(asked).attendance_confirmed_at is None
    says("c please")
    visit = texting.visit(asked)
    assert (visit.change_requested_at, visit.attendance_confirmed_at is not None) == (None, True)
    assert len(texting.rows(StaffTask)) == 1


@pytest.mark.parametrize("text", ["Where do I park?", "no", ""])
def test_everything_else_is_left_to_people(texting, asked, says, text):
    assert not says(text)
    assert replies(texting) == []


def test_nobody_else_answers_for_a_patient(texting, asked, says):
    assert not says("C", number="+447700900999")
    assert texting.visit(asked).attendance_confirmed_at is None


def test_without_a_reminder_a_yes_means_nothing(texting, says):
    texting.book()
    assert not says("Yes")


def test_an_offer_that_was_asked_later_is_what_a_yes_answers(texting, asked, says):
    with org_scope(texting.org), org_tx():
        Message.objects.create(method="sms", recipient=PATIENT, purpose="waitlist_offer", idempotency_key="offer")
        Message.objects.filter(purpose="waitlist_offer").update(created_at=TUESDAY_TEN)
    assert not says("Yes")


@pytest.mark.parametrize("act", ["move", "over"])
def test_an_answer_about_a_time_that_is_no_more_is_left_to_people(texting, asked, says, do, act):
    if act == "move":
        texting.change(Message, status="sent", attempt=1)
        do(move_appointment, move=Move(appointment_id=asked.pk, starts_at=TUESDAY_TEN + timedelta(hours=2)))
    else:
        texting.at(TUESDAY_TEN)
    assert not says("C")


def test_a_cancelled_visit_is_said_to_be_cancelled(texting, asked, says, do):
    texting.change(Message, status="sent", attempt=1)
    do(cancel_appointment, appointment_id=asked.pk)
    assert says("C")
    assert replies(texting) == ["Your appointment on Tuesday 24 November at 10 am was cancelled."]


def test_who_wants_no_texts_is_heard_and_not_answered(texting, asked, says):
    with org_scope(texting.org), org_tx():
        opt_out(org=texting.org, number=PATIENT, source=OptOutSource.STAFF, actor=Actor.system(texting.org.pk))
    assert says("C")
    assert texting.visit(asked).attendance_confirmed_at is not None
    assert replies(texting) == []


@pytest.mark.parametrize("act", ["move", "cancel", "settle", "no_show"])
def test_a_wish_is_done_with_once_somebody_saw_to_it(texting, asked, says, do, act):
    says("R")
    if act == "move":
        do(move_appointment, move=Move(appointment_id=asked.pk, starts_at=TUESDAY_TEN + timedelta(hours=2)))
    elif act == "cancel":
        do(cancel_appointment, appointment_id=asked.pk)
    elif act == "no_show":
        do(settle_appointment, appointment_id=asked.pk, status=AppointmentStatus.NO_SHOW)
    else:
        do(settle_change_request, appointment_id=asked.pk)
        do(settle_change_request, appointment_id=asked.pk)
    assert texting.visit(asked).change_requested_at is None or act == "no_show"
    assert [task.state for task in texting.rows(StaffTask)] == ["done"]


def test_a_reminder_that_was_sent_by_hand_is_answered_alike(texting, asked, says):
    texting.change(Reminder, {"state": "handed"}, kind="by_hand")
    assert says("👍")
    assert texting.visit(asked).attendance_confirmed_at is not None
