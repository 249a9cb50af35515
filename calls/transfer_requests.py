"""`transfer-destination-request`: Vapi puts a caller through by a tool of its own, and asks where to.

The answer, its record and its time limit are those of our own `transferCall`.
"""

from typing import Any
from uuid import UUID

from calls.ingress.messages import Message, ToolCall
from calls.tools.dispatch import TROUBLE, answer_call
from calls.tools.transfer_call import TRANSFER_CALL

CANNOT_PUT_THROUGH = "I am sorry, I cannot put you through right now. Please call again in a few minutes."


def answer_where_to(*, org_id: UUID, message: Message) -> dict[str, Any]:
    """Where to put the caller through, or a sentence for them; asked again, the same. Inside the clinic's scope."""
    answer = answer_call(org_id=org_id, message=message, tool_call=_as_tool_call(message))
    if transfer := answer.content.get("transfer"):
        return {"destination": transfer["destination"]}
    return {"error": CANNOT_PUT_THROUGH if answer.content == TROUBLE.content else answer.line}


def _as_tool_call(message: Message) -> ToolCall:
    """The question as our own tool is asked it. What Vapi knows of the wish comes along where it says so."""
    asked = message.tool_calls[0] if message.tool_calls else ToolCall(id="", name="", arguments={})
    moment = message.timestamp
    named = {name: value for name, value in asked.arguments.items() if name in {"summary", "department"}}
    return ToolCall(
        id=asked.id or (f"destination-{moment.isoformat()}" if moment else ""),
        name=TRANSFER_CALL.name,
        arguments=named,
    )
