"""The tests' login may do more than any process: here the processes' own logins do their daily work, and no more."""

import json
from io import StringIO

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client

from conftest import PASSWORD, as_login
from orgs import audit
from orgs.scope import service_tx
from orgs.tasks import purge_ended_sessions, seal_audit_log
from orgs.tenancy.catalog import inspect_tables

pytestmark = pytest.mark.django_db(transaction=True)
INES = {
    "clinic_name": "Harbour Dental",
    "full_name": "Ines Varga",
    "email": "ines@harbour.example",
    "password1": PASSWORD,
}


def sign_up() -> Client:
    client = Client()
    assert client.post("/accounts/signup/", INES)["Location"] == "/dashboard/onboarding"
    return client


def test_the_web_login_signs_up_invites_joins_switches_and_issues_tokens():
    with as_login("voxanne_web"):
        client = sign_up()
        for page in (
            "onboarding",
            "settings/team",
            "settings/clinic",
            "settings/calls",
            "settings/hours",
            "settings/practitioners",
            "settings/booking",
            "calls",
            "appointments",
            "agents",
        ):
            assert client.get(f"/dashboard/{page}").status_code == 200, page
        assert client.get("/dashboard").status_code == 200
        client.post("/dashboard/settings/team/invite", {"email": "ben@harbour.example", "role": "admin"})
        link = next(word for word in mail.outbox[-1].body.split() if "/invitations/" in word)
        joined = Client()
        path = link[link.index("/invitations/") :]
        assert joined.get(path).status_code == 200
        assert joined.post(path, {"full_name": "Ben Okoye", "password": PASSWORD})["Location"] == "/dashboard"
        body = {"email": INES["email"], "password": PASSWORD}
        pair = Client().post("/api/auth/token", body, content_type="application/json").json()
        again = Client().post("/api/auth/token/refresh", {"refresh": pair["refresh"]}, content_type="application/json")
        assert again.status_code == 200
        org_id = client.get("/dashboard").wsgi_request.org.pk
        assert client.post("/dashboard/switch", {"org_id": str(org_id)}).status_code == 302
        assert client.get("/accounts/sessions/").status_code == 200
        assert Client().get("/health/ready").status_code in {200, 503}
        assert client.post("/accounts/logout/").status_code == 302


def test_the_web_login_reads_no_tenant_table_by_itself_and_never_becomes_the_service():
    with as_login("voxanne_web"):
        sign_up()
        for table in inspect_tables():
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                connection.cursor().execute(f'SELECT 1 FROM "{table.name}" LIMIT 1')
        with pytest.raises(DatabaseError, match="permission denied to set role"), service_tx("test"):
            pass


def test_the_web_login_cannot_change_its_own_limits_or_the_schema():
    with as_login("voxanne_web"):
        for statement in (
            "CREATE TABLE mine (id int)",
            "CREATE FUNCTION mine() RETURNS int RETURN 1",
            "ALTER TABLE profiles DISABLE ROW LEVEL SECURITY",
            "TRUNCATE audit_log",
            "SET SESSION AUTHORIZATION voxanne_service",
            "SET ROLE voxanne_owner",
        ):
            with pytest.raises(DatabaseError), transaction.atomic():
                connection.cursor().execute(statement)


def test_the_worker_login_runs_the_commands_and_jobs():
    with as_login("voxanne_worker"):
        out = StringIO()
        call_command(
            "create_org", name="Harbour", owner_email="o@h.example", owner_password=PASSWORD, json=True, stdout=out
        )
        assert set(json.loads(out.getvalue())) == {"org_id", "user_id", "access", "refresh"}
        call_command("verify_rls", "--json", stdout=StringIO())
        call_command("fix_org_membership", stdout=StringIO())
        audit.seal_new_entries()
        seal_audit_log()
        purge_ended_sessions()
        call_command("verify_audit", stdout=StringIO())


def test_a_connection_forgets_whose_it_was():
    """Behind a pooler in transaction mode the next transaction may be another clinic's, on the same connection."""
    with as_login("voxanne_web"):
        sign_up().get("/dashboard/settings/team")
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user::text, current_setting('app.org_id', true), current_setting('role')")
            user, org_id, role = cursor.fetchone()

    assert (user, org_id or "", role) == ("voxanne_web", "", "none")
