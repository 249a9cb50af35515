"""What pages and the API show of agents."""

from agents.models import Agent
from orgs.models import Organization


def list_agents(org: Organization) -> list[Agent]:
    """The organisation's agents, inbound first. One query, inside the open transaction."""
    return list(Agent.objects.filter(org=org).order_by("call_direction", "-is_default", "name").defer("system_prompt"))
