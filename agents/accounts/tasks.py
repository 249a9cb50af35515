"""Wake-ups for accounts that were left. What must happen stands in their rows; the sweeper finds it."""

from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.db.models import Q

from agents.leases import retry_delay_s
from agents.models import VapiAccount
from orgs.models import Organization
from orgs.scope import service_tx
from orgs.tasks import OrgTask, platform_task, wake
from voxanne.clock import now

SWEEP_BATCH = 200


@shared_task(base=OrgTask, name="agents.tasks.leave_vapi_account", queue="bulk", acks_late=True)
def leave_vapi_account(org: Organization, row_id: str) -> str:
    """Tidy up in an account at Vapi that an organisation has left. Safe to run twice."""
    from agents.accounts.leaving import leave_account

    return leave_account(org=org, row_id=row_id).value


@platform_task(
    reason="organisations may have left accounts at Vapi", name="agents.tasks.sweep_vapi_accounts", queue="bulk"
)
def sweep_vapi_accounts() -> int:
    """Wake the tidying up of accounts that is due, and the leaving of those that are allowed no more; how many."""
    moment = now()
    wanted = Q(left_at__isnull=False, due_at__lte=moment)
    if not settings.ALLOW_ORG_VAPI_KEYS:
        wanted |= Q(left_at=None)
    with service_tx("sweep accounts at Vapi"):
        free = Q(claimed_until=None) | Q(claimed_until__lte=moment)
        rows = VapiAccount.across_orgs.select_for_update(skip_locked=True)
        due = list(rows.filter(free, wanted).order_by("due_at")[:SWEEP_BATCH])
        later = moment + timedelta(seconds=retry_delay_s(1))
        VapiAccount.across_orgs.filter(pk__in=[row.pk for row in due if row.left_at]).update(due_at=later)
    for row in due:
        wake(leave_vapi_account, str(row.org_id), str(row.pk))
    return len(due)
