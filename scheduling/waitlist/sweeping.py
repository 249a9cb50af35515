"""What is due on the waiting lists of all organisations."""

from datetime import timedelta
from uuid import UUID

from django.db import connection

from orgs.due_rows import take_due
from orgs.scope import service_tx
from scheduling.models import WaitlistEntry, WaitlistOpening, WaitlistState
from voxanne.clock import now

SWEEP_BATCH = 200
# A wake-up that was just sent deserves this long before it is sent again.
GRACE_S = 60

_EXPIRED = """
    SELECT id FROM waitlist_entries WHERE state = 'waiting' AND expires_at <= %(now)s::timestamptz
    ORDER BY expires_at LIMIT %(batch)s::int FOR UPDATE SKIP LOCKED
"""


def claim_due() -> list[tuple[UUID, UUID]]:
    """Openings to look at now, by organisation; their next look is put off, so that sweeps do not pile up."""
    return take_due(WaitlistOpening, again_in=timedelta(seconds=GRACE_S), limit=SWEEP_BATCH)


def expire_entries() -> int:
    """Take those off the lists whose days are over; how many."""
    moment = now()
    with service_tx("end what nobody can wait for any more"):
        with connection.cursor() as cursor:
            cursor.execute(_EXPIRED, {"now": moment, "batch": SWEEP_BATCH})
            ids = [row[0] for row in cursor.fetchall()]
        return int(WaitlistEntry.across_orgs.filter(pk__in=ids).update(state=WaitlistState.EXPIRED, updated_at=moment))
