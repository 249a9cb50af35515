"""Noting, finishing and reopening tasks. Each done twice is done once."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from contacts.models import StaffTask, TaskKind, TaskState
from orgs import audit
from orgs.actors import Actor
from orgs.models import Organization
from orgs.scope import org_tx
from orgs.tasks import enqueue_on_commit
from voxanne.clock import now
from voxanne.errors import NotFound
from voxanne.live import publish_on_commit


@dataclass(frozen=True)
class NewTask:
    """What somebody has to do.

    Attributes:
        cause: names what made it; the same cause is the same task, also after it was done.
        reason: one sentence for staff, at most 300 characters; it quotes nobody.
        by_mail: the admins are also told by mail, which says no more than where to look.
    """

    kind: TaskKind
    cause: str
    reason: str
    call_id: UUID | None = None
    contact_id: UUID | None = None
    appointment_id: UUID | None = None
    due_at: datetime | None = None
    by_mail: bool = False


def add_task(*, org: Organization, task: NewTask) -> tuple[StaffTask, bool]:
    """Note a task, and whether it is new. Inside the caller's transaction, or in one of its own."""
    with org_tx():
        row = StaffTask(
            org=org,
            kind=task.kind.value,
            cause=task.cause[:200],
            reason=task.reason[:300],
            call_id=task.call_id,
            contact_id=task.contact_id,
            appointment_id=task.appointment_id,
            due_at=task.due_at,
            mail_due_at=now() if task.by_mail else None,
        )
        StaffTask.objects.bulk_create([row], ignore_conflicts=True)
        stored: StaffTask = StaffTask.objects.get(cause=row.cause)
        is_new = stored.pk == row.pk
        if is_new:
            _tell(stored)
            if task.by_mail:
                _wake_mail(stored)
    return stored, is_new


def finish_task(*, task_id: UUID, actor: Actor) -> StaffTask:
    """Note that it is done, and by whom.

    Raises:
        NotFound: no such task here.
    """
    with org_tx():
        task = _lock(task_id)
        if task.is_open:
            task.state, task.done_at, task.done_by_id = TaskState.DONE, now(), actor.user_id
            task.save(update_fields=["state", "done_at", "done_by", "updated_at"])
            audit.record(actor, "staff_task.done", task, kind=task.kind)
            _tell(task)
    return task


def reopen_task(*, task_id: UUID, actor: Actor) -> StaffTask:
    """It was not done after all.

    Raises:
        NotFound: no such task here.
    """
    with org_tx():
        task = _lock(task_id)
        if not task.is_open:
            task.state, task.done_at, task.done_by_id = TaskState.OPEN, None, None
            task.save(update_fields=["state", "done_at", "done_by", "updated_at"])
            audit.record(actor, "staff_task.reopened", task, kind=task.kind)
            _tell(task)
    return task


def _lock(task_id: UUID) -> StaffTask:
    task: StaffTask | None = StaffTask.objects.select_for_update().filter(pk=task_id).first()
    if task is None:
        raise NotFound("We could not find that task.")
    return task


def _tell(task: StaffTask) -> None:
    publish_on_commit(task.org_id, "task", id=task.pk)
    if task.call_id is not None:
        publish_on_commit(task.org_id, "call", id=task.call_id)


def _wake_mail(task: StaffTask) -> None:
    from contacts.tasks import mail_staff_task

    enqueue_on_commit(mail_staff_task, str(task.org_id), str(task.pk))
