"""What became of the message of a reminder."""

from orgs.models import Organization
from scheduling.models import Reminder, ReminderState
from scheduling.reminders.measures import count_outcome
from telephony.models import Message, MessageStatus
from voxanne.live import publish_on_commit

_STATES = {
    MessageStatus.DELIVERED: ReminderState.SENT,
    MessageStatus.FAILED: ReminderState.FAILED,
    MessageStatus.UNDELIVERED: ReminderState.FAILED,
    MessageStatus.UNKNOWN: ReminderState.UNKNOWN,
}
UNCERTAIN = "We could not find out whether it was sent. Nothing is sent twice."


def note_outcome(org: Organization, message: Message) -> None:
    """Write a message's end into its reminder. A handler of `telephony.messaging.events.on_settled`."""
    state = _STATES.get(MessageStatus(message.status))
    reminder = Reminder.objects.for_org(org.pk).filter(message_id=message.pk).first() if state else None
    if reminder is None or state is None or reminder.state == state:
        return
    reminder.state, reminder.reason = state, _reason(state, message)
    reminder.save(update_fields=["state", "reason", "updated_at"])
    count_outcome(reminder)
    publish_on_commit(org.pk, "appointment", id=reminder.appointment_id)


def _reason(state: ReminderState, message: Message) -> str:
    if state is ReminderState.UNKNOWN:
        return UNCERTAIN
    return message.error[:300] if state is ReminderState.FAILED else ""
