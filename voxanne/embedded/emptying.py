"""Empties a test database between tests that commit.

Django truncates every table and makes content types and permissions again, which takes half a second. A test leaves few
rows, and deleting those takes a few milliseconds.
"""

import psycopg
from psycopg import sql

# What a migrated database has before any test, and what no test changes.
_KEPT = ["django_migrations", "django_content_type", "auth_permission"]
# Beyond this the dead rows would slow what reads the table next.
_MUCH_BYTES = 1_000_000


def connect_to_empty(superuser_url: str, *, name: str) -> "psycopg.Connection[tuple[object, ...]]":
    """A connection for `empty_tables`: triggers and foreign keys do not act on what it deletes."""
    return psycopg.connect(
        superuser_url, dbname=name, autocommit=True, options="-c session_replication_role=replica -c lock_timeout=10s"
    )


def empty_tables(connection: "psycopg.Connection[tuple[object, ...]]") -> None:
    """Delete all rows but those that migrating makes. Sequences go on.

    Raises:
        psycopg.errors.LockNotAvailable: a test left a transaction open.
    """
    used = connection.execute(
        "SELECT relname::text, pg_relation_size(oid) FROM pg_class"
        " WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
        " AND pg_relation_size(oid) > 0 AND relname <> ALL (%s)",
        [_KEPT],
    ).fetchall()
    if used:
        deletes = [sql.SQL("DELETE FROM {}").format(sql.Identifier(str(table))) for table, _ in used]
        connection.execute(sql.SQL("; ").join(deletes))
    for table, size in used:
        if int(str(size)) > _MUCH_BYTES:
            connection.execute(sql.SQL("VACUUM {}").format(sql.Identifier(str(table))))
