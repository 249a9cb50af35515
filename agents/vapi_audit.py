"""Do our assistants at Vapi still have our tools, all of them and no others? Asked of Vapi, not of our own records."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

import structlog
from django.db.models import Q

from agents.assistants import reconcile
from agents.models import Agent, PlatformRegistration, RegistrationKind
from agents.payload import JsonObject, webhook_url
from agents.retirement import forget_missing_shared
from agents.tool_registry import tools_of
from credentials.vapi_accounts import vapi_client_for
from orgs.models import Organization
from orgs.scope import service_tx
from providers.vapi.client import VapiClient
from voxanne.clock import now
from voxanne.errors import DomainError, NotFoundAtProvider, ProviderError

log = structlog.get_logger(__name__)

# What an assistant of ours carries in `model.tools`; every other tool is linked by id.
_OWN_NATIVE_TOOLS = {"endCall"}


class Deviation(StrEnum):
    """How an assistant can differ from what it should be."""

    NO_ASSISTANT = "no_assistant"
    NATIVE_TOOL = "native_tool"
    UNKNOWN_TOOL = "unknown_tool"
    MISSING_TOOL = "missing_tool"
    OTHER_SERVER = "other_server"
    DUPLICATE = "duplicate"
    UNREADABLE = "unreadable"


@dataclass(frozen=True)
class AuditFinding:
    """One deviation of one agent's assistant. `what` names the tool, address or assistant that is meant."""

    org_id: UUID
    agent_id: UUID
    agent_name: str
    assistant_id: str
    deviation: Deviation
    what: str


@dataclass(frozen=True)
class _Account:
    """One account at Vapi as it is now, with our agents whose assistants live there."""

    agents: list[Agent]
    assistants: dict[str, JsonObject]
    tool_ids: set[str]
    current: dict[str, str]


def audit_assistants(org: Organization | None = None) -> list[AuditFinding]:
    """Every deviation of every agent that should have an assistant, or of one organisation's. No transaction is open.

    A clinic's own account that cannot be read is a finding.

    Raises:
        ProviderError: the platform's account could not be read.
    """
    by_client, unreadable = _group(_list_agents(org))
    found: list[AuditFinding] = []
    for client, agents in by_client:
        try:
            found += _findings_of(_read_account(client, agents))
        except ProviderError:
            if not client.account:
                raise
            unreadable += agents
    return [*found, *(_finding(agent, Deviation.UNREADABLE, "") for agent in unreadable)]


def repair(findings: Iterable[AuditFinding]) -> None:
    """Bring the agents in step that findings are about, and delete their duplicates that no number leads to."""
    findings = list(findings)
    with service_tx("repair assistants"):
        orgs = Organization.objects.in_bulk({finding.org_id for finding in findings})
    for client, _ in _group(Agent(org_id=org_id) for org_id in orgs)[0]:
        _forget_missing(client)
    for org_id, agent_id in dict.fromkeys((finding.org_id, finding.agent_id) for finding in findings):
        reconcile(org=orgs[org_id], agent_id=agent_id)
    for finding in findings:
        if finding.deviation is Deviation.DUPLICATE:
            _delete_duplicate(finding)


def wake(findings: Iterable[AuditFinding]) -> int:
    """Have the sweeper bring the agents in step that findings are about; how many."""
    ids = {finding.agent_id for finding in findings}
    with service_tx("wake agents that differ at Vapi"):
        return Agent.across_orgs.filter(pk__in=ids, sync_due_at=None).update(sync_due_at=now())


def _list_agents(org: Organization | None) -> list[Agent]:
    with service_tx("list agents"):
        expected = Agent.across_orgs.filter(~Q(vapi_assistant_id="") | Q(is_default=True))
        return list((expected.filter(org=org) if org else expected).order_by("org_id", "pk"))


def _group(agents: Iterable[Agent]) -> tuple[list[tuple[VapiClient, list[Agent]]], list[Agent]]:
    """Agents by the account in which their assistants live, and those whose account's key cannot be read."""
    clients: dict[str, VapiClient] = {}
    by_account: dict[str, list[Agent]] = defaultdict(list)
    unreadable = []
    for agent in agents:
        try:
            client = vapi_client_for(agent.org_id)
        except DomainError as error:
            log.warning("audit.key_unreadable", org=str(agent.org_id), error=error.message)
            unreadable.append(agent)
            continue
        clients.setdefault(client.account, client)
        by_account[client.account].append(agent)
    return [(client, by_account[account]) for account, client in clients.items()], unreadable


def _forget_missing(client: VapiClient) -> None:
    try:
        forget_missing_shared(client)
    except ProviderError as error:
        log.warning("audit.not_verified", account=client.account, error=str(error))


def _read_account(client: VapiClient, agents: list[Agent]) -> _Account:
    return _Account(
        agents=agents,
        assistants={item["id"]: item for item in client.iter_assistants()},
        tool_ids={item["id"] for item in client.iter_tools()},
        current=_current_tools(client.account),
    )


def _current_tools(account: str) -> dict[str, str]:
    with service_tx("list registered tools"):
        rows = PlatformRegistration.objects.filter(kind=RegistrationKind.TOOL, account=account, retired_at=None)
        return {row.name: row.vapi_id for row in rows.exclude(vapi_id="").order_by("created_at")}


def _findings_of(account: _Account) -> Iterator[AuditFinding]:
    copies: dict[str, list[str]] = defaultdict(list)
    for item in account.assistants.values():
        copies[str((item.get("metadata") or {}).get("agentId", ""))].append(item["id"])
    for agent in account.agents:
        assistant = account.assistants.get(agent.vapi_assistant_id)
        found = _compare(agent, assistant, account) if assistant else [(Deviation.NO_ASSISTANT, "")]
        extra = [(Deviation.DUPLICATE, key) for key in copies[str(agent.pk)] if key != agent.vapi_assistant_id]
        for deviation, what in (*found, *extra):
            yield _finding(agent, deviation, what)


def _finding(agent: Agent, deviation: Deviation, what: str) -> AuditFinding:
    return AuditFinding(agent.org_id, agent.pk, agent.name, agent.vapi_assistant_id, deviation, what)


def _compare(agent: Agent, assistant: JsonObject, account: _Account) -> Iterator[tuple[Deviation, str]]:
    model = assistant.get("model") or {}
    for tool in model.get("tools") or []:
        if tool.get("type") not in _OWN_NATIVE_TOOLS:
            yield Deviation.NATIVE_TOOL, str((tool.get("function") or {}).get("name") or tool.get("type"))
    linked = set(model.get("toolIds") or [])
    wanted = {spec.name: account.current.get(spec.name, "") for spec in tools_of(agent.tools_enabled)}
    for tool_id in sorted(linked - set(wanted.values())):
        yield Deviation.UNKNOWN_TOOL, tool_id
    for name, tool_id in wanted.items():
        if tool_id not in linked & account.tool_ids:
            yield Deviation.MISSING_TOOL, name
    address = str((assistant.get("server") or {}).get("url", ""))
    if address != webhook_url():
        yield Deviation.OTHER_SERVER, address


def _delete_duplicate(finding: AuditFinding) -> None:
    """Only one that no number leads to, and that no agent is linked to by now."""
    client = vapi_client_for(finding.org_id)
    if any(number.get("assistantId") == finding.what for number in client.list_phone_numbers()):
        log.warning("audit.duplicate_in_use", assistant=finding.what)
        return
    with service_tx("look for the agent of an assistant"):
        if Agent.across_orgs.filter(vapi_assistant_id=finding.what).exists():
            return
    try:
        client.delete_assistant(finding.what)
    except NotFoundAtProvider:
        return
    log.info("audit.duplicate_deleted", assistant=finding.what, agent=str(finding.agent_id))
