"""What the agent's page and the API show of drafts: what was saved last, what of it is not live, and who did what."""

from dataclasses import dataclass
from uuid import UUID

from agents.diffs import FieldDiff, diff_configs
from agents.models import Agent, AgentPublication, AgentVersion
from agents.prompts import MAX_PROMPT_CHARS, agent_with, prompt_of
from agents.publishing import find_latest_publication
from agents.versions import Config, config_of, find_changes, get_version, saved_versions
from orgs.models import Organization
from voxanne.errors import NotFound

PAGE_SIZE = 25


@dataclass(frozen=True)
class AgentDraft:
    """An agent as it is live (`agent`), as it was last saved (`newest.config`), and how its last publication stands."""

    agent: Agent
    newest: AgentVersion
    publication: AgentPublication | None

    @property
    def unpublished(self) -> list[str]:
        """The settings that were saved and are not live."""
        return list(find_changes(config_of(self.agent), self.newest.config))


@dataclass(frozen=True)
class FinishedPrompt:
    """The whole prompt of a version as the model gets it, and how long it may be, in characters."""

    version: int
    text: str
    limit: int = MAX_PROMPT_CHARS

    @property
    def excess(self) -> int:
        """By how many characters it is too long; 0 when it fits."""
        return max(len(self.text) - self.limit, 0)


def get_draft(agent_id: UUID) -> AgentDraft:
    """Everything about an agent's newest version. Three queries, inside the open transaction.

    Raises:
        NotFound: no such agent here.
    """
    agent = _get_whole_agent(agent_id)
    newest = get_version(agent_id=agent.pk, number=agent.version)
    return AgentDraft(agent=agent, newest=newest, publication=find_latest_publication(agent.pk))


def list_versions(agent_id: UUID, *, before: int | None = None, limit: int = PAGE_SIZE) -> list[AgentVersion]:
    """Saved versions, newest first, with their authors. Two queries, inside the open transaction.

    Args:
        before: only versions with a lower number: where the page before ended.

    Raises:
        NotFound: no such agent here.
    """
    if not Agent.objects.filter(pk=agent_id).exists():
        raise NotFound("We could not find that agent.")
    versions = saved_versions(agent_id).order_by("-number")
    return list((versions if before is None else versions.filter(number__lt=before))[:limit])


def diff_versions(agent_id: UUID, *, old: int, new: int) -> list[FieldDiff]:
    """What one saved version says differently from another. Two queries, inside the open transaction.

    Raises:
        NotFound: no such agent here, or no such version of it.
    """
    before = get_version(agent_id=agent_id, number=old)
    return diff_configs(before.config, get_version(agent_id=agent_id, number=new).config)


def get_finished_prompt(*, org: Organization, agent_id: UUID, version: int | None = None) -> FinishedPrompt:
    """The prompt of the newest version, or of another one. Inside the open transaction; clinic facts are asked.

    Raises:
        NotFound: no such agent here, or no such version of it.
    """
    agent = _get_whole_agent(agent_id)
    saved = get_version(agent_id=agent.pk, number=agent.version if version is None else version)
    return FinishedPrompt(saved.number, prompt_of(agent=agent_with(saved.config, like=agent), org=org))


def preview(*, org: Organization, agent: Agent, config: Config) -> FinishedPrompt:
    """The prompt that an agent would have with settings that are not saved. Inside the open transaction."""
    return FinishedPrompt(agent.version, prompt_of(agent=agent_with(config, like=agent), org=org))


def _get_whole_agent(agent_id: UUID) -> Agent:
    agent: Agent | None = Agent.objects.filter(pk=agent_id).first()
    if agent is None:
        raise NotFound("We could not find that agent.")
    return agent
