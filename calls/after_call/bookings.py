"""Whether a call led to an appointment."""

from collections.abc import Set as AbstractSet

from calls.facts import merge
from calls.ingress.recording import set_facts
from calls.models import Call
from scheduling.selectors import STANDING


def detect_booking(call: Call, *, made: AbstractSet[str]) -> None:
    """Note an appointment that was made within the call, where no tool has said so; `made` are their statuses."""
    if not call.booking_confirmed and made & set(STANDING):
        set_facts(call, merge(call.facts, {"booked": True}))
