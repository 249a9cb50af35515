"""Reminding the caller of the visit that a call made."""

from calls.actions.errors import NoVisit
from calls.models import Call
from orgs.actors import Actor
from orgs.models import Organization
from scheduling.models import ReminderChannel
from scheduling.reminders.by_hand import SentNow, send_now
from scheduling.selectors import appointments_of_call


def remind_of_visit(
    *, org: Organization, call: Call, channel: ReminderChannel, idempotency_key: str, actor: Actor
) -> SentNow:
    """Send the reminder of the first standing appointment of a call now. The same key is the same message.

    Raises:
        NoVisit: the call made none, or it stands no more.
        DomainError: as `scheduling.reminders.by_hand.send_now`.
    """
    visit_id = appointments_of_call(call.pk).values_list("pk", flat=True).first()
    if visit_id is None:
        raise NoVisit
    return send_now(org=org, appointment_id=visit_id, channel=channel, idempotency_key=idempotency_key, actor=actor)
