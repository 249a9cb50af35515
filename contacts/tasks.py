"""Wake-ups of this room. Each may run never, once or twice: the row is the truth."""

from uuid import UUID

from celery import shared_task

from contacts.staff_tasks import mail
from orgs.models import Organization
from orgs.tasks import OrgTask, platform_task, wake


@shared_task(base=OrgTask, name="contacts.tasks.mail_staff_task", queue="critical", ignore_result=True)
def mail_staff_task(org: Organization, task_id: str) -> bool:
    """Tell the admins of one task by mail, once."""
    return mail.mail_task(org=org, task_id=UUID(task_id))


@platform_task(reason="a task of any organisation may be unmailed", name="contacts.tasks.sweep_staff_tasks")
def sweep_staff_tasks() -> int:
    """Wake the mails that were lost, refused or left by a worker that died; how many."""
    due = mail.list_due()
    for org_id, task_id in due:
        wake(mail_staff_task, str(org_id), str(task_id))
    return len(due)
