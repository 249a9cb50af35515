"""`manage.py create_org`."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from orgs.models import Organization, User
from orgs.scope import service_tx

FACTS = {"name": "Harbour Dental", "owner_email": "Ines@Harbour.example", "owner_password": "a long enough secret 7"}


def create(**changes):
    out = StringIO()
    call_command("create_org", **{**FACTS, **changes}, json=True, stdout=out)
    return json.loads(out.getvalue())


def test_it_prints_ids_and_tokens_that_work(db):
    made = create(country="IE", timezone="Europe/Dublin", currency="EUR")

    assert set(made) == {"org_id", "user_id", "access", "refresh"}
    client = Client(headers={"authorization": f"Bearer {made['access']}"})
    answer = client.get(f"/api/orgs/validate/{made['org_id']}")
    assert (answer.status_code, answer.json()["role"]) == (200, "owner")
    with service_tx("test"):
        org = Organization.objects.get(pk=made["org_id"])
    assert (org.country, org.timezone, org.currency) == ("IE", "Europe/Dublin", "EUR")


def test_twice_is_once(db):
    first, second = create(), create(owner_password="another secret word 9", owner_email="ines@harbour.example")

    assert (first["org_id"], first["user_id"]) == (second["org_id"], second["user_id"])
    assert User.objects.get().check_password(FACTS["owner_password"])


def test_another_name_is_another_clinic_of_the_same_owner(db):
    assert create()["org_id"] != create(name="Harbour Kids")["org_id"]
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    "wrong",
    [{"owner_email": "no"}, {"owner_password": "short"}, {"timezone": "Mars/X"}, {"country": "GBR"}, {"name": " "}],
)
def test_arguments_that_cannot_work_are_refused_and_leave_nothing(db, wrong):
    with pytest.raises(CommandError):
        create(**wrong)

    assert not User.objects.exists()
