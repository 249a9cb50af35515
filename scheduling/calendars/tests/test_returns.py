"""Somebody moves or deletes our event in their calendar: the appointment follows, or people are told why not."""

from datetime import UTC, datetime, timedelta

import pytest
from psycopg.types.range import TimestamptzRange

from contacts.tests.factories import ServiceFactory
from credentials.tests.calendar_clinic import EMAIL
from credentials.types import Provider
from orgs.models import AuditEntry
from orgs.scope import org_scope
from scheduling.calendars.comparing import count_differences
from scheduling.calendars.reading import read_calendar
from scheduling.calendars.returns import find_ours, take_back
from scheduling.calendars.tests.two_sides import TwoSides
from scheduling.calendars.types import OutsideEvent
from scheduling.calendars.wanting import put_back
from scheduling.calendars.watching import check_connection
from scheduling.changing import settle_appointment
from scheduling.events import Change
from scheduling.models import Appointment, AppointmentStatus, CalendarConnection, CalendarEvent, EventState
from scheduling.tests.factories import make_appointment
from voxanne.clock import now

pytestmark = pytest.mark.django_db(transaction=True)
BOTH = (Provider.GOOGLE_CALENDAR, Provider.OUTLOOK_CALENDAR)
HOUR = timedelta(hours=1)


@pytest.fixture(params=BOTH, ids=["google", "outlook"])
def sides(request, north, sandbox):
    return TwoSides(north, request.param, sandbox)


@pytest.fixture
def booked(sides):
    row = sides.book(sides.at(10))
    sides.write()
    return row


@pytest.fixture
def heard(monkeypatch):
    """Which changes were announced, beside what calendars do about them."""
    from scheduling import events

    changes: list[Change] = []
    listener = lambda _org, _row, change: changes.append(change)  # noqa: E731
    monkeypatch.setattr("scheduling.events._listeners", [*events._listeners, listener])
    return changes


def outside(sides, held, **facts):
    found = {
        "event_id": held.event_id, "starts_at": held.starts_at, "ends_at": held.ends_at, "deleted": False,
        "etag": str(held.body.get("etag") or held.body.get("@odata.etag")), "appointment_id": None, "is_busy": True,
    }  # fmt: skip
    return OutsideEvent(**{**found, **facts})


def tell(sides, event):
    with sides.ours():
        take_back(org=sides.org, connection=sides.connection, event=event)


def test_a_moved_event_moves_its_appointment_without_an_echo(sides, booked, heard):
    sides.drag(sides.event_of(booked), sides.at(15))
    sides.look()
    settled = len(sides.writes())
    sides.look()

    row = sides.fresh(booked)
    assert (row.starts_at, row.ends_at) == (sides.at(15), sides.at(15) + HOUR / 2)
    assert row.blocked == TimestamptzRange(row.starts_at, row.ends_at, "[)")
    assert row.calendar_sync_state == "synced"
    assert heard == [Change.MOVED]
    assert len(sides.writes()) == settled
    with sides.ours():
        entry = AuditEntry.objects.get(action="appointment.moved")
        assert entry.details["source"] == sides.provider.value


def test_a_deleted_event_cancels_its_appointment(sides, booked, heard):
    sides.delete(sides.event_of(booked))
    sides.look()

    row = sides.fresh(booked)
    assert (row.status, row.cancel_reason) == ("cancelled", f"Deleted in {sides.provider.label}")
    assert row.calendar_sync_state == "none"
    assert sides.calendar() == []
    assert heard == [Change.CANCELLED]


def test_a_longer_event_makes_a_longer_visit_and_buffers_stay(sides):
    with sides.ours():
        service = ServiceFactory.create(duration_minutes=30, buffer_before_minutes=10, buffer_after_minutes=5)
    row = sides.book(sides.at(10), service=service)
    sides.write()
    sides.drag(sides.event_of(row), sides.at(10), length=HOUR)
    sides.look()

    row = sides.fresh(row)
    assert row.ends_at == sides.at(11)
    blocked = row.blocked
    assert (row.starts_at - blocked.lower, blocked.upper - row.ends_at) == (timedelta(minutes=10), timedelta(minutes=5))


def test_a_move_onto_another_appointment_is_flagged_and_can_be_put_back(sides, booked, heard):
    sides.book(sides.at(12), "Ben Okoye")
    sides.write()
    heard.clear()
    sides.drag(sides.event_of(booked), sides.at(12))
    sides.look()
    row, event = sides.fresh(booked), sides.row(booked)

    assert (row.starts_at, row.calendar_sync_state) == (sides.at(10), "differs")
    assert (event.state, event.problem, event.outside_starts_at) == (EventState.DIFFERS, "taken", sides.at(12))
    sides.look()
    assert sides.event_of(booked).starts_at == sides.at(12)
    assert heard == []

    with sides.ours():
        put_back(sides.org, row)
    sides.write()
    assert sides.event_of(booked).starts_at == sides.at(10)
    assert sides.fresh(booked).calendar_sync_state == "synced"


def test_what_was_flagged_is_well_again_when_they_move_it_back_or_elsewhere(sides, booked):
    sides.book(sides.at(12), "Ben Okoye")
    sides.write()
    for hour in (10, 16):
        sides.drag(sides.event_of(booked), sides.at(12))
        sides.look()
        assert sides.fresh(booked).calendar_sync_state == "differs"
        sides.drag(sides.event_of(booked), sides.at(hour))
        sides.look()
        assert sides.fresh(booked).calendar_sync_state == "synced"
        assert sides.fresh(booked).starts_at == sides.at(hour)


@pytest.mark.parametrize(
    ("days", "length", "problem"), [(-1, HOUR, "past"), (7, timedelta(days=2), "too_long")]
)  # fmt: skip
def test_what_no_visit_can_be_is_flagged(sides, booked, days, length, problem):
    sides.drag(sides.event_of(booked), sides.at(9, days=days), length=length)
    sides.look()

    assert sides.row(booked).problem == problem
    assert sides.fresh(booked).starts_at == sides.at(10)


def test_a_calls_held_slot_is_waited_for(sides, booked):
    with sides.ours():
        make_appointment(sides.at(12), status="held", held_until=now() + timedelta(minutes=2))
    sides.drag(sides.event_of(booked), sides.at(12))
    sides.look()
    waiting = sides.row(booked)
    with sides.ours():
        Appointment.objects.filter(status="held").update(held_until=now() - timedelta(seconds=1))
    sides.write()

    assert (waiting.problem, waiting.due_at is not None) == ("", True)
    assert sides.fresh(booked).starts_at == sides.at(12)


def test_what_has_begun_follows_no_more(sides, booked):
    """People tidy up their calendars; what took place took place."""
    with sides.ours():
        begun = now() - HOUR
        length = HOUR / 2
        Appointment.objects.update(
            starts_at=begun, ends_at=begun + length, blocked=TimestamptzRange(begun, begun + length, "[)")
        )
    sides.delete(sides.event_of(booked))
    sides.look()

    assert sides.fresh(booked).status == "confirmed"
    assert sides.row(booked).state == EventState.LET_GO
    assert sides.calendar() == []


def test_what_took_place_stays_in_the_calendar_as_it_is(sides, booked):
    with sides.ours():
        from orgs.actors import Actor

        settle_appointment(
            org=sides.org,
            appointment_id=booked.pk,
            status=AppointmentStatus.COMPLETED,
            actor=Actor.system(sides.org.pk),
        )
    sides.drag(sides.event_of(booked), sides.at(15))
    sides.look()

    assert sides.event_of(booked).starts_at == sides.at(15)
    assert sides.fresh(booked).starts_at == sides.at(10)


def test_our_later_change_wins_over_an_earlier_one_there(sides, booked):
    sides.drag(sides.event_of(booked), sides.at(15))
    sides.move(booked, sides.at(12))
    sides.write()

    assert sides.fresh(booked).starts_at == sides.at(12)
    assert sides.event_of(booked).starts_at == sides.at(12)


def test_a_later_change_there_wins_over_ours_that_was_not_sent(sides, booked):
    sides.move(booked, sides.at(12))
    sides.drag(sides.event_of(booked), sides.at(15))
    sides.write()

    assert sides.fresh(booked).starts_at == sides.at(15)
    assert sides.event_of(booked).starts_at == sides.at(15)


def test_a_cancellation_wins_over_a_move_there(sides, booked):
    sides.cancel(booked)
    sides.drag(sides.event_of(booked), sides.at(15))
    sides.look()

    assert sides.calendar() == []
    assert sides.fresh(booked).status == "cancelled"


def test_a_move_of_ours_brings_an_event_back_that_was_deleted_before(sides, booked):
    sides.delete(sides.event_of(booked))
    sides.move(booked, sides.at(12))
    sides.write()

    assert sides.fresh(booked).status == "confirmed"
    assert [event.starts_at for event in sides.calendar()] == [sides.at(12)]


def test_an_echo_asks_nobody_anything(sides, booked):
    asked = len(sides.sandbox.requests_to(sides.path))
    for _ in range(3):
        tell(sides, outside(sides, sides.event_of(booked)))
    sides.write()

    assert len(sides.sandbox.requests_to(sides.path)) == asked


def test_an_old_page_moves_nothing_back(sides, booked):
    old = outside(sides, sides.event_of(booked))
    sides.move(booked, sides.at(12))
    sides.write()
    tell(sides, old)
    sides.write()

    assert sides.fresh(booked).starts_at == sides.at(12)
    assert sides.event_of(booked).starts_at == sides.at(12)


def test_a_page_before_our_own_record_is_known_as_ours(sides):
    row = sides.book(sides.at(10))
    sides.sandbox.spoil(provider=sides.path, after_work=True, drop_rate=1, times=1)
    sides.write()
    event = outside(sides, sides.event_of(row), appointment_id=row.pk)
    with sides.ours():
        ours = find_ours(connection=sides.connection, events=[event])
    tell(sides, event)
    sides.write()

    assert ours == {event.event_id}
    assert sides.fresh(row).calendar_sync_state == "synced"
    assert len(sides.calendar()) == 1


def test_a_copy_of_our_event_is_theirs(sides, booked):
    copy = outside(sides, sides.event_of(booked), event_id="copy", appointment_id=booked.pk)
    with sides.ours():
        assert find_ours(connection=sides.connection, events=[copy]) == set()
    tell(sides, copy)

    assert sides.row(booked).due_at is None


def test_another_clinics_events_are_nobody_heres(sides, booked, south):
    theirs = outside(sides, sides.event_of(booked), etag="new", appointment_id=booked.pk)
    connection = sides.connection
    from orgs.scope import org_tx

    with org_scope(south), org_tx():
        assert find_ours(connection=connection, events=[theirs]) == set()
        take_back(org=south, connection=connection, event=theirs)
        assert not CalendarEvent.objects.exists()
    assert sides.row(booked).due_at is None


@pytest.mark.parametrize("change", ["move", "delete", "nothing"])
def test_what_nobody_told_us_of_is_found_by_comparing(sides, booked, change):
    if change == "move":
        sides.drag(sides.event_of(booked), sides.at(15))
    elif change == "delete":
        sides.delete(sides.event_of(booked))
    with org_scope(sides.org):
        found = count_differences(sides.org, sides.connection)
    sides.write()
    with org_scope(sides.org):
        left = count_differences(sides.org, sides.connection)

    assert (found, left) == (0 if change == "nothing" else 1, 0)
    assert sides.fresh(booked).starts_at == (sides.at(15) if change == "move" else sides.at(10))
    assert sides.fresh(booked).status == ("cancelled" if change == "delete" else "confirmed")


def test_a_deletion_that_a_full_reading_does_not_list_is_found_by_the_next_check(sides, booked):
    def read():
        with sides.ours():
            CalendarConnection.objects.update(due_at=now())
        with org_scope(sides.org):
            read_calendar(org=sides.org, connection_id=sides.connection.pk)

    read()
    with org_scope(sides.org):
        check_connection(org=sides.org, connection_id=sides.connection.pk)
    sides.delete(sides.event_of(booked))
    sides.sandbox.control("POST", f"/{sides.path}/expire", {"email": EMAIL, "sync": True})
    for _ in range(3):
        read()
    with org_scope(sides.org):
        check_connection(org=sides.org, connection_id=sides.connection.pk)
    sides.write()

    assert sides.fresh(booked).status == "cancelled"


def test_an_appointment_without_a_row_is_found_by_comparing(sides, booked):
    with sides.ours():
        CalendarEvent.objects.all().delete()
    with org_scope(sides.org):
        count_differences(sides.org, sides.connection)
    sides.write()

    assert len(sides.calendar()) == 1
    assert sides.fresh(booked).calendar_sync_state == "synced"


def test_the_hour_that_comes_twice_is_kept_apart(north, sandbox, monkeypatch):
    """On 31 October 2027 the clocks of London go back: 01:30 is two moments."""
    sides = TwoSides(north, Provider.OUTLOOK_CALENDAR, sandbox)
    first = datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
    with sides.ours():
        row = make_appointment(first)
        from scheduling.events import announce

        announce(sides.org, row, Change.BOOKED)
    sides.write()
    there = sides.event_of(row).starts_at
    sides.drag(sides.event_of(row), first + HOUR)
    sides.look()

    assert there == first
    assert sides.fresh(row).starts_at == first + HOUR
