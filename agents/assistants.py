"""Making Vapi match a saved agent: exactly one assistant, whatever happens in between."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

import structlog

from agents.catalogue import ensure_structured_outputs, ensure_tools
from agents.errors import AssistantNotKept, LeaseLost
from agents.leases import Lease, take_lease
from agents.payload import JsonObject, Links, find_unkept, merge
from agents.registrations import forget_missing
from agents.sync_records import record_failure, record_success
from agents.tool_registry import all_tools
from agents.webhook_credentials import ensure_org_credential, ensure_platform_credential
from credentials.vapi_accounts import vapi_client_for
from orgs.models import Organization
from orgs.scope import org_scope
from providers.vapi.client import VapiClient
from voxanne.errors import DomainError, ProviderError, Rejected
from voxanne.failpoints import failpoint

log = structlog.get_logger(__name__)


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


@dataclass(frozen=True)
class SyncResult:
    """The outcome, and the assistant when there is one."""

    outcome: Outcome
    assistant_id: str = ""


def reconcile(*, org: Organization, agent_id: UUID | str, client: VapiClient | None = None) -> SyncResult:
    """Make Vapi match the saved agent. Safe to run twice, at once, or after a crash at any point.

    Call it with no transaction open. Never raises for what Vapi does: that stands in the
    agent's row (`failed`, a plain sentence), and the sweeper tries again.
    """
    with org_scope(org):
        lease = take_lease(org=org, agent_id=UUID(str(agent_id)))
        if lease is None:
            return SyncResult(Outcome.BUSY)
        return _sync_under(lease, org, client)


def _sync_under(lease: Lease, org: Organization, client: VapiClient | None) -> SyncResult:
    try:
        return _sync(client or vapi_client_for(org.pk), org, lease)
    except LeaseLost:
        return SyncResult(Outcome.LOST)
    except (ProviderError, DomainError) as error:
        log.warning("agent.sync_failed", agent=str(lease.agent.pk), error=str(error))
        record_failure(org=org, lease=lease, error=error)
        return SyncResult(Outcome.FAILED)
    finally:
        lease.release()


def _sync(client: VapiClient, org: Organization, lease: Lease) -> SyncResult:
    lease.draft.require_sendable()
    links, tools = _ensure_links(client, org)
    try:
        result = _ensure_assistant(client, lease, lease.draft.complete(links))
    except Rejected:
        # Perhaps something that the assistant refers to was removed at Vapi: register it again, once.
        if not forget_missing(client, [links.credential_id, *links.output_ids, *links.tools.values()]):
            raise
        links, tools = _ensure_links(client, org)
        result = _ensure_assistant(client, lease, lease.draft.complete(links))
    failpoint("agents.before_record")
    linked = {spec.name: tools[spec.name] for spec in lease.draft.tools}
    record_success(org=org, lease=lease, assistant_id=result.assistant_id, tools=linked)
    log.info("agent.synced", agent=str(lease.agent.pk), outcome=result.outcome.value)
    return result


def _ensure_links(client: VapiClient, org: Organization) -> tuple[Links, dict[str, tuple[str, str]]]:
    """Have everything registered that assistants refer to; the tools also with their definition hashes.

    The platform's secret never enters a clinic's own account: there the tools carry the clinic's.
    """
    own = ensure_org_credential(client, org)
    tools = ensure_tools(
        client, all_tools(), credential_id=own if client.account else ensure_platform_credential(client)
    )
    links = Links(
        tools={name: tool_id for name, (tool_id, _) in tools.items()},
        output_ids=ensure_structured_outputs(client),
        credential_id=own,
    )
    return links, tools


def _ensure_assistant(client: VapiClient, lease: Lease, body: JsonObject) -> SyncResult:
    known_id = lease.agent.vapi_assistant_id
    existing = client.find_assistant(known_id) if known_id else None
    how = Outcome.UPDATED
    if existing is None:
        existing = _find_by_metadata(client, body)
        how = Outcome.ADOPTED
    if existing is None:
        lease.renew()
        made = client.create_assistant(body)
        return SyncResult(Outcome.RECREATED if known_id else Outcome.CREATED, str(made["id"]))
    assistant_id = str(existing["id"])
    change = merge(existing, body)
    if any(existing.get(name) != value for name, value in change.items()):
        lease.renew()
        client.update_assistant(assistant_id, change)
        if lost := find_unkept(client.get_assistant(assistant_id), body):
            raise AssistantNotKept(fields={name: ["not kept"] for name in lost})
    elif how is Outcome.UPDATED:
        how = Outcome.UNCHANGED
    return SyncResult(how, assistant_id)


def _find_by_metadata(client: VapiClient, body: JsonObject) -> JsonObject | None:
    """The assistant that an earlier attempt made and could not record: the oldest one that carries the agent's id."""
    ours = [item for item in client.iter_assistants() if (item.get("metadata") or {}) == body["metadata"]]
    if len(ours) > 1:
        log.error("agent.duplicate_assistants", agent=body["metadata"]["agentId"], count=len(ours))
    return min(ours, key=lambda item: str(item["createdAt"]), default=None)
