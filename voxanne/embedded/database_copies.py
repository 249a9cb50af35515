"""A migrated database for each test process, copied from one that was migrated before.

Migrating takes seconds and copying takes a fraction of one. The first run after a change of the schema migrates and
leaves a copy as a template, named by a hash of what the schema is made from; later runs, and the other workers of the
same run, copy it.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psutil
import psycopg
from psycopg import sql

from voxanne.embedded.roles import ensure_database
from voxanne.embedded.stamps import digest_of

ROOT = Path(__file__).resolve().parents[2]
# Held while roles, templates and test databases are made: two processes must not migrate or alter roles at once.
_LOCK = 7_203_114_921
_TEMPLATE = "voxanne_template_"
# Switching between branches should not migrate each time.
_KEPT_TEMPLATES = 4
_OF_A_PROCESS = re.compile(r"test_voxanne_(?:stack_)?(\d+)")


def schema_digest() -> str:
    """A hash of all that decides what a migrated database contains."""
    made_from = [
        *ROOT.glob("*/migrations"),
        *ROOT.glob("*/models*"),  # their content types and permissions are rows
        *(ROOT / "orgs" / "tenancy").glob("*.py"),
        *(ROOT / "voxanne" / "settings").glob("*.py"),
        *(ROOT / name for name in ("requirements.txt", "constraints.txt")),
        ROOT / "voxanne" / "embedded" / "roles.py",
    ]
    return digest_of(made_from)[:16]


def make_test_database(superuser_url: str, *, name: str, digest: str, migrate: Callable[[], None]) -> bool:
    """Make an empty migrated database, replacing one of that name; whether it had to be migrated.

    Args:
        digest: `schema_digest()` from before the process imported its models.
        migrate: fills the database `name`, and is connected to it no longer when it returns.
    """
    template = f"{_TEMPLATE}{digest}"
    with _locked(superuser_url) as connection:
        _drop_left_behind(connection, superuser_url)
        _drop(connection, name)
        if _exists(connection, template):
            _copy(connection, template, name)
            return False
        ensure_database(superuser_url, database=name, with_test_login=True)
        migrate()
        if schema_digest() == digest:  # else somebody edited meanwhile, and nobody knows what was migrated
            _copy(connection, name, template)
            _keep_newest_templates(connection)
        return True


def drop_test_database(superuser_url: str, *, name: str) -> None:
    """Ask the server to remove it with whoever is still connected, without waiting for the checkpoint that this takes.

    If the server is stopped before it has done so, the next run removes it.
    """
    with closing(psycopg.connect(superuser_url, autocommit=True)) as connection:
        connection.pgconn.send_query(_drop_statement(name).as_bytes(connection))
        connection.pgconn.flush()


@contextmanager
def _locked(superuser_url: str) -> Iterator["psycopg.Connection[tuple[object, ...]]"]:
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        yield connection


def _exists(connection: "psycopg.Connection[tuple[object, ...]]", name: str) -> bool:
    return connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is not None


def _copy(connection: "psycopg.Connection[tuple[object, ...]]", source: str, target: str) -> None:
    connection.execute(
        sql.SQL("CREATE DATABASE {} OWNER voxanne_owner TEMPLATE {}").format(
            sql.Identifier(target), sql.Identifier(source)
        )
    )


def _drop(connection: "psycopg.Connection[tuple[object, ...]]", name: str) -> None:
    connection.execute(_drop_statement(name))


def _drop_statement(name: str) -> sql.Composed:
    return sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))


def _names(connection: "psycopg.Connection[tuple[object, ...]]", prefix: str) -> list[str]:
    """Databases that begin so, the newest first."""
    rows = connection.execute(
        "SELECT datname FROM pg_database WHERE starts_with(datname, %s) ORDER BY oid DESC", [prefix]
    )
    return [str(name) for (name,) in rows]


def _keep_newest_templates(connection: "psycopg.Connection[tuple[object, ...]]") -> None:
    for name in _names(connection, _TEMPLATE)[_KEPT_TEMPLATES:]:
        _drop(connection, name)


def _drop_left_behind(connection: "psycopg.Connection[tuple[object, ...]]", superuser_url: str) -> None:
    """What killed processes of this machine left. Another machine's processes cannot be asked."""
    if not _is_local(superuser_url):
        return
    for name in _names(connection, "test_voxanne_"):
        owner = _OF_A_PROCESS.fullmatch(name)
        if owner and not psutil.pid_exists(int(owner[1])):
            _drop(connection, name)


def _is_local(superuser_url: str) -> bool:
    return any(host.startswith("/") for host in parse_qs(urlsplit(superuser_url).query).get("host", []))
