"""Editing an agent: every save is a new version, and touches nothing that is live. No provider is asked."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from agents.draft_rules import clean_changes, require_consistent
from agents.models import Agent, AgentMode, AgentVersion
from agents.numbers.tasks import sweep_numbers
from agents.payload import draft_assistant
from agents.prompts import finished_prompt
from agents.services import mark_and_wake
from agents.versions import LABELS, Config, find_changes, get_version
from orgs import audit
from orgs.actors import Actor
from orgs.models import Organization
from orgs.scope import org_tx
from orgs.tasks import enqueue_on_commit
from voxanne.errors import BadInput, DomainError, NotFound
from voxanne.live import publish_on_commit


class SavedMeanwhile(DomainError):
    """Somebody saved the agent after the form was opened.

    Attributes:
        newest: what they saved, with its author.
    """

    code = "saved_meanwhile"
    http_status = 409

    def __init__(self, newest: AgentVersion, changed: list[str]) -> None:
        self.newest = newest
        who = str(newest.author) if newest.author else "Somebody"
        what = ", ".join(LABELS[name].lower() for name in changed) or "nothing that differs from what you had"
        super().__init__(
            f"{who} saved version {newest.number} meanwhile ({what}). Load it and make your changes again, or save "
            "over it.",
            version=newest.number,
        )


def save_draft(
    *, org: Organization, agent_id: UUID, changes: Mapping[str, Any], actor: Actor, base_version: int | None = None
) -> AgentVersion:
    """Store changed settings as a new version, which is a draft until it is published. The same again makes none.

    Saves of one agent wait for each other; numbers have no gaps.

    Args:
        changes: settings by the names of `agents.versions.CONFIG_FIELDS`; the others stay as they were last saved.
        base_version: the version that the form showed. Without it the last save wins.

    Raises:
        NotFound: no such agent here.
        BadInput, PromptTooLong: `fields` names what cannot be stored, and why.
        SavedMeanwhile: `base_version` is not the newest any more.
    """
    with org_tx():
        agent = lock_agent(agent_id)
        newest = get_version(agent_id=agent.pk, number=agent.version)
        if base_version is not None and base_version != newest.number:
            _refuse_outdated(agent, newest, base_version)
        cleaned = clean_changes(changes)
        return _store(org, agent, newest, {**newest.config, **cleaned}, actor)


def restore_version(*, org: Organization, agent_id: UUID, number: int, actor: Actor) -> AgentVersion:
    """Make an earlier version the newest again. It goes live as any other does.

    Raises:
        NotFound: no such agent here, or no such version of it.
        BadInput: it names something that there is not any more, such as a tool.
    """
    with org_tx():
        agent = lock_agent(agent_id)
        earlier = get_version(agent_id=agent.pk, number=number)
        newest = earlier if number == agent.version else get_version(agent_id=agent.pk, number=agent.version)
        config = clean_changes(earlier.config)
        return _store(org, agent, newest, config, actor, restored_from=number)


def set_mode(*, org: Organization, agent_id: UUID, mode: str, actor: Actor) -> Agent:
    """Say how much the agent may do by itself. It has no versions and acts at once: nobody waits to switch it off.

    Raises:
        NotFound: no such agent here.
        BadInput: no such mode.
    """
    if mode not in AgentMode.values:
        raise BadInput(fields={"mode": [f"Choose a mode from: {', '.join(AgentMode.values)}."]})
    with org_tx():
        agent = lock_agent(agent_id)
        if agent.mode == mode:
            return agent
        audit.record(actor, "agent.mode_changed", agent, old=agent.mode, new=mode)
        agent.mode = mode
        agent.save(update_fields=["mode", "updated_at"])
        publish_on_commit(org.pk, "agent", id=agent.pk)
        if draft_assistant(agent=agent, org=org).config_hash != agent.config_hash:
            mark_and_wake(org, agent)
        enqueue_on_commit(sweep_numbers)  # a number with a fixed link has to learn that it depends on the moment now
    return agent


def lock_agent(agent_id: UUID) -> Agent:
    """The agent, locked until the open transaction ends.

    Raises:
        NotFound: no such agent here.
    """
    agent: Agent | None = Agent.objects.select_for_update().filter(pk=agent_id).first()
    if agent is None:
        raise NotFound("We could not find that agent.")
    return agent


def _refuse_outdated(agent: Agent, newest: AgentVersion, base_version: int) -> None:
    if base_version > newest.number:
        raise BadInput(fields={"base_version": [f"There is no version {base_version} yet."]})
    shown = get_version(agent_id=agent.pk, number=base_version)
    raise SavedMeanwhile(newest, list(find_changes(shown.config, newest.config)))


def _store(
    org: Organization,
    agent: Agent,
    newest: AgentVersion,
    config: Config,
    actor: Actor,
    *,
    restored_from: int | None = None,
) -> AgentVersion:
    """A version with this configuration: the newest one when it has it already, else a new one."""
    changes = find_changes(newest.config, config)
    if not changes:
        return newest
    require_consistent(config)
    finished_prompt(org, config, agent=agent)
    agent.version = newest.number + 1
    AgentVersion.objects.create(
        agent=agent,
        number=agent.version,
        config=config,
        changes=changes,
        author_id=actor.user_id,
        restored_from=restored_from,
    )
    agent.save(update_fields=["version", "updated_at"])
    audit.record(
        actor,
        "agent.version_saved" if restored_from is None else "agent.version_restored",
        agent,
        version=agent.version,
        changed=list(changes),
        **({} if restored_from is None else {"restored_from": restored_from}),
    )
    publish_on_commit(org.pk, "agent", id=agent.pk)
    return get_version(agent_id=agent.pk, number=agent.version)
