"""Which reminders a visit should have, and when: rows that follow every change in the transaction that makes it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import Q

from orgs.actors import Actor
from orgs.models import Organization
from orgs.scope import org_scope, org_tx, service_tx
from orgs.tasks import enqueue_on_commit
from scheduling.events import Change
from scheduling.models import (
    Appointment,
    AppointmentStatus,
    Reminder,
    ReminderChannel,
    ReminderKind,
    ReminderSettings,
    ReminderState,
)
from scheduling.reminders.change_requests import finish_change_request
from scheduling.reminders.choices import leads_of, quiet_hours_of, read_choices
from scheduling.reminders.withdrawing import withdraw_unsent
from voxanne.clock import now

# Two reminders of one visit nearer to each other than this say the same thing twice.
PACE = timedelta(hours=4)
REPLAN_BATCH = 200
# Bookings that began before a choice was stored, and end after the first look, are found by a second one.
LOOK_AGAIN = timedelta(seconds=60)

TOO_LATE = "The visit was booked after the time for this one."
MOVED_FORWARD = "Goes out before the quiet hours begin."
POINTLESS = "Its time lies in the quiet hours, and another one goes out shortly before them."
# After these nobody waits for another time any more.
_ENDING_WISHES = (Change.MOVED, Change.CANCELLED, Change.SETTLED)
_STANDING = (AppointmentStatus.PENDING, AppointmentStatus.CONFIRMED)


def follow(org: Organization, appointment: Appointment, change: Change) -> None:
    """Keep a visit's reminders as they should be. A listener of `scheduling.events`, in the change's transaction."""
    if change is not Change.BOOKED:
        _drop(org, appointment, change)
    if change in _ENDING_WISHES and appointment.change_requested_at is not None:
        finish_change_request(actor=Actor.system(org.pk), visit=appointment)
    if change in (Change.MOVED, Change.CANCELLED):
        _forget_answers(appointment)
        if _has_invitation(appointment):
            _store(org, [_calendar_update(org, appointment)])
    if appointment.status in _STANDING and change is not Change.SETTLED:
        choices = read_choices(org)
        planned = list(plan(org, appointment, choices))
        if change in (Change.BOOKED, Change.CONFIRMED) and _wants_confirmation(appointment, choices):
            planned.append(_confirmation(org, appointment, choices))
        _store(org, planned)


def plan(org: Organization, appointment: Appointment, choices: ReminderSettings) -> Iterator[Reminder]:
    """The reminders that a visit should have, unsaved, the earliest first; what it is too late for is skipped."""
    quiet, moment, taken = quiet_hours_of(choices, org), now(), list[datetime]()
    for lead in leads_of(choices):
        wanted = appointment.starts_at - lead.length
        due = quiet.move_before(wanted)
        reminder = _unsaved(org, appointment, due)
        reminder.lead_minutes, reminder.channel = lead.minutes, lead.channel
        if due <= moment:
            _skip(reminder, TOO_LATE)
        elif due != wanted and any(abs(due - other) < PACE for other in taken):
            _skip(reminder, POINTLESS)
        else:
            taken.append(due)
            reminder.reason = MOVED_FORWARD if due != wanted else ""
        yield reminder


def replan(*, org: Organization) -> int:
    """Have all planned reminders follow the clinic's choices; how many visits. Safe to run twice or after a crash.

    Reminders that went out or were skipped stay; a lead that is new gets a row for the visits it is still in time for.
    """
    with org_scope(org):
        with org_tx():
            choices = ReminderSettings.objects.for_org(org.pk).first()
        if choices is None or choices.replan_at is None:
            return 0
        looked_at, after = 0, None
        while batch := _replan_batch(org, choices, after):
            looked_at, after = looked_at + len(batch), batch[-1]
        _finish(org, choices)
    return looked_at


def _replan_batch(org: Organization, choices: ReminderSettings, after: tuple[datetime, UUID] | None) -> list:
    """One short transaction over the next visits; their starts and ids."""
    with org_tx():
        coming = Appointment.objects.for_org(org.pk).filter(starts_at__gt=now(), status__in=_STANDING)
        if after is not None:
            coming = coming.filter(Q(starts_at__gt=after[0]) | Q(starts_at=after[0], id__gt=after[1]))
        # Locked in the order in which everybody locks: a visit before its reminders.
        locked = coming.select_for_update(of=("self",), no_key=True).order_by("starts_at", "id")
        visits = list(locked[:REPLAN_BATCH])
        ids = [visit.pk for visit in visits]
        Reminder.objects.filter(appointment_id__in=ids, kind=ReminderKind.LEAD, state=ReminderState.DUE).delete()
        planned = (row for visit in visits for row in plan(org, visit, choices))
        _store(org, [row for row in planned if row.state == ReminderState.DUE])
        return [(visit.starts_at, visit.pk) for visit in visits]


def _finish(org: Organization, choices: ReminderSettings) -> None:
    with org_tx():
        row = ReminderSettings.objects.select_for_update().get(pk=choices.pk)
        if row.chosen_at != choices.chosen_at or row.replan_at is None or row.chosen_at is None:
            return  # something else was chosen meanwhile: its own task follows that
        again = row.chosen_at + LOOK_AGAIN
        row.replan_at = again if now() < again else None
        row.save(update_fields=["replan_at", "updated_at"])


def _drop(org: Organization, appointment: Appointment, change: Change) -> None:
    """What is not to go out any more. A change that leaves the time alone keeps what is planned for it."""
    open_rows = Reminder.objects.filter(appointment_id=appointment.pk)
    if change in (Change.MOVED, Change.CONFIRMED):
        open_rows = open_rows.exclude(starts_at=appointment.starts_at)
    open_rows.filter(state=ReminderState.DUE).delete()
    withdraw_unsent(org, open_rows)


def _forget_answers(appointment: Appointment) -> None:
    """What the patient answered was about the time before."""
    appointment.revision += 1
    appointment.attendance_confirmed_at = appointment.change_requested_at = None
    appointment.save(update_fields=["revision", "attendance_confirmed_at", "change_requested_at", "updated_at"])


def _wants_confirmation(appointment: Appointment, choices: ReminderSettings) -> bool:
    return appointment.status == AppointmentStatus.CONFIRMED and bool(choices.confirmation)


def _confirmation(org: Organization, appointment: Appointment, choices: ReminderSettings) -> Reminder:
    """Quiet hours do not hold it back: it answers somebody who is booking at this moment."""
    reminder = _unsaved(org, appointment, now())
    reminder.kind, reminder.channel = ReminderKind.CONFIRMATION, ReminderChannel(choices.confirmation)
    return reminder


def _has_invitation(appointment: Appointment) -> bool:
    """Whether the patient's own calendar may hold the visit: an email brought it there."""
    gone_out = (ReminderState.HANDED, ReminderState.SENT, ReminderState.UNKNOWN)
    mailed = Reminder.objects.filter(appointment_id=appointment.pk, channel=ReminderChannel.EMAIL, state__in=gone_out)
    return bool(mailed.exists())


def _calendar_update(org: Organization, appointment: Appointment) -> Reminder:
    """Tells the patient's calendar of a move or a cancellation, at once: an email wakes nobody."""
    reminder = _unsaved(org, appointment, now())
    reminder.kind, reminder.channel = ReminderKind.CALENDAR, ReminderChannel.EMAIL
    return reminder


def _unsaved(org: Organization, appointment: Appointment, due_at: datetime) -> Reminder:
    return Reminder(
        org=org, appointment_id=appointment.pk, starts_at=appointment.starts_at, due_at=due_at, wake_at=due_at
    )


def _skip(reminder: Reminder, reason: str) -> None:
    reminder.state, reminder.reason, reminder.wake_at = ReminderState.SKIPPED, reason, None


def _store(org: Organization, planned: list[Reminder]) -> None:
    """Insert what is not there yet, and wake a worker for what is due at once."""
    from scheduling.reminders.tasks import send_reminder

    if not planned:
        return
    Reminder.objects.bulk_create(planned, ignore_conflicts=True)
    for reminder in planned:
        if reminder.kind != ReminderKind.LEAD:
            enqueue_on_commit(send_reminder, str(org.pk), str(reminder.pk))


def claim_replans() -> list[UUID]:
    """The organisations whose planned reminders do not follow their choices yet; their next look moved on."""
    moment = now()
    with service_tx("sweep reminder choices"), connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE reminder_settings SET replan_at = %(next)s::timestamptz
            WHERE replan_at <= %(now)s::timestamptz
            RETURNING org_id
            """,
            {"next": moment + LOOK_AGAIN, "now": moment},
        )
        return [row[0] for row in cursor.fetchall()]
