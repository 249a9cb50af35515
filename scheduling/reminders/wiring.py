"""What reminders follow in other rooms."""

from scheduling.events import on_changed
from scheduling.reminders.outcomes import note_outcome
from scheduling.reminders.planning import follow
from scheduling.reminders.replies import take_reply
from telephony.messaging import events as message_events


def register_reminders() -> None:
    """Plan with every change of an appointment, and hear what patients answer. Twice is once."""
    on_changed(follow)
    message_events.on_inbound(take_reply)
    message_events.on_settled(note_outcome)
