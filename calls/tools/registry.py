"""All tools by name. Everything that answers, registers or lists tools asks here."""

from agents.tool_registry import ToolSpec, register_tool
from calls.tools.book_appointment import BOOK_APPOINTMENT
from calls.tools.change_appointment import CANCEL_APPOINTMENT, RESCHEDULE_APPOINTMENT
from calls.tools.check_availability import CHECK_AVAILABILITY
from calls.tools.knowledge_base import KNOWLEDGE_BASE
from calls.tools.lookup_caller import LOOKUP_CALLER
from calls.tools.schema import json_schema
from calls.tools.transfer_call import TRANSFER_CALL
from calls.tools.types import Tool

TOOLS: dict[str, Tool] = {
    tool.name: tool
    for tool in (
        CHECK_AVAILABILITY,
        BOOK_APPOINTMENT,
        RESCHEDULE_APPOINTMENT,
        CANCEL_APPOINTMENT,
        LOOKUP_CALLER,
        TRANSFER_CALL,
        KNOWLEDGE_BASE,
    )
}
# Addresses may spell a name in kebab case.
_BY_FOLDED_NAME = {name.lower(): tool for name, tool in TOOLS.items()}


def find_tool(name: str) -> Tool | None:
    """The tool of that name, whatever its case or hyphens, or None."""
    return _BY_FOLDED_NAME.get(name.replace("-", "").replace("_", "").lower())


def register_all() -> None:
    """Tell the agents room which tools an assistant has."""
    for tool in TOOLS.values():
        register_tool(ToolSpec(name=tool.name, description=tool.description, parameters=json_schema(tool.arguments)))
