"""Wake-ups for numbers. What must happen stands in their rows; the sweeper finds what was lost or failed."""

from datetime import timedelta
from uuid import UUID

from celery import shared_task
from django.db import connection

from agents.leases import retry_delay_s
from agents.models import ClosedBehaviour
from agents.numbers.routes import CONDITIONAL_MODES, FIXED, dynamic_mark
from orgs.models import CallRouting, Organization
from orgs.scope import service_tx
from orgs.tasks import OrgTask, platform_task, wake
from telephony.models import NumberSource
from voxanne.clock import now

SWEEP_BATCH = 200
# A wake-up that was just sent deserves this long before it is sent again.
GRACE_S = 10


@shared_task(base=OrgTask, name="agents.tasks.sync_number", queue="critical", acks_late=True)
def sync_number(org: Organization, row_id: str) -> str:
    """Make Vapi know one number as it is saved, or forget it. Safe to run twice."""
    from agents.numbers.sync import reconcile_number

    return reconcile_number(org=org, row_id=row_id).value


@platform_task(reason="numbers of any organisation may have missed their wake-up", name="agents.tasks.sweep_numbers")
def sweep_numbers() -> int:
    """Wake the sync of numbers that Vapi does not follow yet and whose next try is due; how many."""
    due = _claim_due()
    for org_id, row_id in due:
        wake(sync_number, str(org_id), str(row_id))
    return len(due)


def _claim_due() -> list[tuple[UUID, UUID]]:
    """Due numbers, their next look moved on in the same statement, so that sweeps do not pile up wake-ups.

    Due is also a number that Vapi was told to answer in another way, or at another address of ours, than holds now.
    """
    moment = now()
    with service_tx("sweep numbers"), connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE phone_number_mapping SET sync_due_at = %(next)s::timestamptz
            WHERE id IN (
                SELECT n.id FROM phone_number_mapping n JOIN integration_settings s ON s.org_id = n.org_id
                LEFT JOIN agents a ON a.org_id = n.org_id AND a.id = n.agent_id
                WHERE (n.sync_due_at <= %(due)s::timestamptz
                       OR (n.sync_due_at IS NULL AND n.is_wanted
                           AND (n.source <> %(managed)s::text OR n.wanted_version > 0)
                           AND n.confirmed_route <> CASE
                               WHEN s.call_routing = %(dynamic)s::text OR a.mode = ANY(%(conditional)s::text[])
                                    OR a.closed_behaviour <> %(answers)s::text
                               THEN %(asking_us)s::text ELSE %(fixed)s::text END))
                  AND (n.sync_claimed_until IS NULL OR n.sync_claimed_until <= %(now)s::timestamptz)
                ORDER BY n.sync_due_at NULLS LAST LIMIT %(batch)s::int
                FOR UPDATE OF n SKIP LOCKED)
            RETURNING org_id, id
            """,
            {
                "next": moment + timedelta(seconds=retry_delay_s(1)),
                "due": moment - timedelta(seconds=GRACE_S),
                "now": moment,
                "batch": SWEEP_BATCH,
                "managed": NumberSource.MANAGED.value,
                "dynamic": CallRouting.DYNAMIC.value,
                "conditional": [mode.value for mode in CONDITIONAL_MODES],
                "answers": ClosedBehaviour.ANSWER.value,
                "asking_us": dynamic_mark(),
                "fixed": FIXED,
            },
        )
        return [(row[0], row[1]) for row in cursor.fetchall()]
