"""Placing a simulated call to one's own receptionist, where the providers are simulated."""

from uuid import UUID

import structlog
from django.conf import settings

from agents.models import Agent, CallDirection
from orgs import audit
from orgs.actors import Actor
from orgs.models import Organization
from orgs.scope import org_tx
from providers.simulator.client import PlacedCall, Scenario, simulator
from voxanne.errors import DomainError, NotFound, ProviderError

log = structlog.get_logger(__name__)


class NoSandbox(NotFound):
    message = "Simulated calls exist only where the providers are simulated."


class ReceptionistNotReady(DomainError):
    code = "receptionist_not_ready"
    http_status = 409
    message = "Your receptionist is still being set up. Try again in a few seconds."


class SimulatorAway(DomainError):
    code = "simulator_away"
    http_status = 502
    message = "The simulator could not be reached, no call was placed. Is the sandbox running?"


def list_scenarios() -> list[Scenario]:
    """What can be played.

    Raises:
        NoSandbox, SimulatorAway.
    """
    _require_sandbox()
    try:
        return simulator().list_scenarios()
    except ProviderError as error:
        raise SimulatorAway from error


def simulate_call(
    *, org: Organization, actor: Actor, scenario: str, fast: bool, agent_id: UUID | None = None
) -> PlacedCall:
    """Ring the organisation's receptionist. No transaction is open while the sandbox is asked.

    Raises:
        NoSandbox, SimulatorAway, ReceptionistNotReady.
        NotFound: no such agent here.
    """
    _require_sandbox()
    with org_tx():
        agents = Agent.objects.filter(call_direction=CallDirection.INBOUND)
        agent = agents.filter(pk=agent_id).first() if agent_id else agents.first()
        if agent is None:
            raise NotFound("We could not find that receptionist.")
        if not agent.vapi_assistant_id:
            raise ReceptionistNotReady
    try:
        placed = simulator().place_call(assistant_id=agent.vapi_assistant_id, scenario=scenario, fast=fast)
    except ProviderError as error:
        log.warning("simulation.refused", error=str(error))
        raise SimulatorAway from error
    with org_tx():
        audit.record(actor, "call.simulated", agent, scenario=scenario)
    return placed


def _require_sandbox() -> None:
    if not settings.SANDBOX:
        raise NoSandbox
