"""Who answers callers. Outbound agents never do: who rings back a number that one called from reaches the reception."""

from uuid import UUID

from agents.models import Agent, CallDirection


def find_receptionist() -> Agent | None:
    """Who answers where nobody else was named. One query, inside the open transaction."""
    inbound = Agent.objects.filter(call_direction=CallDirection.INBOUND)
    found: Agent | None = inbound.order_by("-is_default", "created_at", "pk").first()
    return found


def find_answering(agent_id: UUID | None) -> Agent | None:
    """Who answers a number that was given to this agent; None for nobody. Two queries at most, inside the open
    transaction."""
    agent: Agent | None = Agent.objects.filter(pk=agent_id).first() if agent_id else None
    if agent is not None and agent.call_direction != CallDirection.INBOUND:
        return find_receptionist()
    return agent
