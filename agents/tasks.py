"""Wake-ups. What must happen stands in the agent's row; the sweeper finds what was lost or failed."""

from datetime import timedelta
from uuid import UUID

from celery import shared_task
from django.db import connection
from django.db.models import Q

from agents import assistants, vapi_audit
from agents.leases import retry_delay_s
from agents.models import AgentPublication
from agents.payload import platform_part
from agents.retirement import retire
from orgs.models import Organization
from orgs.scope import service_tx
from orgs.tasks import OrgTask, platform_task, wake
from providers.vapi.client import platform_client
from voxanne.clock import now

SWEEP_BATCH = 200
# A wake-up that was just sent deserves this long before it is sent again.
GRACE_S = 10


@shared_task(base=OrgTask, name="agents.tasks.sync_agent", queue="critical", acks_late=True)
def sync_agent(org: Organization, agent_id: str) -> str:
    """Make Vapi match the saved agent. Safe to run twice."""
    return assistants.reconcile(org=org, agent_id=agent_id).outcome.value


@shared_task(base=OrgTask, name="agents.tasks.rehearse_publication", queue="critical", acks_late=True)
def rehearse_publication(org: Organization, publication_id: str) -> str:
    """Rehearse a saved version and publish or refuse it. Safe to run twice."""
    from agents.publication_runs import run_publication

    return run_publication(org=org, publication_id=publication_id).value


@platform_task(
    reason="a publication of any organisation may have lost its worker", name="agents.tasks.sweep_publications"
)
def sweep_publications() -> int:
    """Wake the rehearsal of publications that are due and that nobody holds; how many."""
    moment = now()
    with service_tx("sweep publications"):
        free = Q(claimed_until=None) | Q(claimed_until__lte=moment)
        rows = AgentPublication.across_orgs.select_for_update(skip_locked=True)
        due = list(rows.filter(free, due_at__lte=moment - timedelta(seconds=GRACE_S)).order_by("due_at")[:SWEEP_BATCH])
        later = moment + timedelta(seconds=retry_delay_s(1))
        AgentPublication.across_orgs.filter(pk__in=[row.pk for row in due]).update(due_at=later)
    for row in due:
        wake(rehearse_publication, str(row.org_id), str(row.pk))
    return len(due)


@platform_task(reason="agents of any organisation may have missed their wake-up", name="agents.tasks.sweep_agents")
def sweep_agents() -> int:
    """Wake the sync of agents that Vapi does not follow yet and whose next try is due; how many."""
    due = _claim_due()
    for org_id, agent_id in due:
        wake(sync_agent, str(org_id), str(agent_id))
    return len(due)


def _claim_due() -> list[tuple[UUID, UUID]]:
    """Due agents, their next look moved on in the same statement, so that sweeps do not pile up wake-ups.

    Also due: agents hashed before the platform's tools, outputs or address changed.
    """
    moment = now()
    with service_tx("sweep agents"), connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE agents SET sync_due_at = %(next)s::timestamptz
            WHERE id IN (
                SELECT id FROM agents
                WHERE (sync_due_at <= %(due)s::timestamptz
                       OR (sync_due_at IS NULL AND config_hash NOT LIKE %(platform)s::text)
                       OR (sync_due_at IS NULL AND config_hash <> synced_hash))
                  AND (sync_claimed_until IS NULL OR sync_claimed_until <= %(now)s::timestamptz)
                ORDER BY sync_due_at NULLS FIRST LIMIT %(batch)s::int
                FOR UPDATE SKIP LOCKED)
            RETURNING org_id, id
            """,
            {
                "next": moment + timedelta(seconds=retry_delay_s(1)),
                "due": moment - timedelta(seconds=GRACE_S),
                "now": moment,
                "platform": f"{platform_part()}%",
                "batch": SWEEP_BATCH,
            },
        )
        return [(row[0], row[1]) for row in cursor.fetchall()]


@platform_task(
    reason="tools and outputs at Vapi serve all organisations", name="agents.tasks.retire_registrations", queue="bulk"
)
def retire_registrations() -> int:
    """Delete from the platform's account at Vapi what no assistant uses any more; how many. Safe to run twice.

    Clinics' own accounts are looked after when their agents are synced.
    """
    return retire(platform_client())


@platform_task(
    reason="anybody with access to Vapi may have changed any assistant",
    name="agents.tasks.check_assistants",
    queue="bulk",
)
def check_assistants() -> int:
    """Find assistants that lost their tools or are gone, and have them brought in step; how many agents."""
    return vapi_audit.wake(vapi_audit.audit_assistants())
