"""Which of an agent's settings have versions, and what one version changed against another."""

from collections.abc import Mapping
from typing import Any

from agents.models import Agent, AgentVersion
from voxanne.clock import now

Config = dict[str, Any]

# In the order in which a page shows them.
CONFIG_FIELDS = (
    "name",
    "voice_provider",
    "voice_id",
    "language",
    "first_message",
    "system_prompt",
    "tools_enabled",
    "transfer_settings",
    "closed_behaviour",
    "after_hours_message",
    "max_duration_seconds",
)


def config_of(agent: Agent) -> Config:
    """The published configuration: what a version stores."""
    return {name: getattr(agent, name) for name in CONFIG_FIELDS}


def find_changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, list[Any]]:
    """`{field: [old, new]}` for every setting that differs."""
    return {name: [old.get(name), new.get(name)] for name in CONFIG_FIELDS if old.get(name) != new.get(name)}


def store_first_version(agent: Agent) -> AgentVersion:
    """Write down a new agent's configuration as version 1, which is live from the start. Inside the transaction."""
    first: AgentVersion = AgentVersion.objects.create(
        agent=agent, number=1, config=config_of(agent), published_at=now()
    )
    return first
