"""Patients who asked for another time, until somebody has seen to it."""

from uuid import UUID

from contacts.models import StaffTask, TaskState
from contacts.staff_tasks import finish_task
from orgs import audit
from orgs.actors import Actor
from orgs.models import Organization
from orgs.scope import org_tx
from scheduling.desk import get_appointment
from scheduling.models import Appointment
from voxanne.live import publish_on_commit


def change_cause(visit: Appointment) -> str:
    """The cause of the task that such a wish makes: once for each time that a visit has had."""
    return f"change-request:{visit.pk}:{int(visit.starts_at.timestamp())}"


def finish_change_request(*, actor: Actor, visit: Appointment) -> None:
    """Close the tasks that wait for another time of this visit. Inside the open transaction."""
    waiting = StaffTask.objects.filter(appointment_id=visit.pk, cause__startswith=f"change-request:{visit.pk}:")
    for task_id in waiting.filter(state=TaskState.OPEN).order_by("pk").values_list("pk", flat=True):
        finish_task(task_id=task_id, actor=actor)


def settle_change_request(*, org: Organization, appointment_id: UUID, actor: Actor) -> None:
    """The patient was spoken to, and the visit stays as it is. Done twice, it is done once.

    Raises:
        NotFound: no such appointment here.
    """
    with org_tx():
        visit = get_appointment(appointment_id)
        if visit.change_requested_at is None:
            return
        visit.change_requested_at = None
        visit.save(update_fields=["change_requested_at", "updated_at"])
        finish_change_request(actor=actor, visit=visit)
        audit.record(actor, "appointment.change_request_settled", visit)
        publish_on_commit(org.pk, "appointment", id=visit.pk)
