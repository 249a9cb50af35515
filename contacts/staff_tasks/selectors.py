"""Which tasks a page shows. One query each."""

from datetime import timedelta
from uuid import UUID

from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When

from contacts.models import StaffTask, TaskKind, TaskState
from voxanne.clock import now
from voxanne.errors import NotFound

MOST_SHOWN = 20
# How long a finished task stays in sight, so that "Undo" is at hand.
STAYS = timedelta(minutes=10)
_URGENCY = Case(When(kind=TaskKind.RED_FLAG, then=Value(0)), default=Value(1), output_field=IntegerField())


def get_task(task_id: UUID) -> StaffTask:
    """One task as a page shows it.

    Raises:
        NotFound: no such task here.
    """
    task = _with_people(StaffTask.objects.filter(pk=task_id)).first()
    if task is None:
        raise NotFound("We could not find that task.")
    return task


def list_tasks(*, limit: int = MOST_SHOWN) -> list[StaffTask]:
    """What is open, the urgent first and then the newest, and what was finished a moment ago."""
    shown = Q(state=TaskState.OPEN) | Q(state=TaskState.DONE, done_at__gt=now() - STAYS)
    return list(_with_people(StaffTask.objects.filter(shown)).order_by(_URGENCY, "-created_at", "-id")[:limit])


def list_tasks_of_call(call_id: UUID) -> list[StaffTask]:
    """Everything that a call left to do, done or not, the urgent first."""
    return list(_with_people(StaffTask.objects.filter(call_id=call_id)).order_by(_URGENCY, "created_at", "id"))


def _with_people(tasks: QuerySet[StaffTask]) -> QuerySet[StaffTask]:
    """With the caller, and the name of whoever did it: more of a colleague is not for a clinic's login to read."""
    return tasks.select_related("contact", "call").annotate(done_by_name=F("done_by__full_name"))
