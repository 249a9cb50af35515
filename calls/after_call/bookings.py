"""Whether a call led to an appointment."""

from calls.facts import merge
from calls.ingress.recording import write_facts
from calls.models import Call
from scheduling.selectors import appointments_of_call


def detect_booking(call: Call) -> None:
    """Note an appointment that was made within the call, where no tool has said so."""
    if not call.booking_confirmed and appointments_of_call(call.pk).exists():
        write_facts(call, merge(call.facts, {"booked": True}))
