"""Bringing whole organisations in step with Vapi: their tools, and with them everything else of their assistants."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from agents.assistants import Outcome, SyncResult, reconcile
from agents.models import Agent
from orgs.models import Organization
from orgs.scope import org_scope, org_tx, service_tx

# Another worker that holds an agent is waited for this long altogether.
TRIES = 5
PAUSE_S = 2.0


@dataclass(frozen=True)
class AgentSync:
    """What became of one agent. `problem` is a sentence, empty when Vapi has it all."""

    org: Organization
    agent_id: UUID
    agent_name: str
    outcome: Outcome
    problem: str = ""


def sync_organisations(orgs: list[Organization]) -> Iterator[AgentSync]:
    """Sync every agent of these organisations, one after the other. What is in step already costs no write."""
    for org in orgs:
        with org_scope(org), org_tx():
            agents = list(Agent.objects.order_by("call_direction", "-is_default", "pk").values_list("pk", "name"))
        for agent_id, name in agents:
            yield _sync(org, agent_id, name)


def find_organisations(wanted: str = "") -> list[Organization]:
    """Those that a command is about: one by its id or slug, or all; empty when there is none of that name."""
    with service_tx("list organisations"):
        orgs = Organization.objects.order_by("pk")
        if not wanted:
            return list(orgs)
        try:
            return list(orgs.filter(pk=UUID(wanted)))
        except ValueError:
            return list(orgs.filter(slug=wanted))


def _sync(org: Organization, agent_id: UUID, name: str) -> AgentSync:
    result = _reconcile_patiently(org, agent_id)
    with org_scope(org), org_tx():
        agent = Agent.objects.filter(pk=agent_id).only("sync_error", "tools_error").first()
    if result.outcome.is_kept:
        return AgentSync(org, agent_id, name, result.outcome, agent.tools_error if agent else "")
    problem = agent.sync_error if agent else ""
    return AgentSync(org, agent_id, name, result.outcome, problem or "Another worker holds this agent. Try again.")


def _reconcile_patiently(org: Organization, agent_id: UUID) -> SyncResult:
    for _ in range(TRIES):
        result = reconcile(org=org, agent_id=agent_id)
        if result.outcome not in {Outcome.BUSY, Outcome.LOST}:
            break
        time.sleep(PAUSE_S)
    return result
