"""Two colleagues who merge the same two leads at once, each the other way round."""

from threading import Barrier, Thread

import pytest
from django.db import connection

from contacts.merging import merge_contacts
from contacts.models import Contact, ContactAlias
from contacts.tests.factories import make_contact
from orgs.actors import Actor
from orgs.scope import org_scope

pytestmark = pytest.mark.django_db(transaction=True)


def test_one_of_them_wins_and_nobody_is_lost(north, working_for):
    with working_for(north):
        one, other = make_contact(phone="+447700900123"), make_contact(phone="+447700900777")
    start, kept = Barrier(2), []

    def merge(first, second):
        start.wait()
        with org_scope(north):
            actor = Actor.system(north.pk)
            kept.append(merge_contacts(org=north, kept_id=first.pk, merged_id=second.pk, actor=actor).pk)
        connection.close()

    people = [Thread(target=merge, args=pair) for pair in ((one, other), (other, one))]
    for person in people:
        person.start()
    for person in people:
        person.join()

    with working_for(north):
        left = Contact.objects.get()
        assert kept == [left.pk, left.pk]
        assert ContactAlias.objects.get().former_id == ({one.pk, other.pk} - {left.pk}).pop()
