"""What staff read about a tool's use says what happened, never more."""

import pytest

from calls.deeds import name_deed
from calls.models import ToolInvocation

BOOK, MOVE, CANCEL = "bookClinicAppointment", "rescheduleAppointment", "cancelAppointment"


def used(tool_name, content=None, *, succeeded=True):
    answer = None if content is None else {"speech": "…", "content": content}
    return ToolInvocation(tool_name=tool_name, answer=answer, succeeded=succeeded and content is not None)


@pytest.mark.parametrize(
    ("invocation", "title", "state"),
    [
        (used(BOOK), "Booking an appointment", "running"),
        (used(BOOK, {"success": True, "status": "confirmed"}), "Booked an appointment", "done"),
        (used(BOOK, {"success": True, "status": "pending"}), "Asked the team for an appointment", "done"),
        (used(BOOK, {"code": "slot_taken"}, succeeded=False), "Could not book", "failed"),
        (used(MOVE, {"success": True, "start": "2026-11-24T09:00"}), "Moved an appointment", "done"),
        (used(MOVE, {"found": True, "reference": "AB12CD34"}), "Found the caller’s appointment", "done"),
        (used(MOVE, {"code": "several_appointments"}, succeeded=False), "Found several appointments", "done"),
        (used(MOVE, {"code": "not_identified"}, succeeded=False), "Could not move the appointment", "failed"),
        (used(CANCEL, {"success": True}), "Cancelled an appointment", "done"),
        (used(CANCEL, {"code": "confirm_first"}, succeeded=False), "Asked whether the appointment is to go", "done"),
        (used(CANCEL, {"code": "too_late"}, succeeded=False), "Could not cancel the appointment", "failed"),
        (used("transferCall", {"success": True}), "Put the caller through", "done"),
        (used("transferCall", {"code": "nobody"}, succeeded=False), "Could not put the caller through", "failed"),
        (used("checkAvailability", {"waitlistEntryId": "1"}), "Put the caller on the waiting list", "done"),
        (used(BOOK, {"code": "emergency", "number": "999"}, succeeded=False), "Told the caller to ring 999", "done"),
        (used("somethingElse", {}), "Used somethingElse", "done"),
    ],
)
def test_a_deed_is_named_for_what_came_of_it(invocation, title, state):
    deed = name_deed(invocation)

    assert (deed.title, deed.state) == (title, state)
    assert deed.icon
