"""Booking one visit: what is made, what is refused and what is said instead."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import transaction

from contacts.errors import UnusablePhone
from contacts.models import Contact
from contacts.tests.factories import make_contact, make_service
from orgs.models import AuditEntry
from scheduling.errors import ClinicClosed, InThePast, SlotNotOffered, SlotRefused, SlotTaken, TooFarAhead, TooSoon
from scheduling.models import Appointment, AppointmentSource, AppointmentStatus, Practitioner
from scheduling.tests.factories import book, close, let_do, make_appointment, make_call, make_practitioner, set_hours

LONDON = ZoneInfo("Europe/London")
FRIDAY_MORNING = datetime(2026, 11, 20, 9, tzinfo=LONDON)
TUESDAY_AT_TEN = datetime(2026, 11, 24, 10, tzinfo=LONDON)


@pytest.fixture(autouse=True)
def _friday():
    with time_machine.travel(FRIDAY_MORNING, tick=False):
        yield


@pytest.fixture
def clinic(north, working_for):
    with working_for(north):
        yield north


def test_a_free_slot_is_booked(clinic):
    service, call_id = make_service(duration_minutes=45, buffer_before_minutes=5, buffer_after_minutes=10), make_call()

    appointment = book(
        clinic, TUESDAY_AT_TEN, "Ana Reyes", service=service, phone="07700 900123", email="ana@example.org",
        notes="first visit", call_id=call_id, idempotency_key="call-1",
    )  # fmt: skip

    appointment = Appointment.objects.select_related("contact", "practitioner").get(pk=appointment.pk)
    assert (appointment.starts_at, appointment.ends_at) == (TUESDAY_AT_TEN, TUESDAY_AT_TEN + timedelta(minutes=45))
    assert appointment.blocked.lower == TUESDAY_AT_TEN - timedelta(minutes=5)
    assert appointment.blocked.upper == TUESDAY_AT_TEN + timedelta(minutes=55)
    assert (appointment.status, appointment.source) == (AppointmentStatus.CONFIRMED, AppointmentSource.AI_CALL)
    assert (appointment.time_zone, appointment.call_id, appointment.notes) == ("Europe/London", call_id, "first visit")
    assert (appointment.practitioner.name, appointment.patient_name) == ("Clinic team", "Ana Reyes")
    assert (appointment.contact.phone, appointment.contact.lead_status) == ("+447700900123", "booked")
    assert len(appointment.reference) == 6
    entry = AuditEntry.objects.get(action="appointment.booked")
    assert (entry.actor_kind, entry.object_id) == ("vapi", str(appointment.pk))


def test_a_time_without_offset_is_the_clinics(clinic):
    assert book(clinic, datetime.fromisoformat("2026-11-24T10:00")).starts_at == TUESDAY_AT_TEN


def test_open_pages_hear_of_it_once_it_stands(clinic, monkeypatch, django_capture_on_commit_callbacks):
    told = []
    monkeypatch.setattr("voxanne.live.publish._publish", lambda *event: told.append(event))

    with django_capture_on_commit_callbacks(execute=True):
        appointment = book(clinic, TUESDAY_AT_TEN)

    assert told == [(clinic.pk, "appointment", f'{{"id": "{appointment.pk}"}}')]


def test_a_taken_slot_is_refused_with_the_nearest_three(clinic):
    book(clinic, TUESDAY_AT_TEN, "Ana Reyes")

    with pytest.raises(SlotTaken) as refused:
        book(clinic, TUESDAY_AT_TEN, "Ben Okoye", phone="+447700900999")

    assert [slot.starts_at.astimezone(LONDON).strftime("%H:%M") for slot in refused.value.alternatives] == [
        "09:00", "09:30", "10:30",
    ]  # fmt: skip
    assert refused.value.message == (
        "That time has already been taken. The nearest free times are Tuesday 24 November at 9 am, 9:30 am or 10:30 am."
    )
    assert not Contact.objects.filter(phone="+447700900999").exists()
    assert Appointment.objects.count() == 1


@pytest.mark.parametrize(
    ("starts_at", "error", "says"),
    [
        ("2026-11-24T10:07:00", SlotNotOffered, "no appointment at that time"),
        ("2026-11-24T08:30:00", SlotNotOffered, "no appointment at that time"),
        ("2026-11-24T16:45:00", SlotNotOffered, "no appointment at that time"),
        ("2026-11-24T10:00:00.000001", SlotNotOffered, "no appointment at that time"),
        ("2026-11-22T10:00:00", ClinicClosed, "closed on Sunday 22 November"),
        ("2026-11-25T10:00:00", ClinicClosed, "closed on Wednesday 25 November"),
        ("2026-11-26T12:30:00", SlotNotOffered, "no appointment at that time"),
        ("2025-11-24T10:00:00", InThePast, "Today is Friday 20 November 2026"),
        ("0001-01-01T00:00:00", InThePast, "Today is Friday 20 November 2026"),
        ("2026-11-20T10:30:00", TooSoon, "at least 2 hours' notice"),
        ("2027-11-24T10:00:00", TooFarAhead, "until Thursday 18 February 2027"),
        ("9999-12-31T23:59:00", TooFarAhead, "until Thursday 18 February 2027"),
        ("9999-12-31T23:59:00+00:00", TooFarAhead, "until Thursday 18 February 2027"),
    ],
)
def test_what_cannot_be_booked_is_explained_and_something_else_offered(clinic, starts_at, error, says):
    close(date(2026, 11, 25))
    close(date(2026, 11, 26), part=("12:00", "13:00"))

    with pytest.raises(error, match=says) as refused:
        book(clinic, datetime.fromisoformat(starts_at))

    assert type(refused.value) is error
    assert len(refused.value.alternatives) == 3
    assert "The nearest free times are" in refused.value.message
    assert Appointment.objects.count() == 0


def test_every_alternative_can_be_booked(clinic):
    book(clinic, TUESDAY_AT_TEN)
    with pytest.raises(SlotTaken) as refused:
        book(clinic, TUESDAY_AT_TEN)

    for slot in refused.value.alternatives:
        assert book(clinic, slot.starts_at).practitioner_id == slot.practitioner_id


def test_a_full_horizon_has_no_alternatives(clinic):
    service = make_service(horizon_days=7)
    close(date(2026, 11, 1), date(2027, 12, 1))

    with pytest.raises(ClinicClosed) as refused:
        book(clinic, TUESDAY_AT_TEN, service=service)

    assert refused.value.alternatives == []
    assert refused.value.message == "The clinic is closed on Tuesday 24 November."


def test_several_practitioners_are_tried_in_order(clinic):
    team, second = Practitioner.objects.get(), make_practitioner(name="Dr Osei")

    booked = [book(clinic, TUESDAY_AT_TEN, name).practitioner_id for name in ("Ana Reyes", "Ben Okoye")]

    assert booked == [team.pk, second.pk]
    with pytest.raises(SlotTaken):
        book(clinic, TUESDAY_AT_TEN, "Cai Evans")


def test_only_those_who_can_do_a_service_are_booked_for_it(clinic):
    service, osei = make_service(), make_practitioner(name="Dr Osei")
    let_do(osei, service)

    assert book(clinic, TUESDAY_AT_TEN, service=service).practitioner_id == osei.pk
    with pytest.raises(SlotTaken):
        book(clinic, TUESDAY_AT_TEN, service=service)


def test_a_service_that_nobody_does_is_refused(clinic):
    service, gone = make_service(), make_practitioner(is_active=False)
    let_do(gone, service)

    with pytest.raises(SlotNotOffered, match="Nobody here"):
        book(clinic, TUESDAY_AT_TEN, service=service)


def test_a_practitioner_who_was_asked_for_is_not_exchanged(clinic):
    osei = make_practitioner(name="Dr Osei")
    assert book(clinic, TUESDAY_AT_TEN, practitioner=osei).practitioner_id == osei.pk
    with pytest.raises(SlotTaken):
        book(clinic, TUESDAY_AT_TEN, practitioner=osei)


def test_buffers_keep_the_neighbours_away(clinic):
    service = make_service(buffer_after_minutes=15)
    book(clinic, TUESDAY_AT_TEN, service=service)

    with pytest.raises(SlotTaken):
        book(clinic, TUESDAY_AT_TEN + timedelta(minutes=30), service=service)
    with pytest.raises(SlotTaken):
        book(clinic, TUESDAY_AT_TEN - timedelta(minutes=30), service=service)
    book(clinic, TUESDAY_AT_TEN + timedelta(minutes=60), service=service)


def test_a_buffer_may_reach_beyond_opening_hours(clinic):
    service = make_service(buffer_before_minutes=30, buffer_after_minutes=30)
    book(clinic, TUESDAY_AT_TEN.replace(hour=9), service=service)
    book(clinic, TUESDAY_AT_TEN.replace(hour=16, minute=30), service=service)


@pytest.mark.parametrize("status", ["cancelled", "completed", "no_show"])
def test_what_is_over_blocks_nothing(clinic, status):
    make_appointment(TUESDAY_AT_TEN, status=status)
    book(clinic, TUESDAY_AT_TEN)


def test_a_held_slot_is_taken_until_its_time_is_up(clinic):
    held = make_appointment(
        TUESDAY_AT_TEN, status=AppointmentStatus.HELD, held_until=FRIDAY_MORNING + timedelta(minutes=2)
    )
    with pytest.raises(SlotTaken):
        book(clinic, TUESDAY_AT_TEN)

    with time_machine.travel(FRIDAY_MORNING + timedelta(minutes=2), tick=False):
        book(clinic, TUESDAY_AT_TEN)
    assert not Appointment.objects.filter(pk=held.pk).exists()


def test_the_same_key_gives_the_same_appointment(clinic):
    first = book(clinic, TUESDAY_AT_TEN, idempotency_key="call-1")
    again = book(clinic, TUESDAY_AT_TEN + timedelta(hours=1), "Someone Else", idempotency_key="call-1")

    assert again.pk == first.pk
    assert Appointment.objects.count() == 1
    assert AuditEntry.objects.filter(action="appointment.booked").count() == 1


def test_the_same_visit_asked_for_again_in_a_call_is_the_same_appointment(clinic):
    make_practitioner(name="Dr Osei")
    call_id = make_call()
    first = book(clinic, TUESDAY_AT_TEN, "Ana Reyes", call_id=call_id, idempotency_key="tool-1")
    again = book(clinic, TUESDAY_AT_TEN, " ana  reyes", call_id=call_id, idempotency_key="tool-2")
    child = book(clinic, TUESDAY_AT_TEN, "Leo Reyes", call_id=call_id, idempotency_key="tool-3")

    assert again.pk == first.pk
    assert child.pk != first.pk


def test_keys_of_one_organisation_mean_nothing_to_another(north, south, working_for):
    with working_for(north):
        first = book(north, TUESDAY_AT_TEN, idempotency_key="call-1")
    with working_for(south):
        second = book(south, TUESDAY_AT_TEN, idempotency_key="call-1")

    assert second.pk != first.pk


def test_a_caller_is_known_by_the_number(clinic):
    known = make_contact(phone="+447700900123", name="Ana Reyes")
    appointment = book(clinic, TUESDAY_AT_TEN, "Leo Reyes", phone="+44 7700 900123")

    known.refresh_from_db()
    assert appointment.contact_id == known.pk
    assert (known.name, known.lead_status, appointment.patient_name) == ("Ana Reyes", "booked", "Leo Reyes")


def test_a_withheld_number_can_book(clinic):
    assert book(clinic, TUESDAY_AT_TEN, "Ana Reyes").contact.phone == ""


def test_a_number_that_nobody_could_dial_books_nothing(clinic):
    with pytest.raises(UnusablePhone):
        book(clinic, TUESDAY_AT_TEN, phone="12")
    assert Appointment.objects.count() == 0


def test_a_reference_that_is_used_already_is_drawn_again(clinic, monkeypatch):
    codes = iter(["AH2346", "AH2346", "AH2346", "KW4827"])
    monkeypatch.setattr("scheduling.booking.new_reference", lambda: next(codes))
    first = book(clinic, TUESDAY_AT_TEN)
    second = book(clinic, TUESDAY_AT_TEN + timedelta(hours=1), "Ben Okoye")

    assert (first.reference, second.reference) == ("AH2346", "KW4827")


def test_a_refusal_leaves_the_surrounding_work_standing(clinic):
    book(clinic, TUESDAY_AT_TEN)
    with transaction.atomic():
        contact = make_contact(phone="+447700900555")
        with pytest.raises(SlotRefused):
            book(clinic, TUESDAY_AT_TEN, phone="+447700900777")
    assert Contact.objects.filter(pk=contact.pk).exists()


def test_odd_texts_are_stored_harmlessly(clinic):
    appointment = book(clinic, TUESDAY_AT_TEN, "A\x00na" + "x" * 300, notes="\x00" + "n" * 9000, email="not an address")
    assert len(appointment.patient_name) == 120
    assert len(appointment.notes) == 4000


def test_a_time_that_the_clock_skips_is_refused(clinic):
    service = make_service(horizon_days=200)
    with pytest.raises(SlotNotOffered, match="The clocks go forward that night") as refused:
        book(clinic, datetime.fromisoformat("2027-03-28T01:30"), service=service)
    assert len(refused.value.alternatives) == 3


def test_a_time_that_the_clock_shows_twice_is_booked_once(clinic):
    service = make_service(horizon_days=400)
    set_hours((6, "00:00", "04:00"))
    first = book(clinic, datetime.fromisoformat("2027-10-31T01:30"), service=service)

    assert first.starts_at == datetime.fromisoformat("2027-10-31T01:30+01:00")
    with pytest.raises(SlotNotOffered):
        book(clinic, datetime.fromisoformat("2027-10-31T01:30+00:00"), service=service)


def test_queries_do_not_grow_with_the_diary(clinic, django_assert_num_queries):
    for _ in range(4):
        make_practitioner()
    with django_assert_num_queries(17):
        book(clinic, TUESDAY_AT_TEN, phone="+447700900123", idempotency_key="call-1")
    for _ in range(4):
        book(clinic, TUESDAY_AT_TEN)
    with django_assert_num_queries(9), pytest.raises(SlotTaken):
        book(clinic, TUESDAY_AT_TEN, phone="+447700900123", idempotency_key="call-2")
