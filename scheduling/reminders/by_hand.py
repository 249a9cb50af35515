"""A reminder that somebody in the clinic sends now."""

from dataclasses import dataclass
from uuid import UUID

from orgs import audit
from orgs.actors import Actor
from orgs.models import Organization
from orgs.scope import org_tx
from scheduling.desk import get_appointment
from scheduling.errors import NotStanding
from scheduling.models import (
    Appointment,
    AppointmentStatus,
    Reminder,
    ReminderChannel,
    ReminderKind,
    ReminderState,
)
from scheduling.reminders.composing import compose
from scheduling.reminders.errors import CannotBeReached, VisitOver
from scheduling.reminders.recipients import Reach, way_by
from scheduling.reminders.sending import PURPOSE, mark_confirmation_sent
from telephony.messaging import send_message
from voxanne.clock import now
from voxanne.live import publish_on_commit


@dataclass(frozen=True)
class SentNow:
    """Whom it went to, and how."""

    recipient: str
    channel: ReminderChannel


def send_now(
    *, org: Organization, appointment_id: UUID, channel: ReminderChannel, idempotency_key: str, actor: Actor
) -> SentNow:
    """Remind a patient at once, in quiet hours too: somebody decided it. The same key is the same message.

    Raises:
        NotFound, NotStanding, VisitOver: there is nothing to remind of.
        CannotBeReached: no number or address, or one that takes no texts.
        DomainError: of `telephony.messaging.errors`, when the channel is not connected or the patient opted out.
    """
    with org_tx():
        visit = _lock(appointment_id)
        way = way_by(visit.contact, channel)
        if way.obstacle:
            raise CannotBeReached(way.obstacle)
        key = f"reminder-by-hand:{visit.pk}:{channel.value}:{idempotency_key}"
        _send(org, visit, way, key, actor)
        mark_confirmation_sent(visit)
        publish_on_commit(org.pk, "appointment", id=visit.pk)
    return SentNow(recipient=way.to, channel=channel)


def _send(org: Organization, visit: Appointment, way: Reach, key: str, actor: Actor) -> None:
    letter = compose(org, visit, way)
    message = send_message(
        org=org,
        channel=way.channel.value,
        to=way.to,
        body=letter.body,
        subject=letter.subject,
        attachments=letter.attachments,
        idempotency_key=key,
        contact_id=visit.contact_id,
        appointment_id=visit.pk,
        by_person=True,
        purpose=PURPOSE,
        actor=actor,
    )
    if Reminder.objects.filter(message_id=message.pk).exists():
        return
    moment = now()
    row = Reminder.objects.create(
        appointment=visit,
        kind=ReminderKind.BY_HAND,
        starts_at=visit.starts_at,
        due_at=moment,
        handed_at=moment,
        state=ReminderState.HANDED,
        channel=way.channel,
        message=message,
    )
    audit.record(actor, "reminder.sent_by_hand", row, appointment=str(visit.pk), channel=way.channel.value)


def _lock(appointment_id: UUID) -> Appointment:
    """The visit, which nobody changes until this is over.

    Raises:
        NotFound, NotStanding, VisitOver.
    """
    visit = get_appointment(appointment_id)
    Appointment.objects.select_for_update(no_key=True).get(pk=visit.pk)
    visit.refresh_from_db(fields=["status", "starts_at", "ends_at", "cancelled_at", "revision", "confirmation_sent"])
    if visit.status not in (AppointmentStatus.PENDING, AppointmentStatus.CONFIRMED):
        raise NotStanding
    if visit.starts_at <= now():
        raise VisitOver
    return visit
