"""The cluster's roles and the database itself: run once by a cluster admin, safe to run again.

Roles are global to a PostgreSQL cluster, so they are not in migrations. `bin/up` and `bin/test` run this on the
embedded server; production runs `manage.py setup_database` with `DATABASE_SUPERUSER_URL`.
"""

from collections.abc import Mapping

import psycopg
from psycopg import sql

GROUPS = ("voxanne_tenant", "voxanne_service")
# Login → the roles that it may become. None of them inherits: by itself a login has no right on a tenant table.
LOGINS: dict[str, tuple[str, ...]] = {
    "voxanne_owner": (),
    "voxanne_web": ("voxanne_tenant",),
    "voxanne_worker": ("voxanne_tenant", "voxanne_service"),
    "voxanne_admin": ("voxanne_tenant", "voxanne_service"),
}
TEST_LOGIN = "voxanne_test"
# PostgreSQL refuses two changes of one role at the same moment, so whoever comes second waits.
_LOCK = 7_203_114_922
_TIMEOUTS = {
    "voxanne_web": {"statement_timeout": "15s", "lock_timeout": "3s", "idle_in_transaction_session_timeout": "15s"},
    "voxanne_worker": {"statement_timeout": "60s", "lock_timeout": "5s", "idle_in_transaction_session_timeout": "30s"},
    "voxanne_admin": {"statement_timeout": "30s", "lock_timeout": "3s", "idle_in_transaction_session_timeout": "30s"},
    "voxanne_owner": {"row_security": "off", "lock_timeout": "10s"},
}


def ensure_database(
    superuser_url: str, *, database: str, passwords: Mapping[str, str] | None = None, with_test_login: bool = False
) -> None:
    """Make or correct roles, memberships, timeouts, the database and its extension.

    Args:
        superuser_url: a cluster admin's address.
        passwords: login → password; logins without one keep what they have (embedded servers trust their socket).
        with_test_login: also make the login of the test suite, which may become tenant and service.
    """
    logins = {**LOGINS, **({TEST_LOGIN: GROUPS} if with_test_login else {})}
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [_LOCK])  # until this connection ends
        _ensure_roles(connection, logins, passwords or {})
        exists = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone()
        if not exists:
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER voxanne_owner ENCODING 'UTF8' TEMPLATE template0").format(
                    sql.Identifier(database)
                )
            )
    prepare_database(superuser_url, database)


def prepare_database(superuser_url: str, database: str) -> None:
    """What only a cluster admin may do inside one database: the extension, and closing the public schema."""
    with psycopg.connect(superuser_url, dbname=database, autocommit=True) as connection:
        connection.execute("CREATE EXTENSION IF NOT EXISTS vector")
        connection.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
        connection.execute("GRANT USAGE, CREATE ON SCHEMA public TO voxanne_owner")
        members = sql.SQL(", ").join(sql.Identifier(name) for name in (*GROUPS, *LOGINS, "voxanne_backup"))
        connection.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(members))
        if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [TEST_LOGIN]).fetchone():
            connection.execute("GRANT USAGE ON SCHEMA public TO voxanne_test")


def _ensure_roles(
    connection: "psycopg.Connection[tuple[object, ...]]",
    logins: Mapping[str, tuple[str, ...]],
    passwords: Mapping[str, str],
) -> None:
    for group in GROUPS:
        _ensure_role(connection, group, "NOLOGIN")
    for login, groups in logins.items():
        _ensure_role(connection, login, "LOGIN CREATEDB" if login == "voxanne_owner" else "LOGIN")
        if password := passwords.get(login):
            connection.execute(
                sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(login), sql.Literal(password))
            )
        for group in groups:
            connection.execute(
                sql.SQL("GRANT {} TO {} WITH INHERIT FALSE, SET TRUE").format(
                    sql.Identifier(group), sql.Identifier(login)
                )
            )
        for name, value in _TIMEOUTS.get(login, {}).items():
            connection.execute(
                sql.SQL("ALTER ROLE {} SET {} = {}").format(
                    sql.Identifier(login), sql.Identifier(name), sql.Literal(value)
                )
            )
    if TEST_LOGIN in logins:  # the tests' login is the web login that may also become the service
        connection.execute("GRANT voxanne_web TO voxanne_test WITH INHERIT TRUE, SET FALSE")
    _ensure_role(connection, "voxanne_backup", "LOGIN BYPASSRLS")
    connection.execute("GRANT pg_read_all_data TO voxanne_backup WITH INHERIT TRUE")


def _ensure_role(connection: "psycopg.Connection[tuple[object, ...]]", name: str, options: str) -> None:
    exists = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name]).fetchone()
    verb = "ALTER" if exists else "CREATE"
    connection.execute(
        sql.SQL(f"{verb} ROLE {{}} NOSUPERUSER NOINHERIT NOCREATEROLE {options}").format(sql.Identifier(name))
    )
