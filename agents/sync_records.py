"""Writing down how a sync ended, in one transaction, if this worker still holds the agent."""

from agents.errors import LeaseLost
from agents.leases import Lease
from agents.models import Agent, AssistantMapping, OrgTool, SyncState
from agents.numbers.records import find_number_id
from agents.numbers.wanted import mark_answered_by
from agents.tool_registry import all_tools
from orgs import audit
from orgs.actors import Actor
from orgs.models import Organization
from orgs.scope import org_tx
from voxanne.clock import now
from voxanne.errors import DomainError, Owner, ProviderError, RateLimited, Timeout, Unauthorized, Unavailable
from voxanne.live import publish_on_commit

_SENTENCES: dict[type[ProviderError], str] = {
    Timeout: "Vapi did not answer in time. We keep trying.",
    Unavailable: "Vapi cannot be reached at the moment. We keep trying.",
    RateLimited: "Vapi is busy at the moment. We keep trying.",
    Unauthorized: "Vapi does not accept our key. Our team has to act; nothing is lost.",
}
_YOUR_KEY = "Vapi does not accept your own key. Replace it in Integrations; we keep trying."
_REFUSED = "Vapi did not accept this agent's settings. Check them, or contact support."


def record_success(
    *, org: Organization, lease: Lease, assistant_id: str, tools: dict[str, tuple[str, str]], refused: list[str]
) -> None:
    """Agent, mapping and tool links as they are now at Vapi.

    Args:
        tools: id and definition hash by name, as they are linked now.
        refused: tools and outputs that Vapi did not take; the agent works without them, and they are tried again.

    Raises:
        LeaseLost: another worker has the agent; it will find the assistant by its metadata.
    """
    moment = now()
    with org_tx():
        agent = Agent.objects.select_for_update().filter(pk=lease.agent.pk, sync_claim=lease.token).first()
        if agent is None:
            raise LeaseLost
        # Marked meanwhile also counts: a new secret or another account at Vapi changes no hash.
        is_current = agent.config_hash == lease.draft.config_hash and agent.sync_due_at == lease.agent.sync_due_at
        previous_id = agent.vapi_assistant_id
        agent.vapi_assistant_id = assistant_id
        agent.vapi_phone_number_id = find_number_id(agent.pk) or agent.vapi_phone_number_id
        agent.synced_hash, agent.synced_at = lease.draft.config_hash, moment
        agent.sync_error, agent.tools_error = "", _say_refused(refused)
        agent.sync_state = SyncState.SYNCED if is_current else SyncState.SYNCING
        if not is_current:
            # Saved again meanwhile: the sweeper, or the wake-up of that save, takes it from here.
            agent.sync_attempts, agent.sync_due_at = 0, moment
        elif not refused:
            agent.sync_attempts, agent.sync_due_at = 0, None
        agent.sync_claim = agent.sync_claimed_until = None
        agent.save()
        _record_mapping(agent, previous_id)
        _record_tools(tools)
        if previous_id != assistant_id:
            audit.record(
                Actor.system(org.pk), "agent.assistant_linked", agent, assistant=assistant_id, previous=previous_id
            )
            mark_answered_by(org=org, agent_id=agent.pk)
        publish_on_commit(org.pk, "agent", id=agent.pk)


def record_failure(*, org: Organization, lease: Lease, error: ProviderError | DomainError) -> None:
    """The agent failed, in words for its page; the sweeper comes back after the delay that the attempts have earned."""
    with org_tx():
        failed = Agent.objects.filter(pk=lease.agent.pk, sync_claim=lease.token).update(
            sync_state=SyncState.FAILED,
            sync_error=say(error),
            sync_claim=None,
            sync_claimed_until=None,
            updated_at=now(),
        )
        if failed:
            publish_on_commit(org.pk, "agent", id=lease.agent.pk)


def say(error: ProviderError | DomainError) -> str:
    """One plain sentence for the clinic."""
    if isinstance(error, DomainError):
        return error.message
    if isinstance(error, Unauthorized) and error.owner is Owner.CLINIC:
        return _YOUR_KEY
    return next((sentence for kind, sentence in _SENTENCES.items() if isinstance(error, kind)), _REFUSED)


def _say_refused(refused: list[str]) -> str:
    if not refused:
        return ""
    what = "the tool" if len(refused) == 1 else "the tools"
    return f"Vapi did not accept {what} {', '.join(refused)}. The rest works; we keep trying."


def _record_mapping(agent: Agent, previous_id: str) -> None:
    if previous_id and previous_id != agent.vapi_assistant_id:
        AssistantMapping.objects.filter(vapi_assistant_id=previous_id).update(retired_at=now())
    AssistantMapping.objects.update_or_create(
        vapi_assistant_id=agent.vapi_assistant_id,
        defaults={
            "agent": agent,
            "assistant_role": agent.call_direction,
            "assistant_name": agent.name,
            "retired_at": None,
        },
    )


def _record_tools(tools: dict[str, tuple[str, str]]) -> None:
    OrgTool.objects.exclude(tool_name__in=[spec.name for spec in all_tools()]).delete()
    for name, (tool_id, digest) in tools.items():
        OrgTool.objects.update_or_create(tool_name=name, defaults={"vapi_tool_id": tool_id, "definition_hash": digest})
