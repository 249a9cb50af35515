"""The appointments page in each of its states."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from contacts.tests.factories import make_contact, make_service
from orgs.models import Role
from scheduling.models import Practitioner
from scheduling.selectors import appointments_of_call, bookings_between, upcoming_count
from scheduling.tests.factories import make_appointment, make_call, make_practitioner

URL = "/dashboard/appointments"
LONDON = ZoneInfo("Europe/London")
FRIDAY_MORNING = datetime(2026, 11, 20, 9, tzinfo=LONDON)
TUESDAY_AT_TEN = datetime(2026, 11, 24, 10, tzinfo=LONDON)
HALF_HOUR, DAY = timedelta(minutes=30), timedelta(days=1)


@pytest.fixture(autouse=True)
def _friday():
    with time_machine.travel(FRIDAY_MORNING, tick=False):
        yield


@pytest.fixture
def page(north_owner, sign_in):
    """`page(q="Ana")` is what a person sees; `fragment=True` what htmx gets."""
    browser = sign_in(north_owner)

    def see(*, fragment: bool = False, **query: str):
        headers = {"HX-Request": "true"} if fragment else {}
        return browser.get(URL, query, headers=headers)

    return see


def rows_of(response) -> list[str]:
    return [row.patient_name for group in response.context["groups"] for row in group.appointments]


def test_nothing_booked(page, north):
    response = page()
    assert response.status_code == 200
    assert response.templates[0].name == "scheduling/appointments.html"
    assert "Nothing is booked" in response.text
    assert (response.context["count"], response.context["next_url"]) == (0, "")


def test_appointments_stand_under_their_days_in_the_clinics_zone(page, north, working_for):
    with working_for(north):
        contact, service = make_contact(phone="+447700900123"), make_service(name="Lip filler")
        call_id = make_call()
        first = make_appointment(
            FRIDAY_MORNING + HALF_HOUR, contact=contact, service=service, call_id=call_id, source="ai_call"
        )
        make_appointment(
            datetime(2026, 7, 1, 23, 30, tzinfo=ZoneInfo("UTC")).replace(year=2027), patient_name="Ben Okoye"
        )
        make_appointment(TUESDAY_AT_TEN, patient_name="", contact=contact, status="pending")

    response = page()

    assert [f"{group.day:%d %b}" for group in response.context["groups"]] == ["20 Nov", "24 Nov", "02 Jul"]
    row = response.context["groups"][0].appointments[0]
    assert (row.id, row.patient_name, row.phone) == (first.pk, "Ana Reyes", "+447700900123")
    assert (row.service_name, row.practitioner_name, row.status, row.source) == (
        "Lip filler", "Clinic team", "confirmed", "ai_call",
    )  # fmt: skip
    assert (row.reference, row.call_id) == (first.reference, call_id)
    assert rows_of(response) == ["Ana Reyes", "Ana Reyes", "Ben Okoye"]
    for text in ("Today, Friday 20 November", "Tuesday 24 November", "09:30", "00:30", first.reference, "Pending"):
        assert text in response.text
    assert reverse("calls:detail", args=[call_id]) in response.text


def test_what_is_over_stands_in_the_past_newest_first(page, north, working_for):
    with working_for(north):
        make_appointment(FRIDAY_MORNING - DAY, patient_name="Yesterday")
        make_appointment(FRIDAY_MORNING - 2 * DAY, patient_name="Before", status="completed")
        make_appointment(FRIDAY_MORNING - HALF_HOUR / 2, patient_name="Now")

    assert rows_of(page()) == ["Now"]
    past = page(view="past")
    assert rows_of(past) == ["Yesterday", "Before"]
    assert past.context["view"] == "past"
    assert "Took place" in past.text


def test_held_slots_are_nobodys_business(page, north, working_for):
    with working_for(north):
        make_appointment(TUESDAY_AT_TEN, status="held", held_until=FRIDAY_MORNING + DAY)
    assert rows_of(page()) == []


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("ana", ["Ana Reyes"]),
        ("  REYES ", ["Ana Reyes"]),
        ("aH2346", ["Ana Reyes"]),
        ("A H 2 3", ["Ana Reyes"]),
        ("07700 900123", ["Ana Reyes"]),
        ("+44 7700 900124", ["Ben Okoye"]),
        ("Mrs Okoye-Lund", ["Ben Okoye"]),
        ("%", []),
        ("nobody", []),
    ],
)
def test_search(page, north, working_for, q, found):
    with working_for(north):
        make_appointment(TUESDAY_AT_TEN, contact=make_contact(phone="+447700900123"), reference="AH2346")
        other = make_contact(phone="+447700900124", name="Mrs Okoye-Lund")
        make_appointment(TUESDAY_AT_TEN + HALF_HOUR, patient_name="Ben Okoye", contact=other, reference="KW4827")

    response = page(q=q)

    assert rows_of(response) == found
    if not found:
        assert "No appointment matches" in response.text


def test_one_practitioners_appointments(page, north, working_for):
    with working_for(north):
        osei = make_practitioner(name="Dr Osei")
        make_appointment(TUESDAY_AT_TEN, patient_name="Ana Reyes")
        make_appointment(TUESDAY_AT_TEN, patient_name="Ben Okoye", practitioner=osei)

    assert rows_of(page(practitioner=str(osei.pk))) == ["Ben Okoye"]
    assert rows_of(page(practitioner="99999999999999999999999")) == ["Ana Reyes", "Ben Okoye"]


@pytest.mark.parametrize("view", ["", "past"])
def test_pages_of_twenty_five_follow_one_another(page, north, working_for, view):
    names = [f"Patient {number:02d}" for number in range(60)]
    with working_for(north):
        rooms = [Practitioner.objects.get(), make_practitioner()]
        for number, name in enumerate(names):
            ahead = HALF_HOUR * (number // 2)
            starts_at = FRIDAY_MORNING - DAY - ahead if view else TUESDAY_AT_TEN + ahead
            make_appointment(starts_at, patient_name=name, practitioner=rooms[number % 2])

    seen: list[str] = []
    response = page(view=view)
    assert (response.context["count"], len(rows_of(response))) == (60, 25)
    while True:
        seen += rows_of(response)
        if not response.context["next_url"]:
            break
        query = dict(pair.split("=") for pair in response.context["next_url"].partition("?")[2].split("&"))
        response = page(fragment=True, **query)
        assert response.templates[0].name == "scheduling/_more.html"
    assert (sorted(seen), len(seen)) == (names, 60)


def test_a_refresh_shows_again_what_was_loaded(page, north, working_for):
    with working_for(north):
        for number in range(60):
            make_appointment(TUESDAY_AT_TEN + HALF_HOUR * number)

    query = dict([page().context["next_url"].partition("?")[2].split("=")])
    second = page(fragment=True, **query)
    query = dict([second.context["live_url"].partition("?")[2].split("=")])
    refreshed = page(fragment=True, **query)

    assert refreshed.templates[0].name == "scheduling/_rows.html"
    assert len(rows_of(refreshed)) == 50
    assert refreshed.context["next_url"] == second.context["next_url"]


def test_htmx_gets_the_rows_and_history_the_page(page, north, north_owner, sign_in):
    assert page(fragment=True).templates[0].name == "scheduling/_rows.html"
    restored = sign_in(north_owner).get(URL, headers={"HX-Request": "true", "HX-History-Restore-Request": "true"})
    assert restored.templates[0].name == "scheduling/appointments.html"


def test_an_address_that_was_not_made_by_us(page, north):
    assert page(cursor="nonsense").status_code == 400
    assert page(view="sideways", q="x" * 500, practitioner="abc").status_code == 200


def test_other_clinics_appointments_are_not_shown(page, north, south, working_for):
    with working_for(south):
        make_appointment(TUESDAY_AT_TEN, patient_name="Secret Patient")
    assert "Secret Patient" not in page().text


def test_members_may_look_and_strangers_sign_in(north, client, add_member, sign_in):
    assert sign_in(add_member(north, Role.MEMBER)).get(URL).status_code == 200
    assert client.get(URL).status_code == 302
    assert sign_in(add_member(north, Role.ADMIN)).post(URL).status_code in {403, 405}


def test_the_page_takes_the_same_number_of_queries_however_much_there_is(page, north, working_for):
    page()
    with CaptureQueriesContext(connection) as empty:
        page()
    with working_for(north):
        for number in range(40):
            make_appointment(
                TUESDAY_AT_TEN + HALF_HOUR * number, contact=make_contact(), service=make_service(), call_id=make_call()
            )
    with CaptureQueriesContext(connection) as full:
        page()
    assert len(full) == len(empty)
    own = [query for query in full if "appointments" in query["sql"]]
    assert len(own) == 2


def test_figures_for_other_pages(north, working_for, django_assert_num_queries):
    with working_for(north):
        call_id = make_call()
        make_appointment(TUESDAY_AT_TEN, call_id=call_id)
        make_appointment(TUESDAY_AT_TEN + HALF_HOUR, call_id=call_id, status="cancelled")
        make_appointment(TUESDAY_AT_TEN + HALF_HOUR * 2, status="held", held_until=FRIDAY_MORNING)
        make_appointment(TUESDAY_AT_TEN + DAY, status="pending")
        with django_assert_num_queries(3):
            assert [row.starts_at for row in appointments_of_call(call_id)] == [TUESDAY_AT_TEN]
            assert upcoming_count(org=north, day=TUESDAY_AT_TEN.date()) == 1
            assert bookings_between(org=north, start=FRIDAY_MORNING, end=FRIDAY_MORNING + DAY) == 3
        assert bookings_between(org=north, start=FRIDAY_MORNING - DAY, end=FRIDAY_MORNING) == 0
