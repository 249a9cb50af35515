"""A new clinic for a test, without all the work of opening one each time.

Opening one takes forty statements, and thousands of tests begin with it. The first of a name in a process is opened as
the product opens it, and its rows are kept; a later test gets them back in one statement: the same ids and secrets,
another owner, the times moved to now, and the same waiting for the commit.
"""

import re
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import time_machine
from django.conf import settings
from django.db import connection, transaction
from psycopg import sql

from orgs.models import Organization, User
from orgs.scope import org_scope, org_tx
from orgs.services import NewOrganization, _seeders, create_organization
from orgs.tenancy.trial import tenant_models
from voxanne.clock import now

_BY_HAND = ("organizations", "audit_log")  # no tenant model stands for them
_MOMENT = re.compile(r'(?<=")\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?\+00:00(?=")')
# A time this close to the opening was "now".
_AROUND = timedelta(minutes=1)
_ROWS = sql.SQL("SELECT {name}, json_agg(t)::text FROM {table} t HAVING count(*) > 0")
# An entry's number says when it was written, so it gets the next one.
_COLUMNS = """
SELECT attname::text FROM pg_attribute WHERE attrelid = %s::text::regclass
AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
AND NOT (attrelid = 'audit_log'::regclass AND attname = 'id') ORDER BY attnum
"""
_INSERT = sql.SQL(
    "{step} AS (INSERT INTO {table} ({columns}) SELECT {columns} FROM json_populate_recordset(NULL::{table}, "
)


@dataclass(frozen=True)
class _Known:
    """One that was opened: its rows, as what inserts them and the JSON of each table."""

    org: Organization
    owner_id: str
    opened_at: tuple[datetime, datetime]  # by our clock, which a test may have moved, and by the database's
    rows: list[tuple[str, str]]
    on_commit: list[Callable[[], None]]


_known: dict[object, _Known] = {}
_here: set[object] = set()


def forget_this_test() -> None:
    """Between tests: what was opened is not there any more."""
    _here.clear()


def open_clinic(new: NewOrganization, *, owner: User, platform: str = "") -> Organization:
    """As `create_organization`, at a tenth of its cost where one like it was opened before.

    Args:
        platform: what rows depend on beside the settings: tools that a test has registered, for one.
    """
    travelled_to = now().date() if time_machine.escape_hatch.is_travelling() else None
    key = (new, tuple(_seeders), _overridden_settings(), travelled_to, platform)
    if key in _here:
        return create_organization(new=new, owner=owner)
    _here.add(key)
    if key not in _known:
        _known[key] = _open(new, owner)
        return deepcopy(_known[key].org)
    return _reopen(_known[key], owner)


def _overridden_settings() -> str:
    """What of the settings a test has changed: rows may depend on it."""
    changed = {}
    holder = settings._wrapped
    while hasattr(holder, "default_settings"):
        changed = {**vars(holder), **changed}
        holder = holder.default_settings
    return repr(sorted((name, repr(value)) for name, value in changed.items() if name.isupper()))


def _open(new: NewOrganization, owner: User) -> _Known:
    with transaction.atomic():
        before = len(connection.run_on_commit)
        org = create_organization(new=new, owner=owner)
        opened_at = _clocks()
        on_commit = [hook[1] for hook in connection.run_on_commit[before:]]
        with org_scope(org), org_tx(), connection.cursor() as cursor:
            tables = [*_BY_HAND, *(model._meta.db_table for model in tenant_models())]
            asked = [_ROWS.format(name=sql.Literal(name), table=sql.Identifier(name)) for name in tables]
            cursor.execute(sql.SQL(" UNION ALL ").join(asked))
            rows = [(_inserting(table), text) for table, text in cursor.fetchall()]
    return _Known(org=org, owner_id=str(owner.pk), opened_at=opened_at, rows=rows, on_commit=on_commit)


def _inserting(table: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(_COLUMNS, [table])
        columns = sql.SQL(", ").join(sql.Identifier(name) for (name,) in cursor.fetchall())
    return _INSERT.format(
        step=sql.Identifier(f"into {table}"), table=sql.Identifier(table), columns=columns
    ).as_string()


def _clocks() -> tuple[datetime, datetime]:
    outside = time_machine.escape_hatch
    return now(), outside.datetime.datetime.now(UTC) if outside.is_travelling() else now()


def _reopen(known: _Known, owner: User) -> Organization:
    passed = [(then, clock - then) for then, clock in zip(known.opened_at, _clocks(), strict=True)]

    def moved(found: re.Match[str]) -> str:
        moment = datetime.fromisoformat(found[0])
        return next(((moment + by).isoformat() for then, by in passed if abs(moment - then) < _AROUND), found[0])

    steps = [
        f"{inserting}{sql.Literal(_MOMENT.sub(moved, text).replace(known.owner_id, str(owner.pk))).as_string()}))"
        for inserting, text in known.rows
    ]
    org = deepcopy(known.org)
    org.created_at += passed[0][1]
    with org_scope(org), org_tx(), connection.cursor() as cursor:
        cursor.execute(f"WITH {', '.join(steps)} SELECT 1")
        for hook in known.on_commit:
            transaction.on_commit(hook)
    return org
