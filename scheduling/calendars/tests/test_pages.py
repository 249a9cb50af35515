"""What the pages say about appointments in the clinic's calendar, and what the team does about it."""

import pytest
from django.test import Client

from conftest import PASSWORD
from credentials.types import Provider
from orgs.models import AuditEntry
from scheduling.calendars.tests.two_sides import TwoSides

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sides(north, sandbox):
    return TwoSides(north, Provider.GOOGLE_CALENDAR, sandbox)


@pytest.fixture
def desk(north_owner):
    client = Client()
    assert client.login(email=north_owner.email, password=PASSWORD)
    return client


def page(desk, path):
    response = desk.get(path)
    assert response.status_code == 200
    return response.content.decode()


def lists_of(row):
    day = row.starts_at.date().isoformat()
    return [
        "/dashboard/appointments",
        f"/dashboard/appointments/day?day={day}",
        f"/dashboard/appointments/week?day={day}",
    ]


@pytest.fixture
def flagged(sides):
    """Somebody dragged it onto another appointment."""
    row = sides.book(sides.at(10))
    sides.book(sides.at(12), "Ben Okoye")
    sides.write()
    sides.drag(sides.event_of(row), sides.at(12))
    sides.look()
    return row


def test_every_view_says_how_an_appointment_stands_in_the_calendar(sides, desk):
    row = sides.book(sides.at(10))
    before = [page(desk, path) for path in lists_of(row)]
    sides.write()
    after = [page(desk, path) for path in lists_of(row)]

    assert all("On its way to your calendar" in text for text in before)
    assert all("In your calendar" in text for text in after)
    assert "Google Calendar" in page(desk, f"/dashboard/appointments/{row.pk}")


def test_without_a_calendar_nothing_is_said_of_one(north, sandbox, desk):
    sides = TwoSides(north, Provider.GOOGLE_CALENDAR, sandbox, connected=False)
    row = sides.book(sides.at(10))

    assert all("our calendar" not in page(desk, path) for path in lists_of(row))


def test_what_cannot_follow_is_told_with_its_choices(sides, desk, flagged):
    told = page(desk, f"/dashboard/appointments/{flagged.pk}")
    overview = page(desk, "/dashboard")

    assert "Somebody moved this in Google Calendar to" in told
    assert "12:00–12:30" in told
    assert "that time overlaps another appointment" in told
    assert f"/dashboard/appointments/{flagged.pk}/calendar/put-back" in told
    assert f"/dashboard/appointments/{flagged.pk}/cancel" in told
    assert all("Moved in the calendar" in page(desk, path) for path in lists_of(flagged))
    assert "Ana Reyes was moved in your calendar" in overview
    assert f'href="/dashboard/appointments/{flagged.pk}"' in overview


def test_putting_it_back_twice_puts_it_back_once(sides, desk, flagged):
    for _ in range(2):
        assert desk.post(f"/dashboard/appointments/{flagged.pk}/calendar/put-back").status_code == 302
    sides.write()

    assert sides.event_of(flagged).starts_at == sides.at(10)
    assert "was moved in your calendar" not in page(desk, "/dashboard")
    with sides.ours():
        assert AuditEntry.objects.filter(action="appointment.calendar_put_back").exists()


def test_cancelling_it_instead_takes_it_out_of_the_calendar(sides, desk, flagged):
    desk.post(f"/dashboard/appointments/{flagged.pk}/cancel", {"reason": ""})
    sides.write()

    assert [event.title for event in sides.calendar()] == ["Appointment: Ben Okoye"]


def test_what_failed_can_be_tried_again_by_hand(sides, desk):
    row = sides.book(sides.at(10))
    sides.sandbox.spoil(provider=sides.path, status=400)
    sides.write()
    told = page(desk, f"/dashboard/appointments/{row.pk}")
    overview = page(desk, "/dashboard")
    sides.sandbox.heal(provider=sides.path)
    desk.post(f"/dashboard/appointments/{row.pk}/calendar/retry")
    sides.write()

    assert "Google Calendar does not show this as it is here." in told
    assert "Ana Reyes is not in your calendar" in overview
    assert sides.fresh(row).calendar_sync_state == "synced"


def test_many_are_told_of_together(sides, desk):
    for hour in range(9, 14):
        sides.book(sides.at(hour))
    sides.sandbox.spoil(provider=sides.path, status=400)
    sides.write()

    assert "5 appointments are not in your calendar" in page(desk, "/dashboard")


def test_another_clinics_appointment_cannot_be_put_back(sides, flagged, south, south_owner):
    client = Client()
    assert client.login(email=south_owner.email, password=PASSWORD)
    for verb in ("put-back", "retry"):
        assert client.post(f"/dashboard/appointments/{flagged.pk}/calendar/{verb}").status_code == 404
