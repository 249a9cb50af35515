"""Wake-ups for reminders. Each may run never, once or twice: the rows are the truth."""

from celery import shared_task

from orgs.models import Organization
from orgs.tasks import OrgTask, platform_task, wake
from scheduling.reminders import planning, sending


@shared_task(base=OrgTask, queue="default", acks_late=True)
def send_reminder(org: Organization, reminder_id: str) -> str:
    """Hand over one reminder that is due. Safe to run twice."""
    return sending.hand_over(org=org, reminder_id=reminder_id).value


@shared_task(base=OrgTask, queue="bulk", acks_late=True)
def replan_reminders(org: Organization) -> int:
    """Have what is planned follow the clinic's choices. Safe to run twice."""
    return planning.replan(org=org)


@platform_task(reason="reminders of any organisation fall due", queue="default")
def sweep_reminders() -> int:
    """Wake the sending of every reminder that is due, and the planning that a crash left; how many reminders."""
    due = sending.claim_due()
    for org_id, reminder_id in due:
        wake(send_reminder, str(org_id), str(reminder_id))
    for org_id in planning.claim_replans():
        wake(replan_reminders, str(org_id))
    return len(due)
