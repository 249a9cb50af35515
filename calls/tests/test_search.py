"""Searching calls, leads and messages: by how a name begins or a number ends, through an index behind row security."""

import pytest
from django.db import connection

from calls.models import UNKNOWN_CALLER
from calls.selectors import CallFilters, list_calls
from calls.tests.factories import make_call
from contacts.lead_list import LeadFilters, list_leads
from contacts.models import Contact
from telephony.models import Message
from telephony.selectors import FEW_PEOPLE, MessageFilters, list_messages
from voxanne.search import digits_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _people(north, working_for):
    with working_for(north):
        ana = Contact.objects.create(name="Ana María Reyes", phone="+447700900123", email="Ana@North.example")
        make_call(north, contact=ana, caller_name=ana.name, phone_number=ana.phone)
        make_call(north, caller_name=UNKNOWN_CALLER, phone_number="+14155550199")
        for key, facts in {
            "sms": {"method": "sms", "recipient": ana.phone, "contact": ana},
            "email": {"method": "email", "recipient": "Desk@Supplier.example"},
        }.items():
            Message.objects.create(status="sent", content="Hello", idempotency_key=key, **facts)


def counts(org, words):
    """How many calls, leads and messages are found."""
    calls = list_calls(org=org, filters=CallFilters(q=words)).rows
    leads = list_leads(filters=LeadFilters(q=words)).rows
    return len(calls), len(leads), len(list_messages(filters=MessageFilters(q=words)).rows)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("ana", (1, 1, 1)),
        ("ANA M", (1, 1, 1)),
        (" reyes ", (1, 1, 1)),
        ("rey", (1, 1, 1)),
        ("eyes", (0, 0, 0)),
        ("07700 900123", (1, 1, 1)),
        ("+44 7700 900 123", (1, 1, 1)),
        ("0123", (1, 1, 1)),
        ("0199", (1, 0, 0)),
        ("770", (0, 0, 0)),
        ("ana@north", (0, 1, 0)),
        ("desk@", (0, 0, 1)),
        ("unknown", (0, 0, 0)),
        ("%", (0, 0, 0)),
        ("a_a", (0, 0, 0)),
        ("\\", (0, 0, 0)),
        ("000", (0, 0, 0)),
        ("٠١٢٣", (0, 0, 0)),
        ("'; DROP TABLE contacts", (0, 0, 0)),
    ],
)
def test_what_is_found(north, working_for, words, found):
    with working_for(north):
        assert counts(north, words) == found


def test_of_a_name_that_many_have_the_newest_messages_are_found(north, working_for):
    with working_for(north):
        Contact.objects.bulk_create(Contact(name=f"Ana Number{n}") for n in range(FEW_PEOPLE + 1))
        assert counts(north, "ana")[2] == 1


@pytest.mark.parametrize(("typed", "digits"), [("07700 900-123", "7700900123"), ("12", ""), ("Ana 1234", ""), ("", "")])
def test_what_is_a_number(typed, digits):
    assert digits_of(typed) == digits


def test_what_is_searched_with_may_use_an_index_before_row_level_security():
    """`LIKE` may not: it could tell a clinic about others. `bin/bench pages` shows what that is worth."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT o.oprname, p.proleakproof FROM pg_operator o JOIN pg_proc p ON p.oid = o.oprcode "
            "WHERE o.oprleft = 'text'::regtype AND o.oprname IN ('^@', '~~')"
        )
        assert dict(cursor.fetchall()) == {"^@": True, "~~": False}
