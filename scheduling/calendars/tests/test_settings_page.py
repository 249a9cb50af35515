"""What a receptionist sees of the clinic's calendars, and what an admin decides about them."""

from datetime import timedelta

import pytest

from orgs.models import Role
from orgs.scope import org_scope, org_tx
from scheduling.models import CalendarBusyBlock, CalendarConnection, CalendarProvider, ConnectionState
from scheduling.tests.factories import block_calendar, make_connection, make_practitioner
from voxanne.clock import now

PAGE = "/dashboard/settings/calendar"
HOUR = timedelta(hours=1)


@pytest.fixture
def connection(north, working_for):
    with working_for(north):
        row = make_connection()
        for ahead in (1, 2, 3):
            block_calendar(row, now() + ahead * HOUR, now() + (ahead + 1) * HOUR)
        block_calendar(row, now() - 2 * HOUR, now() - HOUR)
        return row


@pytest.fixture
def browser(north_owner, sign_in):
    return sign_in(north_owner)


def test_without_a_calendar_it_says_where_to_connect_one(north, browser):
    page = browser.get(PAGE)

    assert "Open Integrations" in page.text
    assert 'aria-current="page">Calendars' in page.text


def test_a_calendar_says_how_it_is_followed(connection, browser):
    page = browser.get(PAGE).text

    for said in (
        "Google Calendar",
        "Up to date",
        "We look every two minutes",
        ">3<",
        "Outlook Calendar can be connected",
    ):
        assert said in page


def test_a_stale_calendar_says_so_here_in_the_diary_and_on_the_overview(connection, browser, north, working_for):
    with working_for(north):
        CalendarConnection.objects.update(last_synced_at=now() - timedelta(minutes=16))

    for page in (PAGE, "/dashboard/appointments", "/dashboard/appointments/day", "/dashboard/appointments/week"):
        assert "We have not been able to read your Google Calendar since" in browser.get(page).text, page
    overview = browser.get("/dashboard").text
    assert "Google Calendar does not answer" in overview


def test_what_needs_a_person_says_why(connection, browser, north, working_for):
    with working_for(north):
        CalendarConnection.objects.update(state=ConnectionState.ATTENTION, error="Google refused. Connect it again.")

    assert "Google refused. Connect it again." in browser.get(PAGE).text


def test_a_calendar_is_given_to_a_practitioner_and_back(connection, browser, north, working_for):
    with working_for(north):
        person = make_practitioner(name="Dr Osei")
    for value, whose in ((person.pk, person.pk), ("", None)):
        answer = browser.post(f"{PAGE}/{connection.pk}/diary", {"google_calendar-practitioner": value}, follow=True)

        assert "its events block, the diary of" in answer.text
        with working_for(north):
            assert CalendarConnection.objects.get().practitioner_id == whose
            assert set(CalendarBusyBlock.objects.values_list("practitioner_id", flat=True)) == {whose}


def test_somebody_elses_practitioner_is_refused(connection, browser, south, working_for):
    with working_for(south):
        person = make_practitioner(name="Dr South")

    answer = browser.post(f"{PAGE}/{connection.pk}/diary", {"google_calendar-practitioner": person.pk})

    assert answer.status_code == 422


def test_sync_now_makes_it_due_at_once(connection, browser, north, working_for):
    with working_for(north):
        CalendarConnection.objects.update(due_at=now() + HOUR)

    assert "Reading the calendar now" in browser.post(f"{PAGE}/{connection.pk}/sync", follow=True).text
    with working_for(north):
        assert CalendarConnection.objects.get().due_at <= now()


def test_a_member_sees_it_and_decides_nothing(connection, north, add_member, sign_in):
    browser = sign_in(add_member(north, Role.MEMBER))

    assert "Admins and owners change this" in browser.get(PAGE).text
    assert browser.post(f"{PAGE}/{connection.pk}/sync").status_code == 403


def test_two_calendars_take_as_many_queries_as_one(connection, browser, north, django_assert_max_num_queries):
    def queries():
        with django_assert_max_num_queries(60) as captured:
            browser.get(PAGE)
        return len([query for query in captured.captured_queries if "calendar_connections" in query["sql"]])

    one = queries()
    with org_scope(north), org_tx():
        make_connection(CalendarProvider.OUTLOOK)
    assert queries() == one
