"""The same wish asked for again in the same call: after an interruption the model asks under a new id."""

from datetime import timedelta
from typing import Any

from calls.models import ToolInvocation
from calls.tools.registry import find_tool
from calls.tools.types import Tool
from voxanne.clock import now

# An interrupted question comes again within seconds; later it is a new one.
SAME_WITHIN = timedelta(minutes=5)
MOST_READ = 10


def find_same_wish(tool: Tool, asked: ToolInvocation) -> ToolInvocation | None:
    """What this call asked last of the tools that change the diary, if it was this and was done. One query.

    What was changed in between makes it a new wish: booked, cancelled, and booked once more is booked twice.
    """
    if not tool.changes_diary or not asked.vapi_call_id:
        return None
    done = ToolInvocation.objects.filter(
        vapi_call_id=asked.vapi_call_id, succeeded=True, created_at__gt=now() - SAME_WITHIN
    ).exclude(pk=asked.pk)
    for earlier in done.order_by("-created_at")[:MOST_READ]:
        other = find_tool(earlier.tool_name)
        if other is not None and other.changes_diary:
            is_same = other is tool and _wish(earlier.arguments) == _wish(asked.arguments)
            return earlier if is_same else None
    return None


def _wish(arguments: dict[str, Any]) -> dict[str, str]:
    """Without regard to case, blanks and what was left empty."""
    said = {name: " ".join(str(value).split()).casefold() for name, value in arguments.items() if value is not None}
    return {name: value for name, value in said.items() if value}
