"""What pages show of calls that go out, each with a constant number of queries."""

from dataclasses import dataclass
from uuid import UUID, uuid4

from agents.models import Agent
from agents.twilio import view_twilio
from calls.models import Call, CallType, OutboundCall, OutboundPurpose
from calls.outbound.errors import CallUnderWay
from calls.outbound.limits import list_going_out
from calls.outbound.rules import check_agent, check_hours, check_person, find_outbound_agent, read_number
from contacts.models import Contact
from orgs.models import IntegrationSettings, Organization
from voxanne.clock import now
from voxanne.errors import DomainError


@dataclass(frozen=True)
class CallButton:
    """A button that has somebody called.

    Attributes:
        key: what its form sends, so that pressing it twice is one call.
        reason: why it cannot be pressed, "" when it can.
        under_way: the call to this number that goes on at the moment.
    """

    key: str
    reason: str = ""
    under_way: UUID | None = None


def call_button_state(*, org: Organization, contact: Contact | None, number: str = "") -> CallButton:
    """Whether a contact, or a number that is nobody's yet, can be called back now. Inside the open transaction.

    What only the moment of calling can tell (the day's limits, Vapi's own number) is told then.
    """
    under_way: UUID | None = None
    try:
        agent = check_agent(find_outbound_agent())
        phone = read_number(org=org, contact=contact, number=number)
        check_person(contact)
        going_out = list_going_out(moment=now())
        if phone in going_out:
            under_way = going_out[phone]
            raise CallUnderWay
        rules = IntegrationSettings.objects.filter(org=org).first() or IntegrationSettings(org=org)
        check_hours(rules=rules, purpose=OutboundPurpose.CALL_BACK, moment=now(), zone=org.zone)
    except DomainError as missing:
        return CallButton(_new_key(), missing.message, under_way)
    return CallButton(_new_key(), view_twilio(org=org, agent=agent).problem)


def call_me_state(*, org: Organization, agent: Agent) -> CallButton:
    """Whether an agent can call somebody who wants to hear it. Inside the open transaction."""
    try:
        check_agent(agent)
    except DomainError as missing:
        return CallButton(_new_key(), missing.message)
    return CallButton(_new_key(), view_twilio(org=org, agent=agent).problem)


def find_problem(call: Call) -> str:
    """What stands between a wish and its call, in a sentence for staff; "" when nothing does. One query if outbound."""
    if call.call_type != CallType.OUTBOUND:
        return ""
    said = OutboundCall.objects.filter(call_id=call.pk).exclude(problem="").values_list("problem", flat=True)
    return said.first() or ""


def is_test_call(call: Call) -> bool:
    """Whether somebody of the clinic only tried an agent: nobody becomes a contact by that."""
    if call.call_type != CallType.OUTBOUND:
        return False
    return OutboundCall.objects.filter(call_id=call.pk, purpose=OutboundPurpose.TEST_CALL).exists()


def _new_key() -> str:
    return uuid4().hex
