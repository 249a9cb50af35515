"""Taking the rows of a table that are due, of all organisations, for whoever wakes those that work on them."""

from datetime import timedelta
from uuid import UUID

from django.db import connection

from orgs.scope import service_tx
from orgs.tenancy import TenantModel
from voxanne.clock import now

_TAKE = """
    UPDATE {table} SET {due} = %(next)s::timestamptz
    WHERE id IN (
        SELECT id FROM {table} WHERE {due} <= %(now)s::timestamptz {free}
        ORDER BY {due} LIMIT %(limit)s::int FOR UPDATE SKIP LOCKED)
    RETURNING org_id, id
"""
_FREE = "AND (claimed_until IS NULL OR claimed_until <= %(now)s::timestamptz)"


def take_due(
    model: type[TenantModel], *, due: str = "due_at", again_in: timedelta, limit: int, has_claims: bool = False
) -> list[tuple[UUID, UUID]]:
    """Organisation and id of the rows that are due, those due longest first.

    Their next look is moved on in the same statement, so that sweeps do not pile up wake-ups, and two at once share.

    Args:
        due: the column that says when to look again.
        again_in: how long the one who is woken has before the row is due anew.
        has_claims: the table has `claimed_until`: a row that somebody works on is left to them.
    """
    names = {"table": model._meta.db_table, "due": due}
    quoted = {name: connection.ops.quote_name(value) for name, value in names.items()}
    statement = _TAKE.format(**quoted, free=_FREE if has_claims else "")
    moment = now()
    with service_tx(f"take what is due in {names['table']}"), connection.cursor() as cursor:
        cursor.execute(statement, {"next": moment + again_in, "now": moment, "limit": limit})
        return [(org_id, row_id) for org_id, row_id in cursor.fetchall()]
