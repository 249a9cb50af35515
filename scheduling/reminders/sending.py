"""Handing over what is due, once each: what is still true of a visit is checked in the transaction that does it.

A reminder is a row and its message another, written together; nobody is asked outside of the house here, so a worker
that dies in between leaves both as they were. What then becomes of a message is messaging's (`telephony.messaging`).
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from uuid import UUID

import structlog

from orgs import audit
from orgs.actors import Actor
from orgs.due_rows import take_due
from orgs.models import Organization
from orgs.scope import org_scope, org_tx
from scheduling.models import (
    Appointment,
    AppointmentStatus,
    Reminder,
    ReminderChannel,
    ReminderKind,
    ReminderState,
)
from scheduling.reminders.choices import leads_of, read_choices
from scheduling.reminders.composing import compose
from scheduling.reminders.measures import MISSED_RESULT, count_outcome, note_lateness
from scheduling.reminders.recipients import Reach, ways_to
from telephony.messaging import send_message
from telephony.models import Message
from voxanne.clock import now
from voxanne.errors import DomainError
from voxanne.failpoints import failpoint
from voxanne.live import publish_on_commit

log = structlog.get_logger(__name__)

# What is later than this is not sent any more: "see you in two hours" must not arrive in one.
GRACE = timedelta(minutes=5)
# The others say nothing of how long it is until the visit.
CONFIRMATION_GRACE = timedelta(hours=1)
CALENDAR_GRACE = timedelta(hours=24)
_GRACES = {ReminderKind.CONFIRMATION: CONFIRMATION_GRACE, ReminderKind.CALENDAR: CALENDAR_GRACE}
SWEEP_BATCH = 500
LOOK_EACH = timedelta(seconds=60)
PURPOSE = "reminder"
_PURPOSES = {ReminderKind.CONFIRMATION: "confirmation", ReminderKind.CALENDAR: "calendar_update"}

MISSED = "Its time passed while nothing could be sent."
OFF = "This reminder was switched off."
OVER = "The visit had begun."
UNCONFIRMED = "Your team had not confirmed the visit yet."
CANCELLED = "The visit was cancelled."
MOVED = "The visit was moved."
_UNFIT = {
    AppointmentStatus.CANCELLED: CANCELLED,
    AppointmentStatus.PENDING: UNCONFIRMED,
    AppointmentStatus.COMPLETED: OVER,
    AppointmentStatus.NO_SHOW: OVER,
}


class Outcome(StrEnum):
    """What came of one look at a reminder."""

    HANDED = "handed"
    SKIPPED = "skipped"
    NOTHING = "nothing"


@dataclass(frozen=True)
class _Sent:
    """A message that was handed over, and which way."""

    way: Reach
    message: Message


def claim_due() -> list[tuple[UUID, UUID]]:
    """The reminders to look at now, by organisation; their next look moved on, so that sweeps do not pile up."""
    return take_due(Reminder, due="wake_at", again_in=LOOK_EACH, limit=SWEEP_BATCH)


def hand_over(*, org: Organization, reminder_id: UUID | str) -> Outcome:
    """Send one reminder if it is due and still true, or write down why not. Safe to run twice, or at once."""
    with org_scope(org), org_tx():
        found = Reminder.objects.filter(pk=reminder_id, state=ReminderState.DUE, due_at__lte=now()).first()
        if found is None:
            return Outcome.NOTHING
        # A visit before its reminders, as whoever changes it does: it stands still until this is over.
        visits = Appointment.objects.select_for_update(of=("self",), no_key=True)
        visit = visits.select_related("contact", "service", "practitioner").get(pk=found.appointment_id)
        due = Reminder.objects.select_for_update(skip_locked=True).filter(pk=found.pk, state=ReminderState.DUE)
        reminder = due.first()
        if reminder is None:
            return Outcome.NOTHING
        outcome = _settle(org, reminder, visit)
        failpoint("reminder.before_commit")
    failpoint("reminder.handed")
    return outcome


def _settle(org: Organization, reminder: Reminder, visit: Appointment) -> Outcome:
    moment, obstacle = now(), _obstacle(org, reminder, visit)
    sent = None if obstacle else _try_ways(org, reminder, visit)
    if isinstance(sent, _Sent):
        _record_handed(reminder, sent)
        note_lateness((moment - reminder.due_at).total_seconds())
        if reminder.kind == ReminderKind.CONFIRMATION:
            mark_confirmation_sent(visit)
    else:
        reminder.state, reminder.reason = ReminderState.SKIPPED, obstacle or sent or MISSED
        log.info("reminder.skipped", reminder=str(reminder.pk))
    reminder.wake_at = None
    reminder.save()
    audit.record(Actor.system(org.pk), f"reminder.{reminder.state}", reminder, appointment=str(visit.pk))
    count_outcome(reminder, result=MISSED_RESULT if obstacle == MISSED else "")
    publish_on_commit(org.pk, "appointment", id=visit.pk)
    return Outcome.HANDED if isinstance(sent, _Sent) else Outcome.SKIPPED


def _obstacle(org: Organization, reminder: Reminder, visit: Appointment) -> str:
    """Why it is not to go out, or ""."""
    is_lead, moment = reminder.kind == ReminderKind.LEAD, now()
    if reminder.kind != ReminderKind.CALENDAR and (problem := _UNFIT.get(AppointmentStatus(visit.status))):
        return problem
    if visit.starts_at != reminder.starts_at:
        return MOVED
    if visit.starts_at <= moment:
        return OVER
    if moment > reminder.due_at + _grace(reminder):
        return MISSED
    chosen = {lead.minutes for lead in leads_of(read_choices(org))} if is_lead else set()
    return OFF if is_lead and reminder.lead_minutes not in chosen else ""


def _grace(reminder: Reminder) -> timedelta:
    return _GRACES.get(ReminderKind(reminder.kind), GRACE)


def _try_ways(org: Organization, reminder: Reminder, visit: Appointment) -> _Sent | str:
    """Hand it over the first way that is open; else why none was. A calendar file goes by email alone."""
    obstacles, ways = [], ways_to(visit.contact, first=ReminderChannel(reminder.channel))
    if reminder.kind == ReminderKind.CALENDAR:
        del ways[1:]
    for way in ways:
        if way.obstacle:
            obstacles.append(way.obstacle)
            continue
        try:
            with org_tx():
                return _Sent(way, _send(org, reminder, visit, way))
        except DomainError as refused:
            obstacles.append(refused.message)
    return " ".join(dict.fromkeys(obstacles))[:300]


def _send(org: Organization, reminder: Reminder, visit: Appointment, way: Reach) -> Message:
    kind = ReminderKind(reminder.kind)
    letter = compose(org, visit, way, kind=kind)
    return send_message(
        org=org,
        channel=way.channel.value,
        to=way.to,
        body=letter.body,
        subject=letter.subject,
        attachments=letter.attachments,
        idempotency_key=_key(reminder, visit),
        contact_id=visit.contact_id,
        appointment_id=visit.pk,
        purpose=_PURPOSES.get(kind, PURPOSE),
        expires_at=reminder.due_at + _grace(reminder),
        actor=Actor.system(org.pk),
    )


def _key(reminder: Reminder, visit: Appointment) -> str:
    """The same for the same reminder of the same visit at the same time, whatever happens to rows."""
    if reminder.kind == ReminderKind.CALENDAR:
        return f"reminder:{reminder.appointment_id}:calendar:{visit.revision}"
    about = int(reminder.starts_at.timestamp())
    return f"reminder:{reminder.appointment_id}:{about}:{reminder.kind}:{reminder.lead_minutes}"


def _record_handed(reminder: Reminder, sent: _Sent) -> None:
    reminder.state, reminder.channel, reminder.handed_at = ReminderState.HANDED, sent.way.channel, now()
    reminder.message_id = sent.message.pk


def mark_confirmation_sent(visit: Appointment) -> None:
    """The patient has it in writing."""
    if not visit.confirmation_sent:
        visit.confirmation_sent = True
        visit.save(update_fields=["confirmation_sent", "updated_at"])
