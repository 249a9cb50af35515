"""What people answer, and what comes of it: booked once, passed on, or told kindly."""

from datetime import timedelta

import pytest

from contacts.models import Service
from orgs.actors import Actor
from orgs.models import AuditEntry
from orgs.scope import org_scope, org_tx
from scheduling.models import Appointment, AppointmentStatus, OpeningState, SchedulingSettings, WaitlistOffer
from scheduling.tests.waitlist.conftest import ANA, BEN, TEN
from scheduling.waitlist.answering import Answer, read_answer
from scheduling.waitlist.joining import take_off
from scheduling.waitlist.selectors import recovered_this_month
from telephony.models import Message

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(clinic):
    """Ana and Ben wait, and Ana has been asked."""
    clinic.wait()
    clinic.wait("Ben Okoye", BEN)
    clinic.free()
    return clinic


def standing(clinic) -> list[tuple[str, str]]:
    found = clinic.rows(Appointment)
    return [(row.patient_name, row.status) for row in found if row.status != AppointmentStatus.CANCELLED]


def test_a_yes_books_and_is_told_and_counted(asked):
    assert asked.says(ANA, "Yes please!")
    [booked] = [row for row in asked.rows(Appointment) if row.status == AppointmentStatus.CONFIRMED]
    assert (booked.patient_name, booked.starts_at, booked.source) == ("Ana Reyes", TEN, "ai_call")
    assert asked.texts(ANA)[-1] == (
        f"You are booked: Botox on Tuesday 24 November at 10 am. Your reference is {booked.reference}. See you then."
    )
    [offer] = asked.rows(WaitlistOffer)
    assert (offer.state, offer.appointment_id, offer.currency) == ("taken", booked.pk, "GBP")
    assert (asked.states()["Ana Reyes"], asked.opening().state) == ("booked", OpeningState.FILLED)
    price = asked.service().price_minor
    with org_scope(asked.org), org_tx():
        recovered = recovered_this_month(org=asked.org)
    assert (recovered.count, recovered.value_minor, recovered.currency) == (1, price, "GBP")


def test_what_was_recovered_and_cancelled_again_does_not_count(asked):
    asked.says(ANA, "yes")
    [booked] = [row for row in asked.rows(Appointment) if row.status == AppointmentStatus.CONFIRMED]
    asked.cancel(booked)
    with org_scope(asked.org), org_tx():
        assert recovered_this_month(org=asked.org).count == 0


def test_yes_said_twice_is_one_visit_and_said_back_twice(asked):
    assert asked.says(ANA, "yes")
    assert asked.says(ANA, "YES")
    assert standing(asked) == [("Ana Reyes", "confirmed")]
    assert asked.texts(ANA)[-1] == asked.texts(ANA)[-2]
    assert len(asked.rows(AuditEntry, action="waitlist.taken")) == 1


def test_a_no_keeps_them_waiting_and_asks_the_next(asked):
    assert asked.says(ANA, "no thanks")
    asked.work()
    assert asked.offers() == [("Ana Reyes", "declined"), ("Ben Okoye", "open")]
    assert asked.states()["Ana Reyes"] == "waiting"
    assert "You stay on our waiting list" in asked.texts(ANA)[-1]


def test_leave_takes_them_off_with_everything(asked):
    asked.wait(service=None)
    asked.says(ANA, "no")
    assert asked.says(ANA, "Leave.")
    assert asked.states()["Ana Reyes"] == "left"
    assert asked.texts(ANA)[-1] == "Done, you are off our waiting list."


def test_a_no_can_become_a_yes_while_the_time_is_free(asked):
    asked.says(ANA, "no")
    assert asked.says(ANA, "yes")
    assert standing(asked) == [("Ana Reyes", "confirmed")]


def test_a_yes_to_a_time_that_was_sold_meanwhile_is_answered_kindly(asked):
    asked.visit(name="Eve Fox", phone="+447911000098")
    assert asked.says(ANA, "yes")
    assert standing(asked) == [("Eve Fox", "confirmed")]
    assert asked.texts(ANA)[-1].startswith("Sorry, that time has just gone. You are still on our waiting list")
    assert (asked.states()["Ana Reyes"], asked.offers()) == ("waiting", [("Ana Reyes", "lost")])


def test_a_late_yes_takes_it_while_nobody_else_has(asked, at):
    at("2026-11-20T09:16")
    asked.work()
    assert asked.says(ANA, "yes")
    assert standing(asked) == [("Ana Reyes", "confirmed")]
    assert asked.offers() == [("Ana Reyes", "taken"), ("Ben Okoye", "lost")]
    assert asked.states() == {"Ana Reyes": "booked", "Ben Okoye": "waiting"}
    assert asked.says(BEN, "yes")
    assert asked.texts(BEN)[-1].startswith("Sorry, that time has just gone.")


def test_a_late_yes_after_somebody_elses_is_too_late(asked, at):
    at("2026-11-20T09:16")
    asked.work()
    assert asked.says(BEN, "yes")
    assert asked.says(ANA, "yes")
    assert standing(asked) == [("Ben Okoye", "confirmed")]
    assert asked.texts(ANA)[-1].startswith("Sorry, that time has just gone.")


def test_a_yes_days_later_is_about_something_else(asked, at):
    asked.says(ANA, "no")
    at("2026-11-22T10:00")
    assert not asked.says(ANA, "yes")


def test_a_yes_to_a_later_question_is_not_ours(asked):
    asked.says(ANA, "no")
    with org_scope(asked.org), org_tx():
        Message.objects.create(
            method="sms", recipient=ANA, purpose="reminder", content="Will you come?", idempotency_key="reminder-1"
        )
    assert not asked.says(ANA, "yes")
    assert standing(asked) == []


@pytest.mark.parametrize("text", ["Could I come at eleven instead?", "", "yes but later", "C", "👍"])
def test_anything_else_is_left_to_people(asked, text):
    assert not asked.says(ANA, text)
    assert asked.offers() == [("Ana Reyes", "open")]


def test_a_stranger_and_somebody_who_was_never_asked_are_left_to_others(asked):
    assert not asked.says("+447911000077", "yes")
    assert not asked.says(BEN, "yes")


def test_where_the_team_confirms_bookings_it_says_so(asked):
    with org_scope(asked.org), org_tx():
        SchedulingSettings.objects.update_or_create(defaults={"needs_approval": True})
    asked.says(ANA, "yes")
    assert standing(asked) == [("Ana Reyes", "pending")]
    assert "the team will confirm it" in asked.texts(ANA)[-1]


def test_a_yes_from_somebody_who_was_taken_off_is_answered(asked):
    entry = asked.rows(WaitlistOffer)[0].entry_id
    with org_scope(asked.org):
        take_off(org=asked.org, entry_id=entry, actor=Actor.system(asked.org.pk))
        take_off(org=asked.org, entry_id=entry, actor=Actor.system(asked.org.pk))
    assert asked.says(ANA, "yes")
    assert standing(asked) == []
    assert "no longer stands" in asked.texts(ANA)[-1]
    asked.work()
    assert asked.offers() == [("Ana Reyes", "failed"), ("Ben Okoye", "open")]


def test_a_yes_after_the_own_booking_was_cancelled_again_books_nothing(asked):
    asked.says(ANA, "yes")
    [booked] = [row for row in asked.rows(Appointment) if row.status == AppointmentStatus.CONFIRMED]
    asked.cancel(booked)
    assert asked.says(ANA, "yes")
    assert standing(asked) == []
    assert "no longer stands" in asked.texts(ANA)[-1]


def test_a_price_that_changes_later_does_not_change_what_was_recovered(asked):
    asked.says(ANA, "yes")
    [offer] = asked.rows(WaitlistOffer)
    asked.change(Service, {"name": "Botox"}, price_minor=1)
    assert offer.value_minor != 1
    assert asked.rows(WaitlistOffer)[0].value_minor == offer.value_minor


def test_a_family_waits_under_one_number(clinic):
    clinic.wait("Ana Reyes")
    clinic.wait("Leo Reyes")
    clinic.free()
    clinic.says(ANA, "yes")
    assert clinic.states() == {"Ana Reyes": "booked", "Leo Reyes": "waiting"}


@pytest.mark.parametrize(
    ("text", "answer"),
    [(" YES. ", Answer.YES), ("Yep", Answer.YES), ("No!", Answer.NO), ("leave", Answer.LEAVE), ("yes or no", None)],
)
def test_short_answers_are_read_whatever_their_marks(text, answer):
    assert read_answer(text) is answer


def test_an_offer_is_not_sent_after_it_has_run_out(asked):
    [offer] = asked.rows(WaitlistOffer)
    [message] = asked.rows(Message, recipient=ANA)
    assert message.expires_at == offer.expires_at
    assert offer.expires_at - offer.created_at <= timedelta(minutes=15)
