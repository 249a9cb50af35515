"""Wake-ups for numbers of ours. What must happen stands in their rows."""

from datetime import timedelta

from celery import shared_task

from orgs.due_rows import take_due
from orgs.models import Organization
from orgs.tasks import OrgTask, platform_task, wake
from telephony.models import ManagedPhoneNumber

SWEEP_BATCH = 100
AGAIN_IN = timedelta(seconds=30)


@shared_task(base=OrgTask, name="agents.tasks.advance_managed_number", queue="default", acks_late=True)
def advance_managed_number(org: Organization, row_id: str) -> str:
    """Take one number further. Safe to run twice."""
    from agents.managed_numbers.flow import advance

    return advance(org=org, row_id=row_id).value


@platform_task(
    reason="numbers of any organisation may be half bought or half given back",
    name="agents.tasks.sweep_managed_numbers",
)
def sweep_managed_numbers() -> int:
    """Wake the work on numbers that are due; how many."""
    due = take_due(ManagedPhoneNumber, again_in=AGAIN_IN, limit=SWEEP_BATCH, has_claims=True)
    for org_id, row_id in due:
        wake(advance_managed_number, str(org_id), str(row_id))
    return len(due)
