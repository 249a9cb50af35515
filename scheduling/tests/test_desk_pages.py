"""A receptionist's day: see the diary, book a caller, move and cancel, and be told why something cannot be."""

import re
from datetime import UTC, datetime

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from contacts.models import Service
from contacts.tests.factories import make_contact
from orgs.models import Role
from scheduling.models import Appointment, AppointmentStatus, Practitioner
from scheduling.tests.factories import close, make_appointment, make_practitioner

pytestmark = pytest.mark.django_db
TEN = datetime(2026, 11, 24, 10, tzinfo=UTC)
NEW = "/dashboard/appointments/new"


@pytest.fixture(autouse=True)
def _friday():
    with time_machine.travel(datetime(2026, 11, 20, 9, tzinfo=UTC), tick=True):
        yield


@pytest.fixture
def desk(north, add_member, sign_in):
    return sign_in(add_member(north, Role.MEMBER))


@pytest.fixture
def visit(north, working_for) -> Appointment:
    with working_for(north):
        return make_appointment(TEN, patient_name="Ana Reyes", contact=make_contact(phone="+447700900123"))


def text(answer) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def url(name: str, row: Appointment) -> str:
    return reverse(f"scheduling:{name}", args=[row.pk])


def typed(**more: str) -> dict[str, str]:
    return {"contact_name": "Ana Reyes", "day": "2026-11-24", "at": "10:00", "key": "k1", **more}


def test_a_day_shows_visits_and_the_room_between_them(desk, visit):
    shown = text(desk.get("/dashboard/appointments/day?day=2026-11-24"))
    assert "09:00–10:00 Free" in shown
    assert "10:00–10:30 Ana Reyes" in shown
    assert "10:30–17:00 Free" in shown


def test_a_visit_on_a_later_day_takes_no_room_from_an_earlier_one(desk, visit, north, working_for):
    with working_for(north):
        make_appointment(TEN.replace(day=25))
    shown = text(desk.get("/dashboard/appointments/week?day=2026-11-24"))
    assert shown.count("10:30–17:00 Free") == 2


def test_closures_are_no_room_and_a_day_off_says_so(desk, north, working_for):
    with working_for(north):
        close(TEN.date(), part=("12:00", "13:00"))
    shown = text(desk.get("/dashboard/appointments/day?day=2026-11-24"))
    assert "09:00–12:00 Free" in shown
    assert "13:00–17:00 Free" in shown
    assert "Not at work this day." in text(desk.get("/dashboard/appointments/day?day=2026-11-22"))


def test_a_week_shows_everybodys_days(desk, visit, north, working_for):
    with working_for(north):
        make_appointment(TEN.replace(day=26), patient_name="Ben Stone", practitioner=make_practitioner(name="Dr Okoye"))
    shown = text(desk.get("/dashboard/appointments/week?day=2026-11-24"))
    assert shown.index("Tue 24") < shown.index("Ana Reyes") < shown.index("Thu 26") < shown.index("Ben Stone")
    assert "23 November – 29 November 2026" in shown
    with working_for(north):
        other = Practitioner.objects.get(name="Dr Okoye")
    assert "Ana Reyes" not in text(desk.get(f"/dashboard/appointments/week?day=2026-11-24&with={other.pk}"))


@pytest.mark.parametrize("query", ["day=nonsense", "day=0001-01-01", "day=9999-12-31", "with=abc", "with=-1"])
def test_odd_addresses_show_a_day_all_the_same(desk, query):
    assert desk.get(f"/dashboard/appointments/week?{query}").status_code == 200


def test_a_gap_leads_to_a_form_that_knows_the_time(desk, north, working_for):
    with working_for(north):
        person = Practitioner.objects.get()
    shown = desk.get(f"{NEW}?start=2026-11-24T10:30:00%2B00:00&with={person.pk}").content.decode()
    assert 'value="2026-11-24"' in shown
    assert 'value="10:30"' in shown
    assert re.search(rf'<option value="{person.pk}" selected', shown)
    assert desk.get(f"{NEW}?start=2026-11-24T10:30").status_code == 400


def test_a_booking_sent_twice_is_one(desk, north, working_for):
    with working_for(north):
        service = Service.objects.get(name="Botox")
    for _ in range(2):
        answer = desk.post(NEW, typed(service=str(service.pk), phone_number="07700 900123"), follow=True)
    assert "Booked for Tuesday 24 November at 10 am." in text(answer)
    with working_for(north):
        assert Appointment.objects.get().contact.phone == "+447700900123"


def test_a_taken_time_offers_others_that_one_click_takes(desk, visit, north, working_for):
    refused = desk.post(NEW, typed(contact_name="Ben Stone"))
    assert refused.status_code == 422
    assert "already been taken" in text(refused)
    assert "Ben Stone" in refused.content.decode()
    take = re.search(r'name="take" value="([^"]+)"', refused.content.decode())[1]
    assert desk.post(NEW, typed(contact_name="Ben Stone", take=take)).status_code == 302
    with working_for(north):
        assert Appointment.objects.filter(patient_name="Ben Stone").count() == 1


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"contact_name": ""}, "This field is required."),
        ({"day": "2026-02-31"}, "Enter a valid date."),
        ({"day": "2025-11-24"}, "That is in the past."),
        ({"day": "2026-11-22"}, "The clinic is closed on Sunday 22 November."),
        ({"at": "20:00"}, "We have no appointment at that time."),
        ({"phone_number": "12"}, "number"),
    ],
)
def test_what_cannot_be_booked_says_why(desk, more, said):
    answer = desk.post(NEW, typed(**more))
    assert answer.status_code == 422
    assert said in text(answer)


def test_a_visit_is_moved_and_a_conflict_explained(desk, visit, north, working_for):
    with working_for(north):
        make_appointment(TEN.replace(hour=11))
        person = str(visit.practitioner_id)
    refused = desk.post(url("move", visit), {"day": "2026-11-24", "at": "11:00", "practitioner": person})
    assert refused.status_code == 422
    assert "already been taken" in text(refused)
    moved = desk.post(url("move", visit), {"day": "2026-11-24", "at": "14:10", "practitioner": person}, follow=True)
    assert "Moved to Tuesday 24 November at 2:10 pm." in text(moved)


def test_a_visit_is_cancelled_after_asking(desk, visit, north, working_for):
    assert "Its time becomes free at once" in text(desk.get(url("cancel", visit)))
    done = desk.post(url("cancel", visit), {"reason": "Ill"}, follow=True)
    assert "Cancelled. The time is free again." in text(done)
    assert "Move it" not in text(done)
    again = desk.post(
        url("move", visit), {"day": "2026-11-24", "at": "11:00", "practitioner": str(visit.practitioner_id)}
    )
    assert again.status_code == 422


def test_a_request_is_confirmed_and_a_past_visit_closed(desk, north, working_for):
    with working_for(north):
        asked = make_appointment(TEN, status=AppointmentStatus.PENDING)
        past = make_appointment(TEN.replace(day=19))
    assert "Its time is kept until you confirm" in text(desk.get(url("one", asked)))
    assert "Confirmed." in text(desk.post(url("confirm", asked), follow=True))
    assert "Noted: nobody came." in text(desk.post(url("no_show", past), follow=True))
    assert "Noted: the visit took place." in text(desk.post(url("came", past), follow=True))


def test_notes_are_kept(desk, visit):
    desk.post(url("note", visit), {"notes": "Prefers <mornings>"})
    assert "Prefers &lt;mornings&gt;" in desk.get(url("one", visit)).content.decode()


def test_another_clinics_visit_does_not_exist(visit, south_owner, south, sign_in):
    browser = sign_in(south_owner)
    for name in ("one", "cancel"):
        assert browser.get(url(name, visit)).status_code == 404
    for name in ("move", "cancel", "confirm", "came", "no_show", "note"):
        assert browser.post(url(name, visit)).status_code == 404


def test_a_week_takes_the_same_number_of_queries_however_full(desk, north, working_for):
    counts = []
    for hours in (range(9, 10), range(10, 17)):
        with working_for(north):
            for hour in hours:
                make_appointment(TEN.replace(hour=hour), contact=make_contact())
        desk.get("/dashboard/appointments/week?day=2026-11-24")
        with CaptureQueriesContext(connection) as asked:
            desk.get("/dashboard/appointments/week?day=2026-11-24")
        counts.append(len(asked))
    assert counts[0] == counts[1]
