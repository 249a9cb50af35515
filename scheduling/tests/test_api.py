"""The diary through the API: book, read, move, cancel, and what is said when a time cannot be had."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contacts.models import Service
from contacts.tests.factories import make_contact, make_service
from orgs.models import Role
from scheduling.models import Appointment, AppointmentStatus
from scheduling.tests.factories import make_appointment, make_practitioner

pytestmark = pytest.mark.django_db
TEN = datetime(2026, 11, 24, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _friday():
    with time_machine.travel(datetime(2026, 11, 20, 9, tzinfo=UTC), tick=True):
        yield


@pytest.fixture
def desk(north, add_member, sign_in):
    """A receptionist's browser."""
    return sign_in(add_member(north, Role.MEMBER))


def post(browser, path="", **body):
    return browser.post(f"/api/appointments{path}", body, content_type="application/json")


def patch(browser, row_id, **body):
    return browser.patch(f"/api/appointments/{row_id}", body, content_type="application/json")


def book(browser, at="2026-11-24T10:00", **more):
    return post(browser, scheduled_at=at, contact_name="Ana Reyes", **more)


def test_a_booking_is_made_and_read(desk, north, working_for):
    with working_for(north):
        service = Service.objects.get(name="Botox")

    made = book(desk, phone_number="07700 900123", service_id=str(service.pk), notes="first visit")

    assert made.status_code == 201
    body = made.json()
    assert (body["scheduled_at"], body["scheduled_time"]) == ("2026-11-24T10:00:00Z", "2026-11-24T10:00:00Z")
    assert (body["contact_name"], body["phone_number"], body["service_name"]) == ("Ana Reyes", "+447700900123", "Botox")
    assert (body["status"], body["source"]) == ("confirmed", "staff")
    assert desk.get(f"/api/appointments/{body['id']}").json() == body
    (listed,) = desk.get("/api/appointments").json()["appointments"]
    assert listed == body


def test_the_same_key_books_once(desk, north, working_for):
    answers = [
        desk.post(
            "/api/appointments",
            {"scheduled_at": "2026-11-24T10:00", "contact_name": "Ana Reyes"},
            content_type="application/json",
            headers={"Idempotency-Key": "click-1"},
        ).json()["id"]
        for _ in range(2)
    ]
    assert answers[0] == answers[1]
    with working_for(north):
        assert Appointment.objects.count() == 1


def test_a_taken_time_answers_409_with_three_others(desk):
    book(desk)
    refused = post(desk, scheduled_at="2026-11-24T10:00", contact_name="Ben Stone")
    assert refused.status_code == 409
    assert refused.json()["code"] == "slot_taken"
    assert len(refused.json()["alternatives"]) == 3
    assert "The nearest free times are" in refused.json()["error"]


@pytest.mark.parametrize(
    ("at", "status", "code"),
    [
        ("2026-02-31T10:00", 400, "bad_input"),
        ("tomorrow", 400, "bad_input"),
        ("2025-11-24T10:00", 400, "in_the_past"),
        ("2026-11-22T10:00", 409, "clinic_closed"),
        ("2026-11-24T20:00", 409, "slot_not_offered"),
        ("2027-03-28T01:30", 409, "slot_not_offered"),
        ("2036-11-24T10:00", 409, "too_far_ahead"),
    ],
)
def test_times_that_cannot_be_say_why(desk, at, status, code):
    answer = book(desk, at)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_the_team_may_book_outside_hours_when_it_says_so(desk):
    assert book(desk, "2026-11-24T20:00", outside_hours=True).status_code == 201


def test_unknown_services_and_people_are_named(desk):
    for field, value in (("service_id", str(uuid4())), ("practitioner_id", 10**12)):
        answer = book(desk, **{field: value})
        assert answer.status_code == 400
        assert field in answer.json()["fields"]


def test_moving_confirming_and_cancelling(desk, north, working_for):
    with working_for(north):
        row = make_appointment(TEN, status=AppointmentStatus.PENDING)
    moved = patch(desk, row.pk, scheduled_at="2026-11-24T14:00", notes="rang back")
    assert (moved.json()["scheduled_at"], moved.json()["notes"]) == ("2026-11-24T14:00:00Z", "rang back")
    assert patch(desk, row.pk, status="confirmed").json()["status"] == "confirmed"
    gone = patch(desk, row.pk, status="cancelled", cancel_reason="ill").json()
    assert (gone["status"], gone["cancel_reason"]) == ("cancelled", "ill")
    assert desk.delete(f"/api/appointments/{row.pk}").json()["cancelled_at"] == gone["cancelled_at"]
    assert patch(desk, row.pk, status="completed").json()["code"] == "appointment_not_standing"


def test_a_refused_move_changes_nothing_else_either(desk, north, working_for):
    with working_for(north):
        row = make_appointment(TEN)
        make_appointment(datetime(2026, 11, 24, 11, tzinfo=UTC))
    refused = patch(desk, row.pk, scheduled_at="2026-11-24T11:00", notes="never kept")
    assert (refused.status_code, refused.json()["code"]) == (409, "slot_taken")
    assert desk.get(f"/api/appointments/{row.pk}").json()["notes"] == ""


def test_what_is_free_is_listed(desk):
    query = {"first_day": "2026-11-24", "last_day": "2026-11-24", "limit": 3}
    slots = desk.get("/api/appointments/availability", query).json()["slots"]
    assert [slot["start"] for slot in slots] == [f"2026-11-24T{at}:00Z" for at in ("09:00", "09:30", "10:00")]


def test_pages_follow_each_other_and_filters_narrow(desk, north, working_for):
    with working_for(north):
        other = make_practitioner()
        for hour in range(9, 13):
            make_appointment(TEN.replace(hour=hour))
        make_appointment(TEN, practitioner=other)
        make_appointment(TEN.replace(day=25), status=AppointmentStatus.HELD, held_until=TEN)
    first = desk.get("/api/appointments", {"limit": 3}).json()
    second = desk.get("/api/appointments", {"limit": 3, "cursor": first["next_cursor"]}).json()
    assert (len(first["appointments"]), len(second["appointments"]), second["next_cursor"]) == (3, 2, None)
    only = desk.get("/api/appointments", {"practitioner_id": other.pk}).json()["appointments"]
    assert [row["practitioner_id"] for row in only] == [other.pk]


def test_anothers_appointment_does_not_exist(desk, south, working_for):
    with working_for(south):
        row = make_appointment(TEN)
    assert desk.get(f"/api/appointments/{row.pk}").status_code == 404
    assert patch(desk, row.pk, status="cancelled").status_code == 404
    assert desk.delete(f"/api/appointments/{row.pk}").status_code == 404
    assert desk.get("/api/appointments/not-a-uuid").status_code == 400


def test_the_list_asks_the_same_number_of_questions_however_long(desk, north, working_for):
    desk.get("/api/appointments")
    counts = []
    for hours in (range(9, 10), range(10, 17)):
        with working_for(north):
            for hour in hours:
                make_appointment(TEN.replace(hour=hour), contact=make_contact(), service=make_service())
        with CaptureQueriesContext(connection) as asked:
            desk.get("/api/appointments")
        counts.append(len(asked))
    assert counts[0] == counts[1]
