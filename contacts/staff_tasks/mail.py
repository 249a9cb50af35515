"""Telling the admins of a task by mail. The mail says where to look and nothing of any patient.

A worker that dies after the claim is followed by another once its lease has run out; the mail provider knows the mails
that it has by their keys.
"""

import hashlib
from datetime import timedelta
from uuid import UUID

import structlog
from django.conf import settings
from django.urls import reverse

from contacts.models import StaffTask, TaskKind
from orgs.accounts import deliver
from orgs.models import Organization
from orgs.scope import org_tx, service_tx
from orgs.selectors import list_admin_addresses
from voxanne.clock import now
from voxanne.failpoints import failpoint
from voxanne.mail import KeyedMessage

log = structlog.get_logger(__name__)

LEASE = timedelta(minutes=2)
AGAIN_AFTER = timedelta(minutes=1)
# The provider knows a key for a day; a mail that says "now" is no use after one either.
GIVE_UP_AFTER = timedelta(hours=12)

_SUBJECTS = {TaskKind.RED_FLAG: "A caller may need urgent help"}
_OTHER_SUBJECT = "Your clinic has something to do"
_TEXT = """\
{what} at {clinic}.

Open the call to see what was said, and ring back if nobody has:

{link}

You get this once for each call. What was said stands only in your dashboard.
"""


def mail_task(*, org: Organization, task_id: UUID) -> bool:
    """Mail every owner and admin, unless that was done. True when a mail went out. Never inside a transaction."""
    task = _claim(task_id)
    if task is None:
        return False
    with org_tx():
        addresses = list_admin_addresses()
    taken = [deliver(_write(org, task, address), what="staff_task") for address in addresses]
    failpoint("staff_tasks.mailed")
    with org_tx():
        mine = StaffTask.objects.filter(pk=task.pk, mailed_at=None)
        if all(taken):
            mine.update(mail_due_at=None, mailed_at=now())
        else:
            mine.update(mail_due_at=now() + AGAIN_AFTER)
    log.info("staff_task.mailed", kind=task.kind, people=sum(taken), refused=len(taken) - sum(taken))
    return any(taken)


def list_due() -> list[tuple[UUID, UUID]]:
    """Tasks of any organisation whose mail nobody has sent yet, as (organisation, task)."""
    moment = now()
    with service_tx("list staff tasks to mail"):
        due = StaffTask.across_orgs.filter(mail_due_at__lte=moment, created_at__gt=moment - GIVE_UP_AFTER)
        return list(due.values_list("org_id", "pk")[:500])


def _claim(task_id: UUID) -> StaffTask | None:
    """The task, for a while ours alone to mail; None when it needs no mail, or another has it."""
    moment = now()
    with org_tx():
        if not StaffTask.objects.filter(pk=task_id, mail_due_at__lte=moment).update(mail_due_at=moment + LEASE):
            return None
        task: StaffTask = StaffTask.objects.get(pk=task_id)
        return task


def _write(org: Organization, task: StaffTask, address: str) -> KeyedMessage:
    """One person's mail: nobody learns the others' addresses."""
    subject = _SUBJECTS.get(TaskKind(task.kind), _OTHER_SUBJECT)
    where = reverse("calls:detail", args=[task.call_id]) if task.call_id else reverse("calls:overview")
    return KeyedMessage(
        subject=subject,
        body=_TEXT.format(what=subject, clinic=org.name, link=settings.BACKEND_URL + where),
        to=[address],
        idempotency_key=hashlib.sha256(f"staff_task\n{task.pk}\n{address}".encode()).hexdigest(),
    )
