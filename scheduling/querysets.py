"""Claiming time in the diary: what the exclusion constraint decides, said as one verb."""

from datetime import datetime

from django.db import connection

from orgs.scope import current_org_id
from scheduling.models import Appointment
from voxanne.clock import now

_COLUMNS = (
    ("id", "uuid"), ("org_id", "uuid"), ("contact_id", "uuid"), ("practitioner_id", "bigint"), ("service_id", "uuid"),
    ("patient_name", "varchar"), ("starts_at", "timestamptz"), ("ends_at", "timestamptz"), ("time_zone", "varchar"),
    ("status", "varchar"), ("held_until", "timestamptz"), ("source", "varchar"), ("call_id", "uuid"),
    ("reference", "varchar"), ("idempotency_key", "varchar"), ("notes", "text"), ("confirmation_sent", "boolean"),
    ("calendar_event_id", "varchar"), ("calendar_sync_state", "varchar"),
)  # fmt: skip

# A plain INSERT on the same constraint deadlocks under contention; this waits for the other, then does nothing.
_CLAIM = f"""
    INSERT INTO appointments ({", ".join(name for name, _ in _COLUMNS)}, blocked, created_at, updated_at)
    VALUES ({", ".join(f"%s::{kind}" for _, kind in _COLUMNS)},
        tstzrange(%s::timestamptz, %s::timestamptz, '[)'), %s::timestamptz, %s::timestamptz)
    ON CONFLICT DO NOTHING RETURNING *
"""  # noqa: S608 - columns and types stand above, no value does

# Those that another transaction is clearing are left to it: the claim waits for it anyway.
_CLEAR_HOLDS = """
    DELETE FROM appointments WHERE id IN (
        SELECT id FROM appointments
        WHERE org_id = %s::uuid AND status = 'held' AND held_until <= %s::timestamptz
        FOR UPDATE SKIP LOCKED)
"""


def claim_slot(appointment: Appointment, *, blocked_from: datetime, blocked_until: datetime) -> Appointment | None:
    """Insert an unsaved appointment, or return None when its time, its reference or its key is taken. Inside org_tx."""
    moment = now()
    values = [getattr(appointment, name) for name, _ in _COLUMNS]
    rows = Appointment.objects.raw(_CLAIM, [*values, blocked_from, blocked_until, moment, moment])
    return next(iter(rows), None)


def clear_expired_holds() -> None:
    """Let go of what was promised to callers and not taken up in time. Inside org_tx."""
    with connection.cursor() as cursor:
        cursor.execute(_CLEAR_HOLDS, [current_org_id(), now()])
