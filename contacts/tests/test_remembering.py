"""One number is one contact, however often and from however many calls it comes."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from contacts.errors import UnusablePhone
from contacts.models import Contact
from contacts.services import remember_caller
from contacts.tests.factories import make_contact
from orgs.scope import org_scope, org_tx

NUMBER = "+447700900123"


def test_a_new_caller_becomes_a_contact(north, working_for):
    with working_for(north):
        contact = remember_caller(
            org=north, phone="07700 900123", name="  Ana  Maria Reyes ", email="ana@example.org", source="ai_call"
        )

    assert (contact.phone, contact.name, contact.first_name, contact.last_name) == (
        NUMBER, "Ana Maria Reyes", "Ana", "Maria Reyes",
    )  # fmt: skip
    assert (contact.email, contact.lead_status, contact.lead_score) == ("ana@example.org", "new", 40)
    assert (contact.lead_temperature, contact.memory_enabled, contact.org_id) == ("warm", True, north.pk)


def test_a_known_caller_is_filled_in_and_never_overwritten(north, working_for):
    with working_for(north):
        known = make_contact(phone=NUMBER, name="", first_name="", last_name="", email="old@example.org", lead_score=90)
        again = remember_caller(org=north, phone=NUMBER, name="Ana Reyes", email="new@example.org", source="ai_call")
        other = remember_caller(org=north, phone=NUMBER, name="Ben Reyes", source="ai_call")

    assert again.pk == other.pk == known.pk
    assert (other.name, other.first_name, other.email, other.lead_score) == ("Ana Reyes", "Ana", "old@example.org", 90)
    assert other.last_contacted_at is not None


def test_a_withheld_number_makes_a_contact_each_time(north, working_for):
    with working_for(north):
        first = remember_caller(org=north, phone="", name="Ana Reyes", source="ai_call")
        second = remember_caller(org=north, phone="", name="Ben Okoye", source="ai_call")

    assert first.pk != second.pk


@pytest.mark.parametrize("phone", ["anonymous", "12", "sip:reception@clinic.example", "+44" + "7" * 60, "\x00"])
def test_a_number_that_nobody_could_dial_is_refused(north, working_for, phone):
    with working_for(north), pytest.raises(UnusablePhone):
        remember_caller(org=north, phone=phone, source="ai_call")


def test_odd_names_and_addresses_are_stored_harmlessly(north, working_for):
    with working_for(north):
        contact = remember_caller(
            org=north, phone=NUMBER, name="Ana\x00\u202e\n " + "R" * 300, email="ana at example", source="x" * 50
        )

    assert contact.name.startswith("Ana R")
    assert len(contact.name) == 120
    assert contact.email == ""


def test_two_organisations_know_the_same_number_separately(north, south, working_for):
    with working_for(north):
        remember_caller(org=north, phone=NUMBER, name="Ana Reyes", source="ai_call")
    with working_for(south):
        contact = remember_caller(org=south, phone=NUMBER, source="ai_call")

    assert contact.name == ""


@pytest.mark.django_db(transaction=True)
def test_calls_at_once_from_one_number_make_one_contact(north):
    def remember(turn: int) -> Contact:
        try:
            with org_scope(north), org_tx():
                return remember_caller(org=north, phone=NUMBER, name=f"Caller {turn}", source="ai_call")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(16) as pool:
        contacts = list(pool.map(remember, range(64)))

    assert len({contact.pk for contact in contacts}) == 1
    assert len({contact.name for contact in contacts}) == 1
