"""The audit log: append-only, sealed, and tampering shows."""

import json
from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from conftest import as_owner, make_org, make_user
from orgs import audit
from orgs.actors import Actor
from orgs.models import AuditEntry, AuditSeal
from orgs.scope import org_scope, org_tx, service_tx
from voxanne.clock import now


def write(org, count=1, **details):
    with org_scope(org), org_tx():
        for _ in range(count):
            audit.record(Actor.system(org.pk), "thing.done", org, **details)


def seal() -> int:
    """Seal as if a minute had passed: the newest entries may still be in flight."""
    delay, audit.SEAL_DELAY_S = audit.SEAL_DELAY_S, -5
    try:
        return audit.seal_new_entries()
    finally:
        audit.SEAL_DELAY_S = delay


@pytest.mark.parametrize("verb", ["UPDATE {} SET id = id", "DELETE FROM {}"])
@pytest.mark.parametrize("table", ["audit_log", "audit_seals"])
@pytest.mark.parametrize("role", ["tenant", "service"])
def test_no_runtime_role_changes_or_removes(north, role, table, verb):
    write(north)
    seal()
    enter = service_tx("test") if role == "service" else org_tx()

    with org_scope(north), pytest.raises(DatabaseError, match=r"permission denied|append-only"), enter:
        connection.cursor().execute(verb.format(table))


def test_a_tenant_cannot_seal(north):
    with org_scope(north), pytest.raises(DatabaseError, match="permission denied"), org_tx():
        AuditSeal.objects.create(org=north, first_entry_id=1, last_entry_id=1, entries=1, digest="x")


def test_a_tenant_cannot_write_in_the_name_of_another_or_the_platform(north, south):
    for org_id in (south.pk, None):
        with org_scope(north), pytest.raises(DatabaseError, match="row-level security"), org_tx():
            audit.record(Actor.system(org_id), "thing.done")


def test_secrets_do_not_reach_the_log(north):
    write(north, api_key="canary-1", note="call +447700900123", nested={"password": "canary-2"})

    with service_tx("test"):
        details = AuditEntry.objects.latest("id").details
    assert details == {"api_key": "[redacted]", "note": "call +447•••23", "nested": {"password": "[redacted]"}}


def test_fresh_entries_wait_until_no_older_one_can_appear(north):
    write(north)

    assert audit.seal_new_entries() == 0
    with time_machine.travel(now() + timedelta(minutes=1)):
        assert audit.seal_new_entries() == 0, "the database's own clock decides"


def test_each_organisation_has_its_own_chain(north, south):
    write(north, 3)
    write(south, 2)
    with service_tx("test"):
        audit.record(Actor.system(), "platform.thing")
    sealed = seal()
    write(north, 1)

    assert seal() == 1
    assert seal() == 0
    with service_tx("test"):
        assert sealed + 1 == AuditEntry.objects.count()
        chain = list(AuditSeal.objects.filter(org=north).order_by("id"))
        assert AuditSeal.objects.filter(org=None).count() == 1
    assert chain[1].previous_digest == chain[0].digest
    assert audit.find_broken_seals() == []


TAMPERINGS = {
    "an entry was changed": "UPDATE audit_log SET action = 'nothing.happened' WHERE id = {entry}",
    "entries were sealed": "DELETE FROM audit_log WHERE id = {entry}",
    "the chain does not continue": "DELETE FROM audit_seals WHERE id = {seal}",
}


@pytest.mark.django_db(transaction=True)
def test_tampering_by_the_tables_owner_is_found():
    org = make_org("North Clinic", make_user("owner@north.example"))
    for _ in range(2):
        write(org, 3)
        seal()
    with service_tx("test"):
        entry = AuditEntry.objects.filter(org=org).first().pk
        seal_id = AuditSeal.objects.filter(org=org).order_by("id").first().pk
    assert audit.find_broken_seals() == []

    for complaint, tampering in TAMPERINGS.items():
        with as_owner(), transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("ALTER TABLE audit_log NO FORCE ROW LEVEL SECURITY")
                cursor.execute("ALTER TABLE audit_seals NO FORCE ROW LEVEL SECURITY")
                cursor.execute(tampering.format(entry=entry, seal=seal_id))
            broken = audit.check_chain()
            transaction.set_rollback(True)
        assert any(complaint in line for line in broken), (complaint, broken)


def test_verify_audit_reports(north):
    write(north, 2)
    seal()
    out = StringIO()

    call_command("verify_audit", "--json", stdout=out)

    report = json.loads(out.getvalue())
    assert report["intact"] is True
    assert report["entries"] >= 3


def test_verify_audit_fails_on_a_broken_chain(north, monkeypatch):
    write(north, 2)
    seal()
    monkeypatch.setattr(audit, "_digest", lambda previous, entries: "other")
    out = StringIO()

    with pytest.raises(SystemExit) as ended:
        call_command("verify_audit", stdout=out)

    assert ended.value.code == 1
    assert "BROKEN  organisation" in out.getvalue()
