"""What a clinic does with its agents: they come with it, and are brought in step with Vapi."""

from uuid import UUID

from agents.models import Agent, CallDirection, SyncState
from agents.payload import draft_assistant
from agents.prompting.greetings import DEFAULT_GREETINGS, DEFAULT_NAMES
from agents.tasks import sync_agent
from agents.versions import store_first_version
from credentials.types import Provider
from orgs import audit
from orgs.actors import Actor
from orgs.models import Organization
from orgs.scope import org_tx
from orgs.tasks import enqueue_on_commit
from voxanne.clock import now
from voxanne.errors import NotFound
from voxanne.live import publish_on_commit


def create_default_agents(org: Organization) -> None:
    """Give a new clinic its inbound and its outbound agent, and have Vapi told. Runs in the sign-up's transaction."""
    for direction in CallDirection:
        agent = Agent(
            org=org,
            name=DEFAULT_NAMES[direction],
            call_direction=direction,
            is_default=True,
            first_message=DEFAULT_GREETINGS[direction].format(clinic=org.name),
        )
        agent.save(force_insert=True)
        store_first_version(agent)
        mark_and_wake(org, agent)


def request_sync(*, org: Organization, agent_id: UUID, actor: Actor) -> Agent:
    """Have an agent synced now, whatever failed before.

    Raises:
        NotFound: no such agent here.
    """
    with org_tx():
        agent: Agent | None = Agent.objects.select_for_update().filter(pk=agent_id).first()
        if agent is None:
            raise NotFound("We could not find that agent.")
        audit.record(actor, "agent.sync_requested", agent)
        mark_and_wake(org, agent)
    return agent


def refresh_agents(*, org: Organization) -> int:
    """Bring agents in step after something that their prompts tell has changed (hours, services, name); how many.

    For the rooms that register clinic facts; cheap when nothing changed.
    """
    with org_tx():
        agents = list(Agent.objects.select_for_update().order_by("pk"))
        changed = [a for a in agents if draft_assistant(agent=a, org=org).config_hash != a.config_hash]
        for agent in changed:
            mark_and_wake(org, agent)
    return len(changed)


def follow_profile(org: Organization) -> None:
    """The clinic has changed its name, zone or number: its prompts say so too."""
    refresh_agents(org=org)


def follow_webhook_secret(org: Organization, provider: Provider) -> None:
    """The clinic has another webhook secret: Vapi is given it with the next sync of each agent."""
    with org_tx():
        for agent in Agent.objects.select_for_update().order_by("pk"):
            mark_and_wake(org, agent)


def mark_and_wake(org: Organization, agent: Agent) -> None:
    """Have Vapi brought in step with the agent as it is saved. Inside the open transaction."""
    agent.config_hash = draft_assistant(agent=agent, org=org).config_hash
    agent.sync_state, agent.sync_error = SyncState.SYNCING, ""
    agent.sync_attempts, agent.sync_due_at = 0, now()
    agent.save(update_fields=["config_hash", "sync_state", "sync_error", "sync_attempts", "sync_due_at", "updated_at"])
    publish_on_commit(org.pk, "agent", id=agent.pk)
    enqueue_on_commit(sync_agent, str(org.pk), str(agent.pk))
