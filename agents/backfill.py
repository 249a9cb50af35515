"""Seeding agents' own Twilio accounts from their organisation's: from one account a clinic to one an agent."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from agents.models import Agent, AgentTwilioSettings
from agents.twilio import store_own_twilio
from credentials.errors import CredentialDisabled, CredentialUnreadable, NotConnected
from credentials.service import credential_service
from credentials.types import Provider
from orgs.actors import Actor
from orgs.models import Organization
from orgs.scope import org_scope, org_tx


class Backfill(StrEnum):
    """What became of one agent."""

    SEEDED = "seeded"
    HAS_OWN = "has_own"
    NUMBER_IN_USE = "number_in_use"
    NOT_CONNECTED = "not_connected"
    UNREADABLE = "unreadable"


@dataclass(frozen=True)
class BackfillResult:
    org_id: UUID
    agent_id: UUID
    outcome: Backfill


def backfill_organisation(*, org: Organization) -> list[BackfillResult]:
    """Seed the organisation's default agents, the inbound one first. Safe to run again.

    A number serves one agent: where both defaults would get the same, the inbound one has it and the outbound one
    goes on with the organisation's account.
    """
    with org_scope(org), org_tx():
        agents = list(Agent.objects.filter(is_default=True).order_by("call_direction"))
        return [BackfillResult(org.pk, agent.pk, _seed(org, agent)) for agent in agents]


def _seed(org: Organization, agent: Agent) -> Backfill:
    if AgentTwilioSettings.objects.filter(agent=agent).exists():
        return Backfill.HAS_OWN
    try:
        credentials = credential_service.get(org.pk, Provider.TWILIO)
    except (NotConnected, CredentialDisabled):
        return Backfill.NOT_CONNECTED
    except CredentialUnreadable:
        return Backfill.UNREADABLE
    if AgentTwilioSettings.objects.filter(phone_number=credentials.phone_number).exists():
        return Backfill.NUMBER_IN_USE
    store_own_twilio(org=org, agent_id=agent.pk, credentials=credentials, actor=Actor.system(org.pk))
    return Backfill.SEEDED
