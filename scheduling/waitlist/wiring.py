"""What the waiting list wants to hear of."""

from scheduling import events as diary_events
from scheduling.waitlist.answering import note_not_sent, take_answer
from scheduling.waitlist.freed import open_freed_time, take_off_whoever_booked
from telephony.messaging import events as message_events


def register_waitlist() -> None:
    """Hear of time that becomes free, of bookings, of answers, and of texts that reach nobody."""
    diary_events.on_freed(open_freed_time)
    diary_events.on_changed(take_off_whoever_booked)
    message_events.on_inbound(take_answer)
    message_events.on_settled(note_not_sent)
