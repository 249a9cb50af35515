"""A time that cannot be had, with those that can, in both forms of an answer."""

from calls.tools.types import ToolAnswer, ToolContext
from scheduling.errors import SlotRefused
from scheduling.speech import say_slot


def refuse_slot(context: ToolContext, refused: SlotRefused) -> ToolAnswer:
    """What is said when a slot is refused, and its alternatives as data."""
    zone = context.org.zone
    alternatives = [
        {"start": slot.starts_at.astimezone(zone).isoformat(timespec="minutes"), "spoken": say_slot(slot, zone)}
        for slot in refused.alternatives
    ]
    return ToolAnswer(
        speech=refused.message,
        content={"success": False, "code": refused.code, "alternatives": alternatives},
        succeeded=False,
    )
