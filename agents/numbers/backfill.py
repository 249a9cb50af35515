"""Giving agents the id of the number that they call from, where it is missing."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

import structlog

from agents.models import Agent
from agents.numbers.outgoing import ensure_phone_number_id
from orgs.models import Organization
from orgs.scope import org_scope, org_tx
from providers.vapi.readiness import is_vapi_id
from voxanne.errors import DomainError, ProviderError

log = structlog.get_logger(__name__)


class Filling(StrEnum):
    """What became of one agent."""

    FILLED = "filled"
    HAD_ONE = "had_one"
    NO_NUMBER = "no_number"
    NOT_ASKED = "not_asked"


@dataclass(frozen=True)
class FillingResult:
    """`NOT_ASKED`: our tables did not say, and Vapi could not be asked."""

    org_id: UUID
    agent_id: UUID
    outcome: Filling


def backfill_phone_number_ids(*, org: Organization) -> list[FillingResult]:
    """Look at each agent of an organisation, inbound first. Safe to run again; call it with no transaction open."""
    with org_scope(org), org_tx():
        agents = list(Agent.objects.order_by("call_direction", "pk").only("pk", "org_id", "vapi_phone_number_id"))
    return [FillingResult(org.pk, agent.pk, _fill(org, agent)) for agent in agents]


def _fill(org: Organization, agent: Agent) -> Filling:
    if is_vapi_id(agent.vapi_phone_number_id):
        return Filling.HAD_ONE
    try:
        return Filling.FILLED if ensure_phone_number_id(org=org, agent=agent) else Filling.NO_NUMBER
    except (ProviderError, DomainError) as error:
        log.warning("agent.phone_number_not_asked", agent=str(agent.pk), error=type(error).__name__)
        return Filling.NOT_ASKED
