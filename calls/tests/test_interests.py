"""What callers are interested in, as their calls told."""

import pytest

from calls.after_call.interests import note_interests
from calls.tests.factories import make_call
from contacts.models import Contact
from contacts.tests.factories import make_contact

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_work(north, working_for):
    with working_for(north):
        yield


def named(*names):
    return [{"id": name, "name": name, "value": 40_000, "wanted": True} for name in names]


def test_what_was_named_is_added_once_to_what_is_known(north):
    ana = make_contact(service_interests=["Botox"])
    call = make_call(north, contact=ana, matched_services=named("Fillers", "Botox"))
    for _ in range(2):
        note_interests(call)

    assert Contact.objects.get().service_interests == ["Botox", "Fillers"]


def test_a_call_that_named_nothing_new_costs_nothing(north, django_assert_num_queries):
    call = make_call(north, contact=make_contact(service_interests=["Botox"]), matched_services=named("Botox"))
    with django_assert_num_queries(0):
        note_interests(call)


def test_nobody_is_interested_in_a_call_from_nobody(north):
    note_interests(make_call(north, contact=None, matched_services=named("Botox")))
    assert not Contact.objects.exists()
