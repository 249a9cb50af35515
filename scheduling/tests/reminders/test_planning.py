"""What is planned follows every change of a visit and of the clinic's choices."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orgs.actors import Actor
from orgs.scope import org_scope, org_tx
from scheduling.changing import Move, cancel_appointment, move_appointment, settle_appointment
from scheduling.models import Appointment, AppointmentStatus, Reminder, ReminderSettings
from scheduling.reminders.choices import read_choices, save_choices
from scheduling.reminders.planning import MOVED_FORWARD, POINTLESS, TOO_LATE, claim_replans, replan
from scheduling.tests.reminders.conftest import FRIDAY, TUESDAY_TEN

pytestmark = pytest.mark.django_db
DAY, TWO_HOURS = 24 * 60, 120


def due(clinic, **filters):
    """Minutes before, and when: of what is still to go out."""
    return sorted((row.lead_minutes, row.due_at) for row in clinic.rows(state="due", **filters))


def save(clinic, **choices):
    with org_scope(clinic.org), org_tx():
        chosen = read_choices(clinic.org)
        for name, value in choices.items():
            setattr(chosen, name, value)
        return save_choices(org=clinic.org, chosen=chosen, actor=Actor.system(clinic.org.pk))


def leads(*minutes):
    return [{"minutes": length, "channel": "sms"} for length in minutes]


def test_a_booking_plans_a_day_and_two_hours_before(clinic):
    clinic.book()
    assert due(clinic) == [
        (TWO_HOURS, TUESDAY_TEN - timedelta(hours=2)),
        (DAY, TUESDAY_TEN - timedelta(hours=24)),
    ]
    assert {row.wake_at == row.due_at for row in clinic.rows()} == {True}


def test_ninety_minutes_ahead_both_are_too_late_and_say_so(clinic):
    clinic.book(FRIDAY + timedelta(hours=3, minutes=30))
    clinic.book(FRIDAY + timedelta(hours=2), patient_name="Ben Okoye")
    assert clinic.states() == [
        (TWO_HOURS, "due", ""),
        (TWO_HOURS, "skipped", TOO_LATE),
        (DAY, "skipped", TOO_LATE),
        (DAY, "skipped", TOO_LATE),
    ]


def test_what_lies_in_quiet_hours_goes_out_the_evening_before(clinic):
    clinic.book(datetime(2026, 11, 24, 9, 30, tzinfo=UTC))
    assert due(clinic) == [
        (TWO_HOURS, datetime(2026, 11, 23, 19, 50, tzinfo=UTC)),
        (DAY, datetime(2026, 11, 23, 9, 30, tzinfo=UTC)),
    ]
    assert {row.reason for row in clinic.rows(lead_minutes=TWO_HOURS)} == {MOVED_FORWARD}


def test_two_that_would_go_out_together_are_one(clinic):
    clinic.choose(leads=leads(12 * 60, TWO_HOURS))
    clinic.book(datetime(2026, 11, 24, 9, 30, tzinfo=UTC))
    assert clinic.states() == [(TWO_HOURS, "skipped", POINTLESS), (12 * 60, "due", MOVED_FORWARD)]


def test_booked_in_the_evening_for_the_morning_nothing_is_sent_at_night(clinic):
    clinic.at(datetime(2026, 11, 23, 20, 30, tzinfo=UTC))
    clinic.book(datetime(2026, 11, 24, 9, tzinfo=UTC))
    assert {state for _, state, _ in clinic.states()} == {"skipped"}


def test_a_move_plans_anew_and_forgets_what_was_answered(clinic, do):
    visit = clinic.book()
    clinic.change(Appointment, attendance_confirmed_at=FRIDAY)
    later = TUESDAY_TEN + timedelta(days=1)
    do(move_appointment, move=Move(appointment_id=visit.pk, starts_at=later))

    assert due(clinic) == [(TWO_HOURS, later - timedelta(hours=2)), (DAY, later - timedelta(hours=24))]
    assert len(clinic.rows()) == 2
    moved = clinic.visit(visit)
    assert (moved.attendance_confirmed_at, moved.revision) == (None, 1)


def test_there_and_back_again_never_reminds_twice_of_the_same_time(clinic, do):
    visit = clinic.book()
    clinic.change(Reminder, {"lead_minutes": DAY}, state="sent", wake_at=None)
    for start in (TUESDAY_TEN + timedelta(days=1), TUESDAY_TEN):
        do(move_appointment, move=Move(appointment_id=visit.pk, starts_at=start))

    assert due(clinic) == [(TWO_HOURS, TUESDAY_TEN - timedelta(hours=2))]
    assert len(clinic.rows(lead_minutes=DAY, starts_at=TUESDAY_TEN)) == 1


@pytest.mark.parametrize("status", ["cancelled", "completed", "no_show"])
def test_what_will_not_be_is_not_reminded_of(clinic, do, status):
    visit = clinic.book()
    if status == "cancelled":
        do(cancel_appointment, appointment_id=visit.pk)
    else:
        do(settle_appointment, appointment_id=visit.pk, status=AppointmentStatus(status))
    assert clinic.rows() == []
    assert clinic.visit(visit).revision == (1 if status == "cancelled" else 0)


def test_new_choices_reach_what_is_planned(clinic):
    for hour in (10, 11, 12):
        clinic.book(TUESDAY_TEN.replace(hour=hour), patient_name=f"Patient {hour}")
    clinic.change(Reminder, {"starts_at": TUESDAY_TEN, "lead_minutes": DAY}, state="sent", wake_at=None)
    assert save(clinic, leads=leads(DAY, 4 * 60), quiet_until=time(7)) == ["leads", "quiet_until"]

    assert replan(org=clinic.org) == 3
    assert sorted({row.lead_minutes for row in clinic.rows(state="due")}) == [4 * 60, DAY]
    assert len(clinic.rows(state="due")) == 5  # of the first visit one had gone out already
    assert replan(org=clinic.org) == 3  # a second look, for bookings that were under way
    assert len(clinic.rows()) == 6


def test_planning_goes_on_after_a_crash_and_ends(clinic):
    clinic.book()
    save(clinic, leads=leads(60))
    assert clinic.rows(ReminderSettings)[0].replan_at is not None

    assert claim_replans() == [clinic.org.pk]
    assert claim_replans() == []  # somebody is at it
    replan(org=clinic.org)
    clinic.at(FRIDAY + timedelta(seconds=61))
    assert claim_replans() == [clinic.org.pk]
    replan(org=clinic.org)
    assert clinic.rows(ReminderSettings)[0].replan_at is None
    assert replan(org=clinic.org) == 0
    assert [minutes for minutes, _ in due(clinic)] == [60]


def test_choosing_the_same_again_changes_nothing(clinic):
    assert save(clinic) == []
    assert clinic.rows(ReminderSettings) == []
    assert save(clinic, leads=leads(DAY)) == ["leads"]
    assert save(clinic, leads=leads(DAY)) == []
    assert save(clinic, sms_text="See you on {date}") == ["sms_text"]
    assert len(clinic.rows(ReminderSettings)) == 1


def test_following_a_change_costs_the_same_however_much_is_planned(clinic, do):
    def queries_to_move(visit, start):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            do(move_appointment, move=Move(appointment_id=visit.pk, starts_at=start))
        return len([query for query in asked if "reminder" in query["sql"]])

    one = queries_to_move(clinic.book(), TUESDAY_TEN + timedelta(days=1))
    clinic.choose(leads=leads(60, 120, 180, 240, 300, DAY, 2 * DAY))
    many = queries_to_move(clinic.book(patient_name="Ben"), TUESDAY_TEN + timedelta(days=1, hours=1))
    assert (one, many) == (5, 5)
