"""Making Vapi match a saved agent: exactly one assistant, whatever happens in between."""

from dataclasses import dataclass, field
from datetime import UTC, timedelta
from enum import StrEnum
from uuid import UUID

import structlog

from agents.accounts.home import open_client
from agents.catalogue import Registered, ensure_structured_outputs, ensure_tools
from agents.errors import AssistantNotKept, LeaseLost
from agents.leases import Lease, take_lease
from agents.measures import measured_sync
from agents.models import Agent
from agents.numbers.wanted import follow_routing
from agents.payload import JsonObject, Links, find_unkept, merge
from agents.retirement import forget_missing, retire
from agents.sync_records import record_failure, record_success
from agents.tool_registry import all_tools
from agents.webhook_credentials import ensure_org_credential, ensure_platform_credential
from orgs.models import Organization
from orgs.scope import org_scope, org_tx
from providers.vapi.client import VapiClient
from voxanne.clock import now
from voxanne.errors import DomainError, ProviderError, Rejected
from voxanne.failpoints import failpoint

log = structlog.get_logger(__name__)

# Vapi's clock and ours, at most.
CLOCKS_DIFFER = timedelta(hours=1)


class Outcome(StrEnum):
    """What became of one attempt."""

    CREATED = "created"
    RECREATED = "recreated"
    ADOPTED = "adopted"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    BUSY = "busy"
    LOST = "lost"
    FAILED = "failed"

    @property
    def is_kept(self) -> bool:
        """Whether Vapi has the agent now."""
        return self not in {Outcome.BUSY, Outcome.LOST, Outcome.FAILED}


@dataclass(frozen=True)
class SyncResult:
    """The outcome, the assistant when there is one, and which tools it lacks because Vapi refused them.

    `referred` are the registrations that the assistant depends on.
    """

    outcome: Outcome
    assistant_id: str = ""
    refused_tools: list[str] = field(default_factory=list)
    referred: frozenset[str] = frozenset()


def reconcile(*, org: Organization, agent_id: UUID | str, client: VapiClient | None = None) -> SyncResult:
    """Make Vapi match the saved agent. Safe to run twice, at once, or after a crash at any point.

    Call it with no transaction open. Never raises for what Vapi does: that stands in the
    agent's row (`failed`, a plain sentence), and the sweeper tries again.
    """
    agent_id = UUID(str(agent_id))
    with org_scope(org):
        result = _attempt(org, agent_id, client)
        # After the agent is in step, so that nobody waits for it: what it refers to may have been deleted at Vapi.
        if result.outcome.is_kept and _heal(org, client, result):
            again = _attempt(org, agent_id, client)
            return again if again.outcome is not Outcome.BUSY else result
        return result


def _outcome_of(result: SyncResult) -> Outcome:
    return result.outcome


@measured_sync("assistant", _outcome_of)
def _attempt(org: Organization, agent_id: UUID, client: VapiClient | None) -> SyncResult:
    lease = take_lease(org=org, agent_id=agent_id)
    if lease is None:
        return SyncResult(Outcome.BUSY)
    try:
        return _sync(client or open_client(org), org, lease)
    except LeaseLost:
        return SyncResult(Outcome.LOST)
    except (ProviderError, DomainError) as error:
        log.warning("agent.sync_failed", agent=str(lease.agent.pk), error=str(error))
        record_failure(org=org, lease=lease, error=error)
        return SyncResult(Outcome.FAILED)
    finally:
        lease.release()


def _heal(org: Organization, client: VapiClient | None, result: SyncResult) -> bool:
    """Whether something that the organisation's agents refer to was gone at Vapi, so that they must be synced anew."""
    try:
        client = client or open_client(org)
        is_missing = bool(forget_missing(client, result.referred))
        if client.account:
            retire(client)
    except (ProviderError, DomainError) as error:
        log.info("agent.not_verified", error=str(error))
        return False
    if is_missing:
        with org_tx():
            Agent.objects.exclude(vapi_assistant_id="").filter(sync_due_at=None).update(sync_due_at=now())
            follow_routing(org)
    return is_missing


@dataclass(frozen=True)
class _Known:
    """Everything that assistants refer to, as it is registered now."""

    links: Links
    tools: Registered
    refused_outputs: list[str]
    ids: frozenset[str]


def _sync(client: VapiClient, org: Organization, lease: Lease) -> SyncResult:
    lease.draft.require_sendable()
    known = _register_all(client, org)
    try:
        result = _ensure_assistant(client, lease, lease.draft.complete(known.links))
    except (Rejected, AssistantNotKept) as refusal:
        # Perhaps something that the assistant refers to was removed at Vapi: register it again, once.
        if isinstance(refusal, Rejected) and forget_missing(client, known.ids, seen_before=timedelta(0)):
            known = _register_all(client, org)
            result = _ensure_assistant(client, lease, lease.draft.complete(known.links))
        else:
            result = _without_linking(client, lease, known.links, refusal)
    failpoint("agents.before_record")
    wanted = [spec.name for spec in lease.draft.tools]
    refused = result.refused_tools or [name for name in known.tools.refused if name in wanted]
    linked = {name: link for name, link in known.tools.links.items() if name in wanted and name not in refused}
    refused = [*refused, *known.refused_outputs]
    record_success(org=org, lease=lease, assistant_id=result.assistant_id, tools=linked, refused=refused)
    log.info("agent.synced", agent=str(lease.agent.pk), outcome=result.outcome.value, refused_tools=refused)
    return SyncResult(result.outcome, result.assistant_id, refused, known.ids)


def _register_all(client: VapiClient, org: Organization) -> _Known:
    """Have everything registered that assistants refer to.

    The platform's secret never enters a clinic's own account: there the tools carry the clinic's.
    """
    own = ensure_org_credential(client, org)
    shared = own if client.account else ensure_platform_credential(client)
    tools, outputs = ensure_tools(client, all_tools(), credential_id=shared), ensure_structured_outputs(client)
    links = Links(
        tools={name: tool_id for name, (tool_id, _) in tools.links.items()},
        output_ids=outputs.ids,
        credential_id=own,
    )
    return _Known(links, tools, outputs.refused, frozenset({own, shared, *tools.ids, *outputs.ids}))


def _ensure_assistant(client: VapiClient, lease: Lease, body: JsonObject) -> SyncResult:
    known_id = lease.agent.vapi_assistant_id
    existing = client.find_assistant(known_id) if known_id else None
    how = Outcome.UPDATED
    if existing is None:
        existing = _find_by_metadata(client, lease.agent, body)
        how = Outcome.ADOPTED
    if existing is None:
        lease.renew()
        made = client.create_assistant(body)
        return SyncResult(Outcome.RECREATED if known_id else Outcome.CREATED, str(made["id"]))
    assistant_id = str(existing["id"])
    change = merge(existing, body)
    if any(existing.get(name) != value for name, value in change.items()):
        lease.renew()
        if lost := find_unkept(_change(client, assistant_id, change), body):
            raise AssistantNotKept(fields={name: ["not kept"] for name in lost})
    elif how is Outcome.UPDATED:
        how = Outcome.UNCHANGED
    return SyncResult(how, assistant_id)


def _change(client: VapiClient, assistant_id: str, change: JsonObject) -> JsonObject:
    """The assistant as Vapi has it after the change: read back, or where that fails, as the change was answered."""
    answer = client.update_assistant(assistant_id, change)
    try:
        return client.once().get_assistant(assistant_id)
    except ProviderError as error:
        log.info("agent.not_read_back", error=str(error))
        return answer


def _without_linking(
    client: VapiClient, lease: Lease, links: Links, refusal: Rejected | AssistantNotKept
) -> SyncResult:
    """Everything but the tools, when it is the tools that Vapi refuses; those linked before stay.

    Raises:
        Rejected, AssistantNotKept: it was not the tools.
    """
    if isinstance(refusal, AssistantNotKept) and set(refusal.fields) != {"model.toolIds"}:
        raise refusal
    body = lease.draft.complete(links)
    linked_before = _tools_of(client, lease.agent.vapi_assistant_id)
    if not body["model"]["toolIds"] or body["model"]["toolIds"] == linked_before:
        raise refusal
    body["model"] = {**body["model"], "toolIds": linked_before}
    try:
        result = _ensure_assistant(client, lease, body)
    except Rejected:
        raise refusal from None
    names = [tool.name for tool in lease.draft.tools if links.tools.get(tool.name) not in linked_before]
    log.warning("agent.tools_not_linked", agent=str(lease.agent.pk), tools=names, error=str(refusal))
    return SyncResult(result.outcome, result.assistant_id, names)


def _tools_of(client: VapiClient, assistant_id: str) -> list[str]:
    existing = client.find_assistant(assistant_id) if assistant_id else None
    return list(((existing or {}).get("model") or {}).get("toolIds") or [])


def _find_by_metadata(client: VapiClient, agent: Agent, body: JsonObject) -> JsonObject | None:
    """The assistant that an earlier attempt made and could not record: the oldest one that carries the agent's id."""
    since = f"{(agent.created_at - CLOCKS_DIFFER).astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    listed = client.iter_assistants(created_since=since)
    ours = [item for item in listed if (item.get("metadata") or {}) == body["metadata"]]
    if len(ours) > 1:
        log.error("agent.duplicate_assistants", agent=body["metadata"]["agentId"], count=len(ours))
    return min(ours, key=lambda item: str(item["createdAt"]), default=None)
