"""Who answers a clinic's calls, in words: what it chose, and what that means with its agents as they are."""

from collections.abc import Sequence
from dataclasses import dataclass

from agents.call_settings import read_call_settings
from agents.models import Agent, AgentMode, CallDirection
from orgs.models import IntegrationSettings, Organization

_NOBODY = (
    "{agent} is off and no number for your team is set: callers hear that nobody can take the call. Set a number in "
    "the call settings."
)
_ALWAYS = (
    "{agent} is to answer after hours only, and no number for your team is set: it answers during opening hours too. "
    "Set a number in the call settings."
)


@dataclass(frozen=True)
class Answering:
    """The choices that decide who answers; `warning` says where they lead to what nobody would expect, else ""."""

    chosen: IntegrationSettings
    warning: str


def describe_answering(*, org: Organization, agents: Sequence[Agent]) -> Answering:
    """Who answers. One query, inside the open transaction."""
    chosen = read_call_settings(org)
    inbound = [agent for agent in agents if agent.call_direction == CallDirection.INBOUND]
    warnings = (_warning(agent, chosen) for agent in inbound)
    return Answering(chosen=chosen, warning=next(filter(None, warnings), ""))


def _warning(agent: Agent, chosen: IntegrationSettings) -> str:
    if chosen.transfer_phone_number or chosen.transfer_sip_uri or agent.transfer_settings.get("default"):
        return ""
    words = {AgentMode.OFF: _NOBODY, AgentMode.AFTER_HOURS: _ALWAYS}
    return words.get(AgentMode(agent.mode), "").format(agent=agent.name)
