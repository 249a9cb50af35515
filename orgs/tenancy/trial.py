"""Really trying to cross from one organisation to another, on every tenant table, and leaving no trace.

Two throw-away organisations are made in one transaction that is rolled back; as the first, each table's row of the
second is read, changed, deleted and copied. The database has to refuse each, whatever the application does.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.utils.crypto import get_random_string
from psycopg import sql

from orgs.models import AuditEntry, AuditSeal, Organization, User
from orgs.scope import org_scope, org_tx, service_tx
from orgs.services import NewOrganization, create_organization
from orgs.tenancy.base import TenantModel
from orgs.tenancy.samples import NoSample, make_sample
from voxanne.metrics.denials import expected_denials


@dataclass(frozen=True)
class Attempt:
    """One try on one table: what was tried, and whether the database held."""

    table: str
    act: str
    held: bool
    detail: str = ""


def tenant_models() -> list[type[TenantModel]]:
    """Every concrete tenant model, by table name."""
    models = [model for model in apps.get_models() if issubclass(model, TenantModel)]
    return sorted(models, key=lambda model: model._meta.db_table)


def try_crossing() -> list[Attempt]:
    """Attack every tenant table, those closed by hand included, and undo everything."""
    attempts: list[Attempt] = []
    with expected_denials(), transaction.atomic():
        user, ours, theirs = _throw_away_organisations()
        for model in tenant_models():
            attempts += attack(model, ours=ours, theirs=theirs, user_id=user.pk)
        attempts += attack_by_hand(ours=ours, theirs=theirs)
        transaction.set_rollback(True)
    return attempts


def attack(model: type[TenantModel], *, ours: Organization, theirs: Organization, user_id: UUID) -> Iterator[Attempt]:
    """As `ours`, read, change, delete and forge a row of `theirs`."""
    table = model._meta.db_table
    try:
        with transaction.atomic(), org_scope(theirs), org_tx():
            victim = model.objects.first() or make_sample(model, user_id=user_id)
            copy = _as_json(table, victim.pk)
    except (DatabaseError, NoSample) as error:
        yield Attempt(table, "make a row", held=False, detail=str(error).splitlines()[0])
        return
    yield from _attack_table(table, "org_id", copy, ours=ours, theirs=theirs)
    with org_scope(theirs):
        yield _must_be_refused(table, "give away", lambda: _give_away(table, victim.pk, ours.pk), reason="")


def attack_by_hand(*, ours: Organization, theirs: Organization) -> Iterator[Attempt]:
    """The same for the tables that no tenant model stands for: the organisations and the audit log."""
    with service_tx("isolation trial"):
        entry = AuditEntry.objects.filter(org=theirs).latest("id")
        seal = AuditSeal.objects.create(
            org=theirs, first_entry_id=entry.pk, last_entry_id=entry.pk, entries=1, digest="trial"
        )
        rows = [
            ("organizations", "id", theirs.pk),
            ("audit_log", "org_id", entry.pk),
            ("audit_seals", "org_id", seal.pk),
        ]
        copies = [(table, column, _as_json(table, pk)) for table, column, pk in rows]
    for table, column, copy in copies:
        yield from _attack_table(table, column, copy, ours=ours, theirs=theirs)


def _attack_table(table: str, column: str, copy: str, *, ours: Organization, theirs: Organization) -> Iterator[Attempt]:
    names = {"table": sql.Identifier(table), "owner": sql.Identifier(column)}
    with org_scope(ours):
        for act, statement in (("read", _READ), ("update", _CHANGE), ("delete", _DELETE)):
            yield _must_see_nothing(table, act, statement.format(**names), theirs.pk)
        yield _must_be_refused(table, "insert", lambda: _insert(table, copy), reason="row-level security")


def _throw_away_organisations() -> tuple[User, Organization, Organization]:
    user = User.objects.create_user(email=f"{get_random_string(20).lower()}@example.invalid")
    ours = create_organization(new=NewOrganization(name="Isolation trial, ours"), owner=user)
    theirs = create_organization(new=NewOrganization(name="Isolation trial, theirs"), owner=user)
    return user, ours, theirs


def _must_see_nothing(table: str, act: str, statement: sql.Composed, org_id: UUID) -> Attempt:
    try:
        with _undone(), org_tx(), connection.cursor() as cursor:
            cursor.execute(statement, [org_id])
            touched = cursor.rowcount
    except DatabaseError as error:  # an append-only table refuses before it looks
        return Attempt(table, act, held="permission denied" in str(error), detail=str(error).splitlines()[0])
    return Attempt(table, act, held=touched == 0, detail=f"{touched} rows of another organisation")


def _must_be_refused(table: str, act: str, run: Callable[[], None], *, reason: str) -> Attempt:
    try:
        with _undone(), org_tx():
            run()
    except DatabaseError as error:
        message = str(error).splitlines()[0]
        return Attempt(table, act, held=reason in message or "permission denied" in message, detail=message)
    return Attempt(table, act, held=False, detail="it was accepted")


@contextmanager
def _undone() -> Iterator[None]:
    """A savepoint that never stays."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _as_json(table: str, pk: object) -> str:
    with connection.cursor() as cursor:
        cursor.execute(_COPY.format(sql.Identifier(table)), [str(pk)])
        return str(cursor.fetchone()[0])


def _insert(table: str, row: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_COLUMNS, [table])
        columns = sql.SQL(", ").join(sql.Identifier(name) for (name,) in cursor.fetchall())
        name = sql.Identifier(table)
        cursor.execute(_FORGE.format(table=name, columns=columns), [row])


def _give_away(table: str, pk: object, org_id: UUID) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_GIVE_AWAY.format(sql.Identifier(table)), [org_id, str(pk)])


_READ = sql.SQL("SELECT 1 FROM {table} WHERE {owner} = %s::uuid")
_CHANGE = sql.SQL("UPDATE {table} SET {owner} = {owner} WHERE {owner} = %s::uuid")
_DELETE = sql.SQL("DELETE FROM {table} WHERE {owner} = %s::uuid")
_COPY = sql.SQL("SELECT to_jsonb(t)::text FROM {} t WHERE id::text = %s")
_GIVE_AWAY = sql.SQL("UPDATE {} SET org_id = %s::uuid WHERE id::text = %s")
_FORGE = sql.SQL(
    "INSERT INTO {table} ({columns}) SELECT {columns} FROM jsonb_populate_record(NULL::{table}, %s::jsonb)"
)
_COLUMNS = """
SELECT attname::text FROM pg_attribute
WHERE attrelid = %s::text::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum
"""
