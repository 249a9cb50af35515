"""Every tenant table, found by itself: no organisation reaches another's rows."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from conftest import as_owner
from orgs.tenancy import TenantModel, catalog
from orgs.tenancy.trial import attack, attack_by_hand, tenant_models

MODELS = tenant_models()


@pytest.mark.parametrize("model", MODELS, ids=[model._meta.db_table for model in MODELS])
def test_a_tenant_cannot_cross(model: type[TenantModel], north, south, north_owner):
    attempts = list(attack(model, ours=north, theirs=south, user_id=north_owner.pk))

    assert [attempt.act for attempt in attempts] == ["read", "update", "delete", "insert", "give away"]
    assert [attempt for attempt in attempts if not attempt.held] == []


def test_a_tenant_cannot_cross_where_no_model_stands(north, south):
    attempts = list(attack_by_hand(ours=north, theirs=south))

    assert {attempt.table for attempt in attempts} == {"organizations", "audit_log", "audit_seals"}
    assert [attempt for attempt in attempts if not attempt.held] == []


def test_every_table_with_an_owner_is_a_tenant_model_or_closed_by_hand(db):
    by_hand = {"organizations", "audit_log", "audit_seals"}
    known = {model._meta.db_table for model in MODELS} | by_hand
    reachable = {table.name for table in catalog.inspect_tables() if not table.unreachable}

    assert reachable == known


def test_the_catalogue_shows_every_table_closed(db):
    assert {table.name: table.problems for table in catalog.inspect_tables() if table.problems} == {}
    assert catalog.inspect_database() == []


def test_verify_rls_reports_all_closed(db):
    out = StringIO()

    call_command("verify_rls", "--json", stdout=out)

    report = json.loads(out.getvalue())
    assert report["closed"] is True
    assert len(report["attempts"]) == 5 * len(MODELS) + 4 * 3


WOUNDS = {
    "row-level security is off": "ALTER TABLE invitations DISABLE ROW LEVEL SECURITY",
    "row-level security is not forced on the owner": "ALTER TABLE invitations NO FORCE ROW LEVEL SECURITY",
    "policy invitations_org_isolation is missing": "DROP POLICY invitations_org_isolation ON invitations",
    "policy wide_open is not on the list": "CREATE POLICY wide_open ON invitations TO voxanne_tenant USING (true)",
    "voxanne_web has rights of its own": "GRANT SELECT ON invitations TO voxanne_web",
    "PUBLIC has rights of its own": "GRANT SELECT (email) ON invitations TO PUBLIC",
    "more than row rights": "GRANT TRUNCATE ON invitations TO voxanne_tenant",
    "nothing refuses a change of org_id": "DROP TRIGGER invitations_org_immutable ON invitations",
    "does not start with org_id": "CREATE UNIQUE INDEX invitations_email ON invitations (email)",
    "does not include org_id": "ALTER TABLE invitations ADD profile uuid REFERENCES profiles (id)",
}


@pytest.mark.django_db(transaction=True)
def test_each_way_to_open_a_table_is_noticed():
    for complaint, wound in WOUNDS.items():
        with _wounded(wound):
            problems = [line for table in catalog.inspect_tables() for line in table.problems]

        assert any(complaint in problem for problem in problems), (complaint, problems)


OPENINGS = {
    "view peek runs": "CREATE VIEW peek AS SELECT * FROM invitations",
    "materialised view hoard": "CREATE MATERIALIZED VIEW hoard AS SELECT 1 AS one",
    "function peep is SECURITY DEFINER": "CREATE FUNCTION peep() RETURNS int SECURITY DEFINER RETURN 1",
}


@pytest.mark.django_db(transaction=True)
def test_each_opening_beside_tables_is_noticed():
    for complaint, opening in OPENINGS.items():
        with _wounded(opening):
            problems = catalog.inspect_database()

        assert any(complaint in problem for problem in problems), (complaint, problems)


@contextmanager
def _wounded(sql: str) -> Iterator[None]:
    with as_owner(), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(sql)
        yield
        transaction.set_rollback(True)


@pytest.mark.django_db(transaction=True)
def test_a_real_leak_fails_the_command():
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("CREATE POLICY leak ON invitations TO voxanne_tenant USING (true) WITH CHECK (true)")
    try:
        out = StringIO()
        with pytest.raises(SystemExit) as exit_:
            call_command("verify_rls", stdout=out)
    finally:
        with as_owner(), connection.cursor() as cursor:
            cursor.execute("DROP POLICY leak ON invitations")

    assert exit_.value.code == 1
    assert "OPEN  invitations: read: 1 rows of another organisation" in out.getvalue()
    assert "OPEN  invitations: insert:" in out.getvalue()
