"""Contacts and services as tests need them; inside `working_for(org)`."""

from typing import Any

import factory

from contacts.models import Contact, Service


class ContactFactory(factory.django.DjangoModelFactory):
    """A patient with a mobile number of Ofcom's range for drama."""

    name = "Ana Reyes"
    first_name = "Ana"
    last_name = "Reyes"
    phone = factory.Sequence(lambda n: f"+447700900{n % 1000:03d}")
    source = "ai_call"

    class Meta:
        model = Contact


class ServiceFactory(factory.django.DjangoModelFactory):
    """Half an hour, on the half-hour, bookable at once."""

    name = factory.Sequence(lambda n: f"Treatment {n}")
    price_minor = 10_000
    currency = "GBP"
    duration_minutes = 30
    minimum_notice_minutes = 0

    class Meta:
        model = Service


def make_contact(**facts: Any) -> Contact:
    return ContactFactory.create(**facts)


def make_service(**facts: Any) -> Service:
    return ServiceFactory.create(**facts)
