"""Whom a clinic may call, and when. Each rule raises the sentence that the person who asked is told."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

from agents.models import Agent, AgentMode, CallDirection
from calls.models import OutboundPurpose
from calls.outbound.errors import (
    AgentNotReady,
    AgentSwitchedOff,
    ContactBlocked,
    NumberInvalid,
    NumberMissing,
    OptedOut,
    OutboundAgentMissing,
    QuietHours,
)
from contacts.models import Contact
from contacts.phones import find_e164
from orgs.models import IntegrationSettings, Organization
from scheduling.quiet_hours import is_quiet


def find_outbound_agent() -> Agent | None:
    """Who calls for the organisation, if anybody does. One query, inside the open transaction."""
    agents = Agent.objects.filter(call_direction=CallDirection.OUTBOUND)
    found: Agent | None = agents.order_by("-is_default", "created_at", "pk").first()
    return found


def check_agent(agent: Agent | None) -> Agent:
    """The agent, if there is one that may call.

    Raises:
        OutboundAgentMissing, AgentSwitchedOff, AgentNotReady.
    """
    if agent is None:
        raise OutboundAgentMissing
    if agent.mode == AgentMode.OFF:
        raise AgentSwitchedOff
    if not agent.vapi_assistant_id:
        raise AgentNotReady
    return agent


def read_number(*, org: Organization, contact: Contact | None, number: str) -> str:
    """The number to call in E.164: the contact's, else the one that was typed as somebody in the country would dial it.

    Raises:
        NumberMissing, NumberInvalid.
    """
    written = contact.phone if contact is not None else number.strip()
    if not written:
        raise NumberMissing
    e164 = find_e164(written, country=org.country)
    if not e164:
        raise NumberInvalid
    return e164


def check_person(contact: Contact | None) -> None:
    """Nobody is called who does not want it, or whom the clinic does not want. A stranger may be called.

    Raises:
        OptedOut, ContactBlocked.
    """
    if contact is not None and contact.opted_out_at is not None:
        raise OptedOut
    if contact is not None and contact.blocked_at is not None:
        raise ContactBlocked


def check_hours(*, rules: IntegrationSettings, purpose: OutboundPurpose, moment: datetime, zone: ZoneInfo) -> None:
    """Outside of quiet hours, by the clinic's clock. A test call rings whoever asks for it, and is exempt.

    Raises:
        QuietHours.
    """
    if purpose == OutboundPurpose.TEST_CALL:
        return
    start, end = rules.quiet_hours_start, rules.quiet_hours_end
    if is_quiet(moment.astimezone(zone).time(), start=start, end=end):
        raise QuietHours(f"These are quiet hours at the clinic. Calls may go out again from {end:%H:%M}.")


def day_began(moment: datetime, *, zone: ZoneInfo) -> datetime:
    """Midnight of the clinic's day."""
    local = moment.astimezone(zone)
    return datetime.combine(local.date(), time.min, tzinfo=zone)
