"""Opening an account opens a clinic, whole or not at all."""

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client

from conftest import PASSWORD
from orgs import services
from orgs.models import AuditEntry, IntegrationSettings, Membership, Organization, Role, User
from orgs.scope import service_tx

SIGN_UP = {
    "clinic_name": "Harbour Dental",
    "full_name": "Ines Varga",
    "email": "Ines@Harbour.example",
    "password1": PASSWORD,
}


def sign_up(client=None, **changes):
    return (client or Client()).post("/accounts/signup/", {**SIGN_UP, **changes})


@pytest.fixture
def seeders(monkeypatch):
    """The seeders, to add to for one test."""
    monkeypatch.setattr(services, "_seeders", dict(services._seeders))
    return services._seeders


def test_sign_up_makes_person_clinic_owner_and_settings(db):
    response = sign_up(timezone="America/New_York", country="us")

    assert (response.status_code, response["Location"]) == (302, "/dashboard/onboarding")
    user = User.objects.get(email="ines@harbour.example")
    assert user.full_name == "Ines Varga"
    with service_tx("test"):
        org = Organization.objects.get()
        assert (org.name, org.timezone, org.country, org.currency) == (
            "Harbour Dental",
            "America/New_York",
            "US",
            "USD",
        )
        membership = Membership.across_orgs.get()
        assert (membership.user_id, membership.org_id, membership.role) == (user.pk, org.pk, Role.OWNER)
        assert IntegrationSettings.across_orgs.filter(org=org).exists()
        assert AuditEntry.objects.filter(org=org, action="organization.created").exists()


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "../etc/passwd"])
def test_an_unknown_time_zone_falls_back_to_london(db, zone):
    sign_up(timezone=zone, country="zz")

    with service_tx("test"):
        assert Organization.objects.values_list("timezone", "country").get() == ("Europe/London", "GB")


def test_the_new_owner_is_signed_in_and_asked_to_confirm_the_address(db):
    client = Client()
    sign_up(client)

    page = client.get("/dashboard/onboarding")

    assert page.status_code == 200
    assert b"Confirm ines@harbour.example" in page.content
    assert len(mail.outbox) == 1


@pytest.mark.django_db(transaction=True)
def test_a_seed_that_fails_leaves_nothing(seeders):
    def explode(org):
        raise RuntimeError("seed failed")

    seeders[explode] = 99
    client = Client(raise_request_exception=False)

    assert sign_up(client).status_code == 500

    assert not User.objects.exists()
    assert not EmailAddress.objects.exists()
    with service_tx("test"):
        assert not Organization.objects.exists()


def test_the_same_address_twice_is_told_and_makes_no_second_clinic(north_owner, north):
    response = sign_up(email=north_owner.email.upper())

    assert response.status_code == 200
    assert b"There is an account with this email address already" in response.content
    with service_tx("test"):
        assert Organization.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "not an address"),
        ("password1", "short"),
        ("password1", "1234567890"),
        ("clinic_name", ""),
        ("full_name", ""),
    ],
)
def test_bad_input_is_marked_and_makes_nothing(db, field, value):
    response = sign_up(**{field: value})

    assert response.status_code == 200
    assert response.context["form"].errors[field]
    assert not User.objects.exists()


def test_the_link_in_the_mail_confirms_the_address(db):
    client = Client()
    sign_up(client)
    link = next(word for word in mail.outbox[0].body.split() if "confirm-email" in word)

    client.post(link.replace("http://testserver", ""))

    assert EmailAddress.objects.get().verified
    assert b"Confirm ines@" not in client.get("/dashboard/onboarding").content
