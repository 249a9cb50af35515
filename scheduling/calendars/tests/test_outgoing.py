"""Appointments in the clinic's calendar: what it shows follows what we have."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connections

from credentials import connections as credential_connections
from credentials.tests.calendar_clinic import connect_calendar
from credentials.types import Provider
from orgs.actors import Actor
from orgs.scope import org_scope
from scheduling.calendars.mirror import assign_practitioner
from scheduling.calendars.outgoing import write_due
from scheduling.calendars.tests.two_sides import TwoSides
from scheduling.calendars.wanting import want_all
from scheduling.calendars.writing_tasks import sweep_calendar_events
from scheduling.models import Appointment, CalendarBusyBlock, CalendarConnection, CalendarEvent, EventState
from scheduling.tests.factories import make_appointment, make_practitioner
from voxanne.clock import now

pytestmark = pytest.mark.django_db(transaction=True)
BOTH = (Provider.GOOGLE_CALENDAR, Provider.OUTLOOK_CALENDAR)


@pytest.fixture(params=BOTH, ids=["google", "outlook"])
def sides(request, north, sandbox):
    return TwoSides(north, request.param, sandbox)


def test_a_booking_appears_in_the_calendar_with_no_more_than_the_day_needs(sides):
    row = sides.book(sides.at(10), phone="+447700900123", notes="Allergic to latex")
    assert sides.fresh(row).calendar_sync_state == "pending"
    sides.write()

    (event,) = sides.calendar()
    row = sides.fresh(row)
    assert (event.starts_at, event.ends_at) == (row.starts_at, row.ends_at)
    assert event.title == "Appointment: Ana Reyes"
    assert row.reference in event.text
    assert event.text.endswith(f"/dashboard/appointments/{row.pk}")
    assert "7700900" not in str(event.body)
    assert "latex" not in str(event.body)
    assert (row.calendar_sync_state, row.calendar_event_id) == ("synced", event.event_id[:255])


def test_nothing_is_written_twice_for_one_change(sides):
    sides.book(sides.at(10))
    for _ in range(3):
        sides.write()

    assert len(sides.writes()) == 1


def test_a_move_and_a_cancellation_follow(sides):
    row = sides.book(sides.at(10))
    sides.write()
    sides.move(row, sides.at(14))
    sides.write()
    (moved,) = sides.calendar()
    sides.cancel(row)
    sides.write()

    assert moved.starts_at == sides.at(14)
    assert sides.calendar() == []
    assert sides.fresh(row).calendar_sync_state == "none"


def test_changes_before_the_first_write_come_to_one_event(sides):
    row = sides.book(sides.at(10))
    sides.move(row, sides.at(11))
    sides.move(row, sides.at(12))
    sides.write()

    assert [event.starts_at for event in sides.calendar()] == [sides.at(12)]
    assert len(sides.writes()) == 1


def test_what_was_cancelled_before_it_was_written_never_appears(sides):
    row = sides.book(sides.at(10))
    sides.cancel(row)
    sides.write()

    assert sides.writes() == []


def test_a_request_is_tentative_until_it_is_confirmed(sides):
    from scheduling.changing import confirm_appointment

    row = sides.book(sides.at(10), needs_approval=True)
    sides.write()
    (before,) = sides.calendar()
    with sides.ours():
        confirm_appointment(org=sides.org, appointment_id=row.pk, actor=Actor.system(sides.org.pk))
    sides.write()
    (after,) = sides.calendar()

    tentative = {before.body.get("status"), before.body.get("showAs")}
    assert "tentative" in tentative
    assert before.title.endswith("(to be confirmed)")
    assert after.title == "Appointment: Ana Reyes"
    assert "tentative" not in {after.body.get("status"), after.body.get("showAs")}


def test_a_held_slot_never_leaves_the_house(sides):
    with sides.ours():
        make_appointment(sides.at(10), status="held", held_until=now() + timedelta(minutes=2))

    assert sides.writes() == []
    with sides.ours():
        assert not CalendarEvent.objects.exists()


@pytest.mark.parametrize("fault", [{"timeout_rate": 0, "drop_rate": 1}, {"status": 503}, {"status": 429}])
@pytest.mark.parametrize("after_work", [True, False])
def test_a_lost_answer_makes_no_second_event(sides, fault, after_work):
    row = sides.book(sides.at(10))
    sides.sandbox.spoil(provider=sides.path, after_work=after_work, times=1, **fault)
    sides.write()
    assert sides.fresh(row).calendar_sync_state == "pending"
    sides.write()

    assert len(sides.calendar()) == 1
    assert sides.fresh(row).calendar_sync_state == "synced"


def test_a_move_whose_answer_was_lost_is_not_taken_for_somebody_elses(sides):
    row = sides.book(sides.at(10))
    sides.write()
    sides.move(row, sides.at(11))
    sides.sandbox.spoil(provider=sides.path, after_work=True, drop_rate=1, times=1)
    sides.write()
    sides.move(row, sides.at(12))
    sides.write()

    assert sides.fresh(row).starts_at == sides.at(12)
    assert [event.starts_at for event in sides.calendar()] == [sides.at(12)]


def test_trouble_is_shown_when_it_lasts_and_goes_by_itself(sides):
    row = sides.book(sides.at(10))
    sides.sandbox.spoil(provider=sides.path, status=503)
    for _ in range(5):
        sides.write()
    failed = sides.fresh(row).calendar_sync_state, sides.row(row).error
    sides.sandbox.heal(provider=sides.path)
    sides.write()

    assert failed[0] == "failed"
    assert "could not be reached" in failed[1]
    assert sides.fresh(row).calendar_sync_state == "synced"
    assert sides.row(row).error == ""


def test_trouble_with_one_is_not_tried_on_all(sides):
    for hour in range(9, 15):
        sides.book(sides.at(hour))
    sides.sandbox.spoil(provider=sides.path, status=429)
    sides.write()

    assert len(sides.writes()) == 1


def test_an_ended_grant_waits_for_the_new_one(sides):
    row = sides.book(sides.at(10))
    sides.sandbox.control("POST", f"/{sides.path}/revoke", {"email": "reception@north.example"})
    sides.write()
    paused = sides.row(row)
    asked = len(sides.sandbox.requests_to(sides.path))
    sides.write()

    assert (paused.state, paused.due_at) == (EventState.FAILED, None)
    assert len(sides.sandbox.requests_to(sides.path)) == asked
    connect_calendar(sides.org, sides.provider)
    sides.write()
    assert sides.fresh(row).calendar_sync_state == "synced"


def test_a_calendar_connected_later_gets_what_is_to_come(north, sandbox):
    sides = TwoSides(north, Provider.GOOGLE_CALENDAR, sandbox, connected=False)
    rows = [sides.book(sides.at(hour)) for hour in range(9, 15)]
    sides.cancel(rows[0])
    with sides.ours():
        make_appointment(now() - timedelta(days=2))
    connect_calendar(north)
    sides.write()

    assert [event.starts_at for event in sides.calendar()] == [sides.at(hour) for hour in range(10, 15)]


def test_disconnecting_leaves_the_events_and_connecting_again_doubles_none(sides):
    rows = [sides.book(sides.at(hour)) for hour in (9, 10, 11)]
    sides.write()
    before = {event.event_id for event in sides.calendar()}
    credential_connections.disconnect(org=sides.org, provider=sides.provider, actor=Actor.system(sides.org.pk))
    with sides.ours():
        assert not CalendarEvent.objects.exists()
    left = {event.event_id for event in sides.calendar()}
    state = sides.fresh(rows[0]).calendar_sync_state
    sides.move(rows[0], sides.at(15))
    connect_calendar(sides.org, sides.provider)
    sides.write()

    assert left == before
    assert state == "none"
    assert {event.event_id for event in sides.calendar()} == before
    assert sides.event_of(rows[0]).starts_at == sides.at(15)


def test_saving_the_credential_again_doubles_and_cancels_nothing(sides):
    row = sides.book(sides.at(10))
    sides.write()
    connect_calendar(sides.org, sides.provider)
    sides.write()

    assert len(sides.calendar()) == 1
    assert sides.fresh(row).status == "confirmed"


def test_a_practitioners_calendar_shows_their_appointments_alone(sides):
    with sides.ours():
        mine, other = make_practitioner(name="Dr Mine"), make_practitioner(name="Dr Other")
        CalendarConnection.objects.update(practitioner=mine)
    own = sides.book(sides.at(10), practitioner=mine)
    sides.book(sides.at(11), practitioner=other)
    sides.write()
    shown = [event.appointment_id for event in sides.calendar()]
    sides.move(own, sides.at(10), practitioner=other)
    sides.write()
    gone = sides.calendar()
    sides.move(own, sides.at(10), practitioner=mine)
    sides.write()

    assert shown == [str(own.pk)]
    assert gone == []
    assert len(sides.calendar()) == 1
    assert sides.fresh(own).status == "confirmed"


def test_saying_whose_diary_a_calendar_is_changes_what_it_shows(sides):
    with sides.ours():
        mine, other = make_practitioner(name="Dr Mine"), make_practitioner(name="Dr Other")
    own, theirs = (sides.book(sides.at(10), practitioner=one) for one in (mine, other))
    sides.write()
    for practitioner, shown in ((mine, [own]), (other, [theirs]), (None, [own, theirs])):
        with sides.ours():
            connection = CalendarConnection.objects.get()
            assign_practitioner(connection, practitioner.pk if practitioner else None)
            want_all(sides.org, connection)
        sides.write()
        assert {event.appointment_id for event in sides.calendar()} == {str(row.pk) for row in shown}
    assert {sides.fresh(row).status for row in (own, theirs)} == {"confirmed"}


def test_an_event_that_blocked_before_we_knew_it_as_ours_blocks_no_more(sides):
    row = sides.book(sides.at(10))
    sides.sandbox.spoil(provider=sides.path, after_work=True, drop_rate=1, times=1)
    sides.write()
    (event,) = sides.calendar()
    with sides.ours():
        CalendarBusyBlock.objects.create(
            connection=sides.connection, event_id=event.event_id, starts_at=event.starts_at, ends_at=event.ends_at
        )
    sides.write()

    with sides.ours():
        assert not CalendarBusyBlock.objects.exists()
    assert sides.fresh(row).calendar_sync_state == "synced"


def test_several_workers_make_one_event_each(sides):
    rows = [sides.book(sides.at(9) + timedelta(minutes=30 * n)) for n in range(12)]
    connection_id, barrier = sides.connection.pk, Barrier(3)

    def work(_):
        try:
            barrier.wait(5)
            with org_scope(sides.org):
                write_due(org=sides.org, connection_id=connection_id)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(3) as workers:
        list(workers.map(work, range(3)))

    assert len(sides.calendar()) == len(rows)
    assert len([one for one in sides.writes() if one["method"] == "POST"]) == len(rows)


def test_the_sweeper_wakes_what_is_due_and_nothing_else(sides, monkeypatch):
    woken = []
    monkeypatch.setattr("scheduling.calendars.writing_tasks.wake", lambda _task, *args: woken.append(args))
    sides.book(sides.at(10))
    assert sweep_calendar_events() == 0  # its own wake-up was sent a moment ago
    with sides.ours():
        CalendarEvent.objects.update(due_at=now() - timedelta(minutes=1))

    assert sweep_calendar_events() == 1
    assert woken == [(str(sides.org.pk), str(sides.connection.pk))]


def test_a_booking_costs_a_constant_number_of_queries_more(sides, django_assert_max_num_queries):
    from scheduling.calendars.wanting import follow_change
    from scheduling.events import Change

    row = sides.book(sides.at(10))
    with sides.ours(), django_assert_max_num_queries(5):
        follow_change(sides.org, Appointment.objects.get(pk=row.pk), Change.MOVED)
