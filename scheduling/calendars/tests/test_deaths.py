"""A worker dies anywhere between taking a row and recording what came of it: nothing is lost, doubled or reverted."""

import pytest

from credentials.types import Provider
from orgs.scope import org_scope
from scheduling.calendars.outgoing import write_due
from scheduling.calendars.tests.deaths import die_at
from scheduling.calendars.tests.two_sides import TwoSides

pytestmark = pytest.mark.django_db(transaction=True)
POINTS = ["calendar.claimed", "calendar.decided", "calendar.written"]
BOTH = (Provider.GOOGLE_CALENDAR, Provider.OUTLOOK_CALENDAR)


@pytest.fixture(params=BOTH, ids=["google", "outlook"])
def sides(request, north, sandbox):
    return TwoSides(north, request.param, sandbox)


def work(sides):
    connection_id = sides.connection.pk

    def write():
        with org_scope(sides.org):
            write_due(org=sides.org, connection_id=connection_id)

    return write


@pytest.mark.parametrize("point", POINTS)
def test_a_booking_survives(sides, point):
    row = sides.book(sides.at(10))

    assert die_at(point, work(sides))
    work(sides)()  # its lease has not run out: nobody else touches it
    assert len(sides.writes()) == (1 if point == "calendar.written" else 0)
    sides.write()
    assert len(sides.calendar()) == 1
    assert sides.event_of(row).starts_at == sides.at(10)
    assert sides.fresh(row).calendar_sync_state == "synced"


@pytest.mark.parametrize("point", POINTS)
def test_a_move_survives_and_is_ours(sides, point):
    row = sides.book(sides.at(10))
    sides.write()
    sides.move(row, sides.at(11))
    assert die_at(point, work(sides))
    sides.move(row, sides.at(12))
    sides.write()

    assert sides.event_of(row).starts_at == sides.at(12)
    assert sides.fresh(row).starts_at == sides.at(12)


@pytest.mark.parametrize("point", POINTS)
def test_a_cancellation_survives(sides, point):
    row = sides.book(sides.at(10))
    sides.write()
    sides.cancel(row)
    assert die_at(point, work(sides))
    sides.write()

    assert sides.calendar() == []
    assert sides.fresh(row).calendar_sync_state == "none"


@pytest.mark.parametrize("point", POINTS)
def test_a_move_of_theirs_survives(sides, point):
    row = sides.book(sides.at(10))
    sides.write()
    sides.drag(sides.event_of(row), sides.at(15))
    with sides.ours():
        from scheduling.models import CalendarEvent
        from voxanne.clock import now

        CalendarEvent.objects.update(must_look=True, due_at=now())
    assert die_at(point, work(sides))
    sides.write()

    assert sides.fresh(row).starts_at == sides.at(15)
    assert sides.event_of(row).starts_at == sides.at(15)


@pytest.mark.parametrize("point", POINTS)
def test_what_the_clinic_has_in_all_goes_on_after_a_death_in_the_middle(sides, point):
    rows = [sides.book(sides.at(hour)) for hour in range(9, 16)]
    assert die_at(point, work(sides), passage=4)
    sides.write()

    assert [event.starts_at for event in sides.calendar()] == [row.starts_at for row in rows]
