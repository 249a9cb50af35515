"""While a calendar does not answer, the API asks and the team still books; the form asks before it overrules."""

from datetime import datetime, timedelta

import pytest
import time_machine

from scheduling.models import Appointment
from scheduling.tests.factories import block_calendar, make_connection
from voxanne.clock import now

NOW = datetime.fromisoformat("2026-11-20T09:00+00:00")
TEN = datetime.fromisoformat("2026-11-24T10:00+00:00")
TYPED = {"contact_name": "Ana Reyes", "day": "2026-11-24", "at": "10:00"}


@pytest.fixture
def browser(north, north_owner, sign_in, working_for):
    with time_machine.travel(NOW, tick=False):
        with working_for(north):
            make_connection()
        yield sign_in(north_owner)


def book_by_api(browser, **more):
    wish = {"scheduled_at": "2026-11-24T10:00", "contact_name": "Ana Reyes", **more}
    return browser.post("/api/appointments", wish, content_type="application/json")


def test_the_api_books_while_the_calendar_answers(browser):
    assert book_by_api(browser).json()["status"] == "confirmed"


def test_the_api_asks_while_it_does_not(browser, north, working_for):
    with time_machine.travel(NOW + timedelta(minutes=16), tick=False):
        assert book_by_api(browser).json()["status"] == "pending"


def test_the_team_books_all_the_same(browser, north, working_for):
    with time_machine.travel(NOW + timedelta(minutes=16), tick=False):
        browser.post("/dashboard/appointments/new", TYPED)

    with working_for(north):
        assert Appointment.objects.get().status == "confirmed"


def test_the_form_asks_before_it_overrules_the_calendar(browser, north, working_for):
    with working_for(north):
        from scheduling.models import CalendarConnection

        block_calendar(CalendarConnection.objects.get(), TEN, TEN + timedelta(hours=1))
    assert "Use this time anyway" not in browser.get("/dashboard/appointments/new").text

    refused = browser.post("/dashboard/appointments/new", TYPED)
    assert refused.status_code == 422
    assert "Your calendar has something at that time." in refused.text
    assert "Use this time anyway" in refused.text

    assert browser.post("/dashboard/appointments/new", {**TYPED, "over_calendar": "on"}).status_code == 302


def test_the_api_says_why_and_takes_the_same_flag(browser, north, working_for):
    with working_for(north):
        from scheduling.models import CalendarConnection

        block_calendar(CalendarConnection.objects.get(), TEN, TEN + timedelta(hours=1))

    refused = book_by_api(browser)
    assert (refused.status_code, refused.json()["code"]) == (409, "calendar_busy")
    assert len(refused.json()["alternatives"]) == 3
    assert book_by_api(browser, over_calendar=True).status_code == 201


def test_the_diary_shows_when_the_calendar_is_busy(browser, north, working_for):
    with working_for(north):
        from scheduling.models import CalendarConnection

        block_calendar(CalendarConnection.objects.get(), TEN, TEN + timedelta(hours=1))

    page = browser.get("/dashboard/appointments/day?day=2026-11-24").text
    assert "10:00–11:00</span> Busy in your calendar" in page
    assert "09:00–10:00" in page
    assert now() == NOW
