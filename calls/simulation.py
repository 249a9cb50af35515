"""Placing a simulated call to one's own receptionist, where the providers are simulated."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import structlog
from django.conf import settings
from django.db.models import F, Q, QuerySet

from agents.models import Agent, CallDirection
from contacts.models import Contact
from orgs import audit
from orgs.actors import Actor
from orgs.models import Organization
from orgs.scope import org_tx
from providers.simulator.client import PlacedCall, Scenario, simulator
from scheduling.selectors import find_next_visitor
from telephony.models import NumberState, PhoneNumberMapping
from voxanne.clock import now
from voxanne.errors import DomainError, NotFound, ProviderError

log = structlog.get_logger(__name__)

MOST_CALLERS = 20
# A visit this far off may still be moved: few clinics ask for more notice.
VISIT_IN = timedelta(days=3)


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


@dataclass(frozen=True)
class Wish:
    """Which call to play.

    Attributes:
        agent_id: None rings the clinic's first inbound agent.
        caller_id: the contact who calls; None is whoever fits: a patient with an appointment where the scenario is told
            of one, otherwise somebody new.
    """

    scenario: str
    fast: bool = True
    agent_id: UUID | None = None
    caller_id: UUID | None = None


def simulate_call(*, org: Organization, actor: Actor, wish: Wish) -> PlacedCall:
    """Ring the organisation's receptionist. No transaction is open while the sandbox is asked.

    Where the agent has a connected number, that is dialled, so that who answers and the greeting are decided as in a
    real call; otherwise its assistant is rung.

    Raises:
        NoSandbox, SimulatorAway, ReceptionistNotReady.
        NotFound: no such agent or caller here.
    """
    _require_sandbox()
    of_a_visit = wish.caller_id is None and wish.scenario in _told_of_a_visit()
    with org_tx():
        agent = _find_agent(wish.agent_id)
        number_id = _find_number_id(agent)
        customer = _find_visitor() if of_a_visit else _find_customer(wish.caller_id)
    try:
        placed = simulator().place_call(
            assistant_id=agent.vapi_assistant_id,
            phone_number_id=number_id,
            scenario=wish.scenario,
            fast=wish.fast,
            customer=customer,
        )
    except ProviderError as error:
        log.warning("simulation.refused", error=str(error))
        raise SimulatorAway from error
    with org_tx():
        audit.record(actor, "call.simulated", agent, scenario=wish.scenario)
    return placed


def list_callers(org: Organization) -> list[Contact]:
    """Who can play the caller: the contacts who were in touch last. One query, inside org_tx."""
    reachable = Contact.objects.for_org(org.pk).exclude(phone="")
    return list(reachable.order_by(F("last_contacted_at").desc(nulls_last=True), "id")[:MOST_CALLERS])


def has_number(org: Organization) -> bool:
    """Whether a number of the clinic can be dialled. One query, inside org_tx."""
    return bool(_connected_numbers().filter(org_id=org.pk).exists())


def _find_agent(agent_id: UUID | None) -> Agent:
    agents = Agent.objects.filter(call_direction=CallDirection.INBOUND)
    agent: Agent | None = agents.filter(pk=agent_id).first() if agent_id else agents.first()
    if agent is None:
        raise NotFound("We could not find that receptionist.")
    if not agent.vapi_assistant_id:
        raise ReceptionistNotReady
    return agent


def _find_number_id(agent: Agent) -> str:
    """The agent's own number at Vapi, or one that nobody in particular answers; "" without any."""
    numbers = (
        _connected_numbers()
        .filter(Q(agent_id=agent.pk) | Q(agent_id=None))
        .order_by(F("agent_id").asc(nulls_last=True))
    )
    return str(numbers.values_list("vapi_phone_number_id", flat=True).first() or "")


def _connected_numbers() -> QuerySet[PhoneNumberMapping]:
    numbers: QuerySet[PhoneNumberMapping] = PhoneNumberMapping.objects.filter(is_active=True, is_wanted=True)
    return numbers.filter(sync_state=NumberState.CONNECTED).exclude(vapi_phone_number_id="")


def _find_customer(caller_id: UUID | None) -> dict[str, str] | None:
    if caller_id is None:
        return None
    caller = Contact.objects.filter(pk=caller_id).exclude(phone="").first()
    if caller is None:
        raise NotFound("We could not find that caller.")
    return _customer(caller)


def _told_of_a_visit() -> set[str]:
    return {scenario.key for scenario in list_scenarios() if scenario.caller_has_visit}


def _find_visitor() -> dict[str, str] | None:
    """A patient with an appointment; None, which is somebody new, where nobody has one."""
    visitor = find_next_visitor(after=now() + VISIT_IN)
    return _customer(visitor) if visitor else None


def _customer(caller: Contact) -> dict[str, str]:
    return {"number": caller.phone, **({"name": caller.name[:40]} if caller.name else {})}


def _require_sandbox() -> None:
    if not settings.SANDBOX:
        raise NoSandbox
