"""What the database itself keeps true about contacts and services."""

import pytest
from django.db import IntegrityError, transaction

from contacts.models import Contact, LeadTemperature


@pytest.mark.parametrize(
    ("score", "temperature"), [(100, "hot"), (70, "hot"), (69, "warm"), (40, "warm"), (39, "cold"), (0, "cold")]
)
def test_the_temperature_follows_the_score(north, working_for, score, temperature):
    with working_for(north):
        contact = Contact.objects.create(name="Ana Reyes", lead_score=score)
        assert contact.lead_temperature == LeadTemperature(temperature)

        Contact.objects.filter(pk=contact.pk).update(lead_score=100 - score)
        contact.refresh_from_db()
        assert contact.lead_temperature == ("hot" if 100 - score >= 70 else "warm" if 100 - score >= 40 else "cold")


@pytest.mark.parametrize("wrong", [{"lead_score": 101}, {"phone": "07700 900123"}, {"lead_status": "maybe"}])
def test_the_database_refuses_impossible_contacts(north, working_for, wrong):
    with working_for(north), pytest.raises(IntegrityError), transaction.atomic():
        Contact.objects.create(name="Ana Reyes", **wrong)


def test_a_number_belongs_to_one_contact_of_an_organisation(north, south, working_for):
    with working_for(north):
        Contact.objects.create(phone="+447700900123")
        Contact.objects.create(phone="")
        Contact.objects.create(phone="")
        with pytest.raises(IntegrityError), transaction.atomic():
            Contact.objects.create(phone="+447700900123")
    with working_for(south):
        Contact.objects.create(phone="+447700900123")
