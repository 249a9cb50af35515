"""Whether what is booked in a call waits for the team."""

from django.db.models import Q

from agents.models import Agent, AgentMode
from calls.tools.types import ToolContext
from scheduling.policies import bookings_need_approval


def needs_approval(context: ToolContext) -> bool:
    """Whether the answering agent's mode, or what holds for all bookings, says so. At most three queries."""
    return bookings_need_approval(context.org) or _mode_of(context) == AgentMode.APPROVE


def _mode_of(context: ToolContext) -> str:
    """The mode of the agent that asks, by its assistant or by whose call it is; "" for an agent that nobody knows."""
    known = Q(vapi_assistant_id=context.assistant_id) if context.assistant_id else Q(pk=None)
    if context.call is not None and context.call.agent_id is not None:
        known |= Q(pk=context.call.agent_id)
    return Agent.objects.filter(known).values_list("mode", flat=True).first() or ""
