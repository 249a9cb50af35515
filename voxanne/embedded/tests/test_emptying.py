"""After a test that commits nothing is left but what migrating makes."""

import os

import psycopg
import pytest
from django.contrib.auth.models import Permission
from django.db import connection

from orgs.models import AuditEntry, Organization, User
from orgs.scope import service_tx
from voxanne.embedded import emptying
from voxanne.embedded.emptying import connect_to_empty, empty_tables

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def emptier():
    with connect_to_empty(os.environ["DATABASE_SUPERUSER_URL"], name=connection.settings_dict["NAME"]) as opened:
        yield opened


def left() -> dict[str, int]:
    with service_tx("test"):
        return {
            "organisations": Organization.objects.count(),
            "users": User.objects.count(),
            "audit": AuditEntry.objects.count(),
        }


def test_rows_go_whatever_protects_them_and_permissions_stay(north, emptier):
    permissions = set(Permission.objects.values_list("pk", "codename"))
    assert all(left().values())

    empty_tables(emptier)

    assert not any(left().values())
    assert set(Permission.objects.values_list("pk", "codename")) == permissions


def test_a_large_table_is_small_again(emptier, monkeypatch):
    monkeypatch.setattr(emptying, "_MUCH_BYTES", 100_000)
    User.objects.bulk_create(User(email=f"{number}@many.example") for number in range(2000))

    empty_tables(emptier)

    (size,) = emptier.execute("SELECT pg_relation_size('users')").fetchone()
    assert size < 100_000


def test_an_open_transaction_is_reported_and_not_waited_for_without_end(emptier, north_owner):
    emptier.execute("SET lock_timeout = '50ms'")
    with psycopg.connect(os.environ["DATABASE_SUPERUSER_URL"], dbname=connection.settings_dict["NAME"]) as other:
        other.execute("SELECT * FROM users FOR UPDATE")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            empty_tables(emptier)
