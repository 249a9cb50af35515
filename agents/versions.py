"""Which of an agent's settings have versions, and what one version changed against another."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from agents.models import Agent, AgentVersion
from voxanne.clock import now
from voxanne.errors import NotFound

Config = dict[str, Any]

# With the words that people read, in the order in which a page shows them.
LABELS = {
    "name": "Name",
    "voice_provider": "Voice provider",
    "voice_id": "Voice",
    "language": "Language",
    "first_message": "Greeting",
    "system_prompt": "Instructions",
    "tools_enabled": "Tools",
    "transfer_settings": "Putting callers through",
    "closed_behaviour": "While the clinic is closed",
    "after_hours_message": "After-hours message",
    "max_duration_seconds": "Longest call",
}
CONFIG_FIELDS = tuple(LABELS)


def config_of(agent: Agent) -> Config:
    """The published configuration, as a version stores it."""
    return {name: getattr(agent, name) for name in CONFIG_FIELDS}


def find_changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, list[Any]]:
    """`{field: [old, new]}` for every setting that differs."""
    return {name: [old.get(name), new.get(name)] for name in CONFIG_FIELDS if old.get(name) != new.get(name)}


def saved_versions(agent_id: UUID) -> QuerySet[AgentVersion]:
    """An agent's versions, each with its author's name and address: of people, a tenant reads no more."""
    own = [field.name for field in AgentVersion._meta.concrete_fields]
    versions = AgentVersion.objects.filter(agent_id=agent_id).select_related("author")
    return versions.only(*own, "author__full_name", "author__email")


def get_version(*, agent_id: UUID, number: int) -> AgentVersion:
    """One saved version with its author. One query, inside the open transaction.

    Raises:
        NotFound: no such version of an agent of this organisation.
    """
    found = saved_versions(agent_id).filter(number=number).first()
    if found is None:
        raise NotFound("We could not find that version.")
    return found


def store_first_version(agent: Agent) -> AgentVersion:
    """Write down a new agent's configuration as version 1, which is live from the start. Inside the transaction."""
    first: AgentVersion = AgentVersion.objects.create(
        agent=agent, number=1, config=config_of(agent), published_at=now()
    )
    return first
