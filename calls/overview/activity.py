"""What happened last: calls, bookings and messages in one line of time."""

from dataclasses import dataclass
from datetime import datetime

from calls.models import Call
from calls.selectors import recent_calls
from scheduling.models import Appointment
from scheduling.selectors import recently_made
from telephony.models import Message
from telephony.selectors import recent_messages

SHOWN = 10


@dataclass(frozen=True)
class Event:
    """One of the three."""

    at: datetime
    call: Call | None = None
    appointment: Appointment | None = None
    message: Message | None = None


def recent_events(*, limit: int = SHOWN) -> list[Event]:
    """The newest, live calls among them. Three queries."""
    events = [
        *(Event(at=call.created_at, call=call) for call in recent_calls(limit=limit)),
        *(Event(at=made.created_at, appointment=made) for made in recently_made(limit=limit)),
        *(Event(at=message.created_at, message=message) for message in recent_messages(limit=limit)),
    ]
    return sorted(events, key=lambda event: event.at, reverse=True)[:limit]
