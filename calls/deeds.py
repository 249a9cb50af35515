"""What an assistant did in a call, as staff read it: never more than really happened."""

from dataclasses import dataclass
from typing import Any, Literal

from calls.models import ToolInvocation
from calls.tools.change_appointment import CONFIRM_FIRST
from calls.tools.own_visit import SEVERAL_VISITS
from calls.tools.red_flags import EMERGENCY
from scheduling.models import AppointmentStatus

State = Literal["running", "done", "failed"]


@dataclass(frozen=True)
class Deed:
    """The headline of one use of a tool."""

    title: str
    icon: str
    state: State = "done"


@dataclass(frozen=True)
class _Words:
    doing: str
    done: str
    failed: str
    icon: str
    failed_icon: str = ""


_WORDS = {
    "checkAvailability": _Words(
        "Looking for free times", "Looked for free times", "Could not look for free times", "calendar-search"
    ),
    "bookClinicAppointment": _Words(
        "Booking an appointment", "Booked an appointment", "Could not book", "calendar-check", "calendar-x"
    ),
    "rescheduleAppointment": _Words(
        "Moving an appointment", "Moved an appointment", "Could not move the appointment", "calendar-clock"
    ),
    "cancelAppointment": _Words(
        "Cancelling an appointment", "Cancelled an appointment", "Could not cancel the appointment", "calendar-x"
    ),
    "lookupCaller": _Words(
        "Looking up the caller", "Looked up the caller", "Could not look up the caller", "user-search"
    ),
    "transferCall": _Words(
        "Putting the caller through", "Put the caller through", "Could not put the caller through", "phone-forwarded"
    ),
    "getKnowledgeBase": _Words(
        "Looking in the knowledge base",
        "Looked in the knowledge base",
        "Could not look in the knowledge base",
        "book-open",
    ),
}
# Steps on the way, of which the tool's name would say too much. By the answer's code.
_STEPS = {
    CONFIRM_FIRST: Deed("Asked whether the appointment is to go", "calendar-search"),
    SEVERAL_VISITS: Deed("Found several appointments", "calendar-search"),
}


def name_deed(invocation: ToolInvocation) -> Deed:
    """What came of one question of the assistant, or what it is about."""
    name = invocation.tool_name
    words = _WORDS.get(name) or _Words(f"Using {name}", f"Used {name}", f"{name} failed", "wrench")
    if invocation.answer is None:
        return Deed(words.doing, words.icon, "running")
    content: dict[str, Any] = invocation.answer.get("content") or {}
    if (step := _step(content)) is not None:
        return step
    if not invocation.succeeded:
        return Deed(words.failed, words.failed_icon or words.icon, "failed")
    return Deed(words.done, words.icon)


def _step(content: dict[str, Any]) -> Deed | None:
    """What an answer says beyond its tool's name."""
    if content.get("waitlistEntryId"):
        return Deed("Put the caller on the waiting list", "list-plus")
    if content.get("found") is True and content.get("reference"):
        return Deed("Found the caller’s appointment", "calendar-search")
    if content.get("code") == EMERGENCY:
        return Deed(f"Told the caller to ring {content.get('number', 'for help')}", "siren")
    if content.get("status") == AppointmentStatus.PENDING:
        return Deed("Asked the team for an appointment", "calendar-clock")
    return _STEPS.get(str(content.get("code", "")))
