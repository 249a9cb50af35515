"""What tests begin with is what the product makes."""

import re
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import Model

from conftest import make_user
from credentials.service import credential_service
from credentials.types import Provider
from orgs.models import AuditEntry, Membership, Organization, User
from orgs.scope import org_scope, org_tx
from orgs.services import NewOrganization, create_organization
from orgs.tenancy.trial import tenant_models
from orgs.tests.clinics import forget_this_test, open_clinic
from voxanne.clock import now

_UUID = re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}")
# Different for every clinic: ciphertexts and what tells of them, hashes over ids.
_OF_ITS_OWN = {
    "slug",
    "encrypted_config",
    "wrapped_key",
    "key_commitment",
    "key_fingerprint",
    "config_hash",
    "metadata",
}
NEW = NewOrganization(name="Kept Clinic")


def rows_of(org: Organization) -> dict[str, list[dict[str, Any]]]:
    """All its rows, without ids and with times as "just now"."""
    with org_scope(org), org_tx():
        tables: list[tuple[str, list[Model]]] = [("organizations", list(Organization.objects.filter(pk=org.pk)))]
        tables += [(model._meta.db_table, list(model.objects.all())) for model in tenant_models()]
        tables.append(("audit_log", list(AuditEntry.objects.filter(org_id=org.pk).order_by("id"))))
        return {name: sorted((_plain(row) for row in rows), key=repr) for name, rows in tables if rows}


def _plain(row: Model) -> dict[str, Any]:
    values = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    return {name: _say(value) for name, value in values.items() if name not in {*_OF_ITS_OWN, "id"}}


def _say(value: Any) -> str:
    if hasattr(value, "tzinfo") and hasattr(value, "year"):
        return f"{round((now() - value).total_seconds() / 20)} times 20 s ago"
    return _UUID.sub("id", str(value))


@pytest.mark.django_db
def test_a_clinic_from_kept_rows_is_like_one_that_was_opened():
    first, second = make_user("first@kept.example"), make_user("second@kept.example")
    forget_this_test()
    with transaction.atomic():
        kept, rows, hooks = _open(first)
        transaction.set_rollback(True)
    forget_this_test()

    again, same_rows, same_hooks = _open(second)

    assert (again.pk, again.slug, same_hooks) == (kept.pk, kept.slug, hooks)
    assert len(hooks) > 2
    assert same_rows == rows
    assert rows == rows_of(create_organization(new=NEW, owner=second))
    with org_scope(again), org_tx():
        assert Membership.objects.get().user_id == second.pk
        assert AuditEntry.objects.get(action="organization.created").actor_user_id == second.pk
        assert abs(Organization.objects.get(pk=again.pk).created_at - now()).total_seconds() < 5
        assert credential_service.get(again.pk, Provider.VAPI).webhook_secret.reveal()


@pytest.mark.django_db
def test_two_of_one_name_are_two():
    owner = make_user("first@kept.example")

    assert open_clinic(NEW, owner=owner).pk != open_clinic(NEW, owner=owner).pk


def _open(owner: User) -> tuple[Organization, dict[str, Any], list[object]]:
    before = len(connection.run_on_commit)
    org = open_clinic(NEW, owner=owner)
    hooks = [hook[1] for hook in connection.run_on_commit[before:]]
    return org, rows_of(org), hooks
