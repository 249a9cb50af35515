"""What pages and the API show of agents."""

from dataclasses import dataclass
from uuid import UUID

from agents.models import Agent
from agents.numbers.selectors import find_number
from agents.twilio import TwilioView, view_twilio
from orgs.models import Organization
from telephony.models import PhoneNumberMapping
from voxanne.errors import NotFound


@dataclass(frozen=True)
class AgentPage:
    """One agent, whose Twilio account serves it, and how far Vapi follows that number (None: not wanted yet)."""

    agent: Agent
    twilio: TwilioView
    number: PhoneNumberMapping | None


def list_agents(org: Organization) -> list[Agent]:
    """The organisation's agents, inbound first. One query, inside the open transaction."""
    return list(Agent.objects.filter(org=org).order_by("call_direction", "-is_default", "name").defer("system_prompt"))


def get_agent(agent_id: UUID) -> Agent:
    """One agent of the scope's organisation. One query, inside the open transaction.

    Raises:
        NotFound: no such agent here.
    """
    agent: Agent | None = Agent.objects.filter(pk=agent_id).defer("system_prompt").first()
    if agent is None:
        raise NotFound("We could not find that agent.")
    return agent


def list_assistant_ids(org: Organization) -> list[str]:
    """The organisation's assistants at Vapi, inbound first. One query, inside the open transaction."""
    known = Agent.objects.filter(org=org).exclude(vapi_assistant_id="").order_by("call_direction", "-is_default")
    return list(known.values_list("vapi_assistant_id", flat=True))


def get_agent_page(*, org: Organization, agent_id: UUID) -> AgentPage:
    """Everything that the page of one agent shows, inside the open transaction.

    Raises:
        NotFound: no such agent here.
    """
    agent = get_agent(agent_id)
    twilio = view_twilio(org=org, agent=agent)
    return AgentPage(agent, twilio, find_number(twilio.phone_number) if twilio.phone_number else None)
