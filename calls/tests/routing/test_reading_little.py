"""While a telephone rings, what is read is this caller's: a clinic of thousands costs what a clinic of ten does."""

from datetime import timedelta

import pytest
from django.db import connection

from calls.models import Call, CallStatus
from calls.routing.facts import read_facts
from calls.tests.routing.conftest import JOHN, NORTH_NUMBER
from contacts.models import Contact
from scheduling.tests.factories import make_appointment
from voxanne.clock import now
from voxanne.ids import uuid7
from voxanne.tests.planner import believed

pytestmark = pytest.mark.django_db

OTHERS = 300
STRANGER = "+447700900777"
# A platform of a hundred clinics with a hundred thousand people, as PostgreSQL would find it.
A_LARGE_PLATFORM = {
    "contacts": (100_000, {"org_id": (100, []), "phone": (-1, []), "id": (-1, [])}),
    "contact_aliases": (10_000, {"org_id": (100, []), "phone": (-1, []), "contact_id": (-1, [])}),
    "call_logs": (200_000, {"org_id": (100, []), "phone_number": (-0.5, []), "contact_id": (-0.5, [])}),
    "appointments": (100_000, {"org_id": (100, []), "contact_id": (-0.5, []), "starts_at": (-1, [])}),
}
_READ = """
SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0)) FROM pg_stat_xact_user_tables WHERE relname = ANY(%s)
"""


@pytest.fixture
def large_clinic(clinic, working_for):
    """Hundreds of people who are not calling, each with a call, and some with an appointment; John among them."""
    with working_for(clinic.org):
        people = Contact.objects.bulk_create(
            Contact(name=f"Ana Reyes {place}", phone=f"+44770091{place:04d}") for place in range(OTHERS)
        )
        Call.objects.bulk_create(
            Call(
                vapi_call_id=str(uuid7()), call_sid=str(uuid7()), contact=person, phone_number=person.phone,
                status=CallStatus.COMPLETED,
            )
            for person in people
        )  # fmt: skip
        for place, person in enumerate(people[:50]):
            make_appointment(now() + timedelta(days=1 + place), contact=person)
    clinic.know("John Smith", phone=JOHN)
    with working_for(clinic.org), believed(A_LARGE_PLATFORM):
        yield clinic


def ring(clinic, caller):
    return read_facts(
        org_id=clinic.org.pk, called_number=NORTH_NUMBER, called_number_id="", caller_number=caller, moment=now()
    )


def count_rows_read(clinic, caller):
    def read_so_far():
        with connection.cursor() as cursor:
            cursor.execute(_READ, [list(A_LARGE_PLATFORM)])
            return cursor.fetchone()[0] or 0

    before = read_so_far()
    ring(clinic, caller)
    return read_so_far() - before


@pytest.mark.parametrize("caller", [JOHN, STRANGER, ""])
def test_few_rows_are_read_however_many_people_the_clinic_knows(large_clinic, caller):
    assert max(count_rows_read(large_clinic, caller) for _ in range(8)) < 10


def test_what_postgresql_planned_for_one_call_it_keeps_for_the_next(clinic):
    """A migration that puts the function in its own place forgets the setting; each call is planned anew then."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT proconfig FROM pg_proc WHERE proname = 'who_is_calling'")
        assert cursor.fetchone()[0] == ["plan_cache_mode=force_generic_plan"]
