"""The database keeps clinics apart, and the diary sound, whatever the code above it does."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, IntegrityError, ProgrammingError, connection, transaction
from psycopg.types.range import TimestamptzRange

from contacts.tests.factories import make_contact, make_service
from orgs.scope import org_scope, service_tx
from scheduling.models import Appointment, BusinessHours, Closure, Practitioner, PractitionerService
from scheduling.selectors import appointments_of_call, bookings_between, upcoming_count
from scheduling.tests.factories import let_do, make_appointment, make_call, make_practitioner

TEN = datetime(2026, 11, 24, 10, tzinfo=ZoneInfo("Europe/London"))


@pytest.fixture
def of_south(south, working_for):
    """One row of each kind that belongs to the other clinic."""
    with working_for(south):
        contact, service, person = make_contact(), make_service(), make_practitioner()
        let_do(person, service)
        return {"contact": contact, "service": service, "practitioner": person, "call": make_call()}


def check_keys() -> None:
    """Foreign keys are checked at the end of a transaction: here and now instead."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize("parent", ["contact", "service", "practitioner"])
def test_an_appointment_cannot_point_at_another_clinics_row(north, of_south, working_for, parent):
    with working_for(north):
        make_appointment(TEN, **{parent: of_south[parent]})
        with pytest.raises(IntegrityError, match=f"appointments_{parent}_id_org_fk"), transaction.atomic():
            check_keys()
        Appointment.objects.all().delete()


@pytest.mark.parametrize("model", [BusinessHours, Closure, PractitionerService])
def test_hours_closures_and_skills_cannot_point_at_another_clinics_people(north, of_south, working_for, model):
    facts = {
        BusinessHours: {"weekday": 0, "opens_at": "09:00", "closes_at": "10:00"},
        Closure: {"first_day": "2026-11-24", "last_day": "2026-11-24"},
        PractitionerService: {"service": of_south["service"]},
    }
    with working_for(north):
        row = model.objects.create(practitioner=of_south["practitioner"], **facts[model])
        with pytest.raises(IntegrityError, match="practitioner_id_org_fk"), transaction.atomic():
            check_keys()
        row.delete()


@pytest.mark.parametrize("model", [Appointment, BusinessHours, Closure, Practitioner, PractitionerService])
def test_rows_of_another_clinic_are_unseen_and_untouchable(north, south, of_south, working_for, model):
    with working_for(south):
        make_appointment(TEN)
        Closure.objects.create(first_day="2026-11-24", last_day="2026-11-24")
        assert model.objects.exists()

    with working_for(north):
        assert not model.across_orgs.filter(org_id=south.pk).exists()
        assert model.across_orgs.filter(org_id=south.pk).update(org_id=south.pk) == 0
        assert model.across_orgs.filter(org_id=south.pk).delete()[0] == 0
        with (
            pytest.raises(ProgrammingError, match="row-level security"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"INSERT INTO {model._meta.db_table} (org_id) VALUES (%s::uuid)", [south.pk])


def test_outside_a_transaction_of_its_own_a_table_is_closed(north):
    with org_scope(north), pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        Appointment.objects.count()


def test_the_owner_of_an_appointment_cannot_change(north, south, working_for):
    with working_for(north):
        make_appointment(TEN)
    with service_tx("test"), pytest.raises(DatabaseError, match="cannot change"), transaction.atomic():
        Appointment.across_orgs.update(org_id=south.pk)


def test_figures_are_the_own_clinics(north, south, working_for):
    with working_for(south):
        make_appointment(TEN, call_id=(call_id := make_call()))
    hour = timedelta(hours=1)
    with working_for(north):
        made = Appointment.objects.all()
        assert not made.exists()
        assert not appointments_of_call(call_id).exists()
        assert upcoming_count(org=north, day=TEN.date()) == 0
        assert bookings_between(org=north, start=TEN - hour * 9999, end=TEN + hour * 9999) == 0


def minutes(start: int, end: int) -> TimestamptzRange:
    return TimestamptzRange(TEN + timedelta(minutes=start), TEN + timedelta(minutes=end), "[)")


def test_no_two_living_appointments_of_a_practitioner_overlap(north, working_for):
    with working_for(north):
        make_appointment(TEN, blocked=minutes(-10, 40))
        make_appointment(TEN + timedelta(minutes=40))
        make_appointment(TEN, status="cancelled")
        make_appointment(TEN, practitioner=make_practitioner())
        for status, held_until in (("confirmed", None), ("pending", None), ("held", TEN)):
            with pytest.raises(IntegrityError, match="appointments_no_double_booking"), transaction.atomic():
                make_appointment(TEN + timedelta(minutes=39), status=status, held_until=held_until)


def test_a_cancelled_appointment_cannot_come_back_onto_another(north, working_for):
    with working_for(north):
        cancelled = make_appointment(TEN, status="cancelled")
        make_appointment(TEN)
        with pytest.raises(IntegrityError, match="appointments_no_double_booking"), transaction.atomic():
            Appointment.objects.filter(pk=cancelled.pk).update(status="confirmed")


@pytest.mark.parametrize(
    "wrong",
    [
        {"ends_at": TEN},
        {"ends_at": TEN + timedelta(hours=25)},
        {"blocked": minutes(5, 30)},
        {"blocked": minutes(0, 25)},
        {"blocked": minutes(-24 * 60 - 1, 30)},
        {"blocked": TimestamptzRange(TEN, None, "[)")},
        {"blocked": TimestamptzRange(TEN, TEN + timedelta(minutes=30), "[]")},
        {"blocked": TimestamptzRange(empty=True)},
        {"status": "maybe"},
        {"source": "elsewhere"},
        {"status": "held"},
        {"held_until": TEN},
    ],
)
def test_the_database_refuses_impossible_appointments(north, working_for, wrong):
    with working_for(north), pytest.raises(IntegrityError), transaction.atomic():
        make_appointment(TEN, **wrong)


@pytest.mark.parametrize(
    "wrong",
    [
        {"last_day": "2026-11-23"},
        {"starts_at": "10:00"},
        {"ends_at": "10:00"},
        {"starts_at": "10:00", "ends_at": "09:00"},
    ],
)
def test_the_database_refuses_impossible_closures(north, working_for, wrong):
    with working_for(north), pytest.raises(IntegrityError), transaction.atomic():
        Closure.objects.create(**{"first_day": "2026-11-24", "last_day": "2026-11-24", **wrong})


def test_a_new_clinic_can_be_booked(north, working_for):
    with working_for(north):
        assert list(Practitioner.objects.values_list("name", "is_active")) == [("Clinic team", True)]
        assert BusinessHours.objects.filter(practitioner=None, opens_at="09:00", closes_at="17:00").count() == 5
