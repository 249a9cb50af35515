"""What pages show of reminders."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from credentials.service import credential_service
from credentials.types import Provider
from orgs.models import Organization
from scheduling.models import Reminder, ReminderChannel, ReminderKind, ReminderState
from scheduling.reminders.choices import say_lead
from telephony.models import MessageStatus

_TONES = {
    ReminderState.SENT: "success",
    ReminderState.FAILED: "error",
    ReminderState.UNKNOWN: "warning",
}


@dataclass(frozen=True)
class ReminderRow:
    """One reminder as an appointment's page shows it. `at` is when it went out, else when it is or was due."""

    title: str
    channel: str
    icon: str
    state: str
    tone: str
    at: datetime
    reason: str


@dataclass(frozen=True)
class Connected:
    """By what the clinic can reach its patients."""

    sms: bool
    email: bool


def reminders_of(appointment_id: UUID) -> list[ReminderRow]:
    """Everything that was, is or was not to be sent for one visit, in order. One query, inside org_tx."""
    rows = Reminder.objects.filter(appointment_id=appointment_id).select_related("message")
    return [_row(row) for row in rows.order_by("due_at", "id")]


def connected_channels(org: Organization) -> Connected:
    """Whether texts and emails can be sent at all."""
    return Connected(
        sms=credential_service.exists(org.pk, Provider.TWILIO),
        email=credential_service.exists(org.pk, Provider.RESEND),
    )


def _row(reminder: Reminder) -> ReminderRow:
    state = ReminderState(reminder.state)
    words = state.label
    # The provider has it; whether it arrived is not known of every message.
    if state is ReminderState.HANDED and reminder.message and reminder.message.status == MessageStatus.SENT:
        words = "Sent"
    return ReminderRow(
        title=_title(reminder),
        channel=ReminderChannel(reminder.channel).label,
        icon="message-square" if reminder.channel == ReminderChannel.SMS else "mail",
        state=words,
        tone=_TONES.get(state, "neutral"),
        at=reminder.handed_at or reminder.due_at,
        reason=reminder.reason,
    )


def _title(reminder: Reminder) -> str:
    if reminder.kind == ReminderKind.LEAD:
        return f"{say_lead(reminder.lead_minutes).capitalize()} before"
    return ReminderKind(reminder.kind).label
