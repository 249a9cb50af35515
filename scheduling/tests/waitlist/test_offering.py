"""A time becomes free: who is asked, in which order, and when nobody is."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from conftest import make_org, make_user
from contacts.models import Contact
from orgs.actors import Actor
from orgs.models import IntegrationSettings
from orgs.scope import org_scope, org_tx
from scheduling.availability import find_slots
from scheduling.changing import Move, move_appointment
from scheduling.models import (
    OpeningEnd,
    OpeningState,
    Practitioner,
    WaitlistEntry,
    WaitlistOffer,
    WaitlistOpening,
    WantedPart,
)
from scheduling.tests.factories import make_practitioner
from scheduling.tests.waitlist.conftest import ANA, BEN, CAI, TEN, TUESDAY, WaitingClinic
from scheduling.waitlist.errors import NotOfferable, NotWaiting
from scheduling.waitlist.offering import Step, offer_by_hand
from scheduling.waitlist.sweeping import claim_due, expire_entries
from telephony.messaging.errors import OptedOut
from telephony.messaging.events import announce_settled
from telephony.models import Message, MessageStatus

pytestmark = pytest.mark.django_db


def test_a_cancelled_time_is_offered_to_whoever_waits_for_it(clinic):
    clinic.wait()
    clinic.free()
    [text] = clinic.texts(ANA)
    assert text == (
        "North Clinic: Botox on Tuesday 24 November at 10 am has become free. "
        "Reply YES within 15 minutes to take it, or NO to pass."
    )
    assert clinic.states() == {"Ana Reyes": "offered"}
    assert clinic.opening().due_at == clinic.rows(WaitlistOffer)[0].expires_at


def test_nothing_happens_where_nobody_waits_for_that_day(clinic):
    clinic.wait(first_day=TUESDAY + timedelta(days=1), last_day=TUESDAY + timedelta(days=2))
    clinic.cancel(clinic.visit())
    assert clinic.rows(WaitlistOpening) == []


def test_a_time_that_somebody_moves_away_from_is_offered_too(clinic):
    clinic.wait()
    visit = clinic.visit()
    move = Move(appointment_id=visit.pk, starts_at=TEN + timedelta(hours=4))
    with org_scope(clinic.org):
        move_appointment(org=clinic.org, move=move, actor=Actor.system(clinic.org.pk))
    clinic.work()
    [offer] = clinic.rows(WaitlistOffer)
    assert offer.starts_at == TEN


def test_whoever_gave_the_time_back_is_not_asked_about_it(clinic):
    clinic.wait("Dee Diaz", "+447911000099", part_of_day=WantedPart.MORNING)
    visit = clinic.visit(TEN + timedelta(hours=4))
    clinic.wait("Ben Okoye", BEN)
    clinic.cancel(visit)
    clinic.work()
    assert clinic.offers() == [("Ben Okoye", "open")]


def test_they_are_asked_in_turn_for_fifteen_minutes_each(clinic, at):
    clinic.wait("Ben Okoye", BEN, service=None)
    clinic.wait()
    clinic.free()
    assert clinic.work() == Step.WAITS
    assert clinic.offers() == [("Ana Reyes", "open")]
    at("2026-11-20T09:16")
    assert clinic.work() == Step.OFFERED
    assert clinic.offers() == [("Ana Reyes", "passed"), ("Ben Okoye", "open")]
    assert clinic.states() == {"Ben Okoye": "offered", "Ana Reyes": "waiting"}
    at("2026-11-20T09:32")
    assert clinic.work() == Step.CLOSED
    assert clinic.opening().end_reason == OpeningEnd.NOBODY


def test_nobody_is_disturbed_in_quiet_hours(clinic, at):
    clinic.wait()
    at("2026-11-23T20:30")
    clinic.free()
    assert clinic.offers() == []
    assert clinic.opening().due_at == datetime(2026, 11, 24, 8, tzinfo=UTC)
    clinic.change(IntegrationSettings, quiet_hours_start="00:00", quiet_hours_end="00:00")
    assert clinic.work() == Step.OFFERED


def test_nobody_is_asked_about_a_time_that_is_too_near(clinic, at):
    clinic.wait()
    visit = clinic.visit()
    at("2026-11-24T09:20")
    clinic.cancel(visit)
    assert clinic.work() == Step.CLOSED
    assert (clinic.offers(), clinic.opening().end_reason) == ([], OpeningEnd.TOO_NEAR)


def test_a_time_that_somebody_else_has_taken_is_offered_to_nobody(clinic):
    clinic.wait()
    clinic.cancel(clinic.visit())
    clinic.visit(name="Eve Fox", phone="+447911000098")
    assert clinic.work() == Step.CLOSED
    assert (clinic.offers(), clinic.opening().end_reason) == ([], OpeningEnd.TAKEN)


@pytest.mark.parametrize(
    ("facts", "problem"),
    [
        ({"phone": ""}, "We have no number of theirs."),
        ({"phone": "+442079460000"}, "Their number cannot receive texts."),
        ({"opted_out_at": datetime(2026, 11, 1, tzinfo=UTC)}, "They asked for no more messages."),
        ({"blocked_at": datetime(2026, 11, 1, tzinfo=UTC)}, "They are blocked."),
    ],
)
def test_who_cannot_be_texted_is_passed_over_and_the_trail_says_why(clinic, facts, problem):
    clinic.wait()
    clinic.wait("Ben Okoye", BEN)
    clinic.change(Contact, {"phone": ANA}, **facts)
    clinic.free()
    assert clinic.offers() == [("Ana Reyes", "failed"), ("Ben Okoye", "open")]
    assert clinic.rows(WaitlistOffer)[0].problem == problem
    assert clinic.states()["Ana Reyes"] == "waiting"


def test_who_was_texted_within_the_hour_is_passed_over(clinic, at):
    clinic.wait()
    clinic.wait("Ben Okoye", BEN)
    clinic.free()
    clinic.says(ANA, "no")
    clinic.work()
    clinic.free(TEN + timedelta(hours=2))
    problems = {row.problem for row in clinic.rows(WaitlistOffer, state="failed")}
    assert problems == {"This person had an automatic text less than an hour ago."}
    assert len(clinic.texts(BEN)) == 1


def test_without_twilio_nobody_is_asked_and_the_trail_says_so(north, at):
    clinic = WaitingClinic(north)
    clinic.wait()
    clinic.free()
    assert (clinic.offers(), clinic.opening().end_reason) == ([], OpeningEnd.NOT_CONNECTED)


def test_a_text_that_reaches_nobody_goes_to_the_next(clinic):
    clinic.wait()
    clinic.wait("Ben Okoye", BEN)
    clinic.free()
    with org_scope(clinic.org), org_tx():
        message = Message.objects.get(recipient=ANA)
        message.status, message.error = MessageStatus.UNDELIVERED, "The phone is off."
        announce_settled(clinic.org, message)
    clinic.work()
    assert clinic.offers() == [("Ana Reyes", "failed"), ("Ben Okoye", "open")]
    assert clinic.rows(WaitlistOffer)[0].problem == "The phone is off."


def test_nobody_has_two_open_offers(clinic):
    clinic.wait()
    clinic.wait(service=None)
    clinic.wait("Ben Okoye", BEN)
    clinic.free()
    clinic.free(TEN + timedelta(hours=2))
    assert clinic.offers() == [("Ana Reyes", "open"), ("Ben Okoye", "open")]


def test_another_practitioners_time_is_for_whoever_may_see_them(clinic):
    with org_scope(clinic.org), org_tx():
        first = Practitioner.objects.get()
        second = make_practitioner(name="Dr Okoye")
    clinic.wait(practitioner=second)
    clinic.wait("Ben Okoye", BEN, practitioner=first)
    clinic.cancel(clinic.visit(practitioner=second))
    clinic.work()
    assert clinic.offers() == [("Ana Reyes", "open")]
    assert "with Dr Okoye" in clinic.texts(ANA)[0]


def test_only_the_part_of_the_day_that_was_asked_for(clinic):
    clinic.wait(part_of_day=WantedPart.AFTERNOON)
    clinic.cancel(clinic.visit())
    assert clinic.work() == Step.CLOSED
    assert clinic.offers() == []


def test_whoever_booked_what_they_waited_for_waits_no_more(clinic):
    clinic.wait()
    clinic.wait("Ben Okoye", BEN)
    clinic.visit(TEN, "Ana Reyes", phone=ANA)
    clinic.visit(TEN + timedelta(days=1), "Ben Okoye", phone=BEN)
    assert clinic.states() == {"Ana Reyes": "booked", "Ben Okoye": "waiting"}


def test_a_colleague_asks_one_person_about_a_time_of_their_choice(clinic, at):
    entry = clinic.wait()
    clinic.wait("Ben Okoye", BEN)
    with org_scope(clinic.org), org_tx():
        slot = find_slots(org=clinic.org, first_day=TUESDAY, last_day=TUESDAY, service=entry.service)[3]
        offer_by_hand(org=clinic.org, entry_id=entry.pk, slot=slot, actor=Actor.system(clinic.org.pk))
        with pytest.raises(NotWaiting):
            offer_by_hand(org=clinic.org, entry_id=entry.pk, slot=slot, actor=Actor.system(clinic.org.pk))
    assert len(clinic.texts(ANA)) == 1
    at("2026-11-20T09:16")
    assert clinic.work() == Step.CLOSED
    assert clinic.offers() == [("Ana Reyes", "passed")]


def test_a_time_is_offered_by_hand_to_one_at_a_time_and_only_who_may_be_texted(clinic):
    ana, ben = clinic.wait(), clinic.wait("Ben Okoye", BEN)
    clinic.free()
    clinic.change(Contact, {"phone": BEN}, opted_out_at=datetime(2026, 11, 1, tzinfo=UTC))
    with org_scope(clinic.org), org_tx():
        slots = find_slots(org=clinic.org, first_day=TUESDAY, last_day=TUESDAY, service=ana.service, limit=None)
        taken = next(slot for slot in slots if slot.starts_at == TEN)
        for slot, refusal in ((taken, NotOfferable), (slots[0], OptedOut)):
            with pytest.raises(refusal), org_tx():
                offer_by_hand(org=clinic.org, entry_id=ben.pk, slot=slot, actor=Actor.system(clinic.org.pk))
    assert len(clinic.rows(WaitlistOpening)) == 1


def test_the_sweeper_finds_what_is_due_and_ends_what_is_over(clinic, at):
    clinic.wait()
    clinic.wait("Cai Lee", CAI, first_day=date(2026, 11, 21), last_day=date(2026, 11, 21))
    clinic.cancel(clinic.visit())
    [opening] = clinic.rows(WaitlistOpening)
    assert claim_due() == [(clinic.org.pk, opening.pk)]
    assert claim_due() == []
    assert expire_entries() == 0
    at("2026-11-22T00:01")
    assert claim_due() == [(clinic.org.pk, opening.pk)]
    assert expire_entries() == 1
    assert clinic.states() == {"Ana Reyes": "waiting", "Cai Lee": "expired"}


@pytest.mark.parametrize(
    ("zone", "day", "ends"),
    [
        ("Europe/London", date(2026, 3, 29), "2026-03-29T23:00+00:00"),
        ("Europe/London", date(2026, 10, 25), "2026-10-26T00:00+00:00"),
        ("America/New_York", date(2026, 11, 1), "2026-11-02T05:00+00:00"),
        ("Australia/Sydney", date(2026, 10, 4), "2026-10-04T13:00+00:00"),
    ],
)
def test_a_days_wait_ends_with_the_clinics_own_day(db, at, zone, day, ends):
    at("2026-02-01T09:00" if day.month < 6 else "2026-09-01T09:00")
    there = WaitingClinic(make_org("Far Clinic", make_user("owner@far.example"), timezone=zone))
    assert there.wait(first_day=day, last_day=day).expires_at == datetime.fromisoformat(ends)


def test_a_step_asks_the_same_number_of_questions_however_many_wait(clinic):
    counts = []
    for hour, people in ((10, 1), (12, 12)):
        for number in range(people):
            clinic.wait(f"Patient {hour} {number}", f"+4479110{hour}{number:03d}")
        clinic.cancel(clinic.visit(TEN.replace(hour=hour)))
        with CaptureQueriesContext(connection) as asked:
            assert clinic.work() == Step.OFFERED
        counts.append(len(asked))
        clinic.change(WaitlistOpening, state=OpeningState.CLOSED, due_at=None)
        clinic.change(WaitlistOffer, state="passed")
        clinic.change(WaitlistEntry, state="left")
    assert counts[0] == counts[1]
