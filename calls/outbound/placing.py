"""Having somebody called: rules and limits, the wish first, then Vapi, then what it said."""

import time
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

import structlog

from agents.models import Agent
from agents.numbers.outgoing import ensure_phone_number_id
from agents.twilio import twilio_for
from calls.facts import merge
from calls.models import UNKNOWN_CALLER, Call, CallStatus, CallType, OutboundCall, OutboundPurpose, OutboundState
from calls.outbound.dialling import BEGIN_WITHIN_S, dial
from calls.outbound.errors import CallNotInitiated, CallNotPlaced, KeyUsedForAnother, NoPhoneNumber
from calls.outbound.limits import check_limits, lock_outgoing
from calls.outbound.payload import CallOrder, order_call
from calls.outbound.records import provisional_id, settle_at
from calls.outbound.rules import check_agent, check_hours, check_person, find_outbound_agent, read_number
from calls.outbound.words import NOT_PLACED, say_refusal
from contacts.models import Contact
from contacts.phones import find_e164
from credentials.vapi_accounts import vapi_client_for
from orgs import audit
from orgs.actors import Actor
from orgs.models import IntegrationSettings, Organization
from orgs.scope import org_scope, org_tx
from voxanne.clock import now
from voxanne.errors import BadInput, ProviderError
from voxanne.failpoints import failpoint
from voxanne.live import publish_on_commit

log = structlog.get_logger(__name__)

LONGEST_KEY = 200
# How long the second of two equal wishes waits for what became of the first: longer than Vapi is given.
WAIT_FOR_OTHER_S = 12.0
_LOOK_EACH_S = 0.1


@dataclass(frozen=True)
class _Wish:
    """What was asked for, as it was asked for."""

    org: Organization
    contact: Contact | None
    number: str
    purpose: OutboundPurpose
    key: str
    actor: Actor
    agent: Agent | None

    def is_that_of(self, row: OutboundCall) -> bool:
        """Whether an earlier wish asked for the same."""
        same_person = (
            row.contact_id == self.contact.pk
            if self.contact is not None
            else row.phone_number == find_e164(self.number.strip(), country=self.org.country)
        )
        same_agent = self.agent is None or row.agent_id == self.agent.pk
        return same_person and same_agent and row.purpose == self.purpose


def place_call(
    *,
    org: Organization,
    purpose: OutboundPurpose,
    idempotency_key: str,
    actor: Actor,
    contact: Contact | None = None,
    number: str = "",
    agent: Agent | None = None,
) -> OutboundCall:
    """Have a contact, or a number, called; the same key always is the same call and gets the same answer.

    The returned call is placed, or nobody knows yet (`OutboundState.UNKNOWN` or still claimed): then the reconciler
    settles it within minutes and nobody has to do anything. Call it with no transaction open.

    Args:
        contact: who is called; else `number`, as somebody in the clinic's country would dial it.
        agent: who calls; the organisation's outbound agent when left out.

    Raises:
        OutboundAgentMissing, AgentSwitchedOff, AgentNotReady, NoPhoneNumber, NumberMissing, NumberInvalid, OptedOut,
        ContactBlocked, QuietHours, CallUnderWay, ContactCapReached, DailyCapReached, TooManyAtOnce,
        TwilioNotConnected, AgentTwilioUnreadable: the call may not go out; nothing was stored.
        KeyUsedForAnother: the key stands for another call.
        CallNotInitiated: Vapi refused, or could not be asked for the number. CallNotPlaced: it has no such call.
    """
    key = idempotency_key.strip()
    if not key or len(key) > LONGEST_KEY or not key.isprintable():
        raise BadInput(f"An Idempotency-Key has 1 to {LONGEST_KEY} printable characters.")
    wish = _Wish(org, contact, number, purpose, key, actor, agent)
    with org_scope(org):
        return _answer_for(_find_earlier(wish) or _place(wish))


def _place(wish: _Wish) -> OutboundCall:
    with org_tx():
        agent = check_agent(_find_agent(wish))
    try:
        client = vapi_client_for(wish.org.pk)
        phone_number_id = ensure_phone_number_id(org=wish.org, agent=agent, client=client)
    except ProviderError as error:
        log.warning("outbound.number_not_resolved", error=type(error).__name__)
        raise CallNotInitiated(problem=say_refusal(error).sentence) from error
    if not phone_number_id:
        raise NoPhoneNumber
    with org_tx():
        lock_outgoing(wish.org)
        if earlier := _find_earlier(wish):
            return earlier
        outbound, order = _claim(wish, agent, phone_number_id)
    failpoint("outbound.claimed")
    return dial(org=wish.org, outbound=outbound, order=order, client=client, actor=wish.actor)


def _find_agent(wish: _Wish) -> Agent | None:
    """The agent that calls, as it is now."""
    if wish.agent is not None:
        return Agent.objects.filter(pk=wish.agent.pk).first()
    return find_outbound_agent()


def _find_earlier(wish: _Wish) -> OutboundCall | None:
    with org_tx():
        row: OutboundCall | None = OutboundCall.objects.filter(idempotency_key=wish.key).first()
    if row is not None and not wish.is_that_of(row):
        raise KeyUsedForAnother
    return row


def _claim(wish: _Wish, agent: Agent, phone_number_id: str) -> tuple[OutboundCall, CallOrder]:
    """Store the wish and its call, if every rule and limit allows it. In the transaction that holds the lock."""
    org, moment = wish.org, now()
    agent = check_agent(_find_agent(wish))  # switched off meanwhile?
    contact, phone = _read_person(wish)
    check_person(contact)
    rules = IntegrationSettings.objects.filter(org=org).first() or IntegrationSettings(org=org)
    check_hours(rules=rules, purpose=wish.purpose, moment=moment, zone=org.zone)
    check_limits(org=org, rules=rules, purpose=wish.purpose, phone=phone, moment=moment)
    clinic_number = twilio_for(org=org, agent=agent).credentials.phone_number
    outbound = OutboundCall(
        org=org,
        idempotency_key=wish.key,
        purpose=wish.purpose,
        agent=agent,
        contact=contact,
        phone_number=phone,
        vapi_assistant_id=agent.vapi_assistant_id,
        vapi_phone_number_id=phone_number_id,
        claim=uuid4(),
        attempted_at=moment,
        claimed_until=moment + timedelta(seconds=BEGIN_WITHIN_S),
        due_at=settle_at(moment),
    )
    outbound.call = _begin_call(outbound, clinic_number=clinic_number)
    outbound.save(force_insert=True)
    audit.record(wish.actor, "call.requested", outbound, purpose=wish.purpose.value, agent=str(agent.pk))
    publish_on_commit(org.pk, "call", id=outbound.call.pk)
    order = order_call(org=org, outbound=outbound, agent=agent, contact=contact, rules=rules)
    return outbound, order


def _read_person(wish: _Wish) -> tuple[Contact | None, str]:
    """The contact as they are now, by their number where only that is known, and the number to call."""
    contact = wish.contact
    if contact is not None:
        contact = Contact.objects.filter(pk=contact.pk).first()
    phone = read_number(org=wish.org, contact=contact, number=wish.number)
    return contact or Contact.objects.filter(phone=phone).first(), phone


def _begin_call(outbound: OutboundCall, *, clinic_number: str) -> Call:
    """The call's row as it is before Vapi knows of it. What Vapi says later is merged into the same facts."""
    name = outbound.contact.name if outbound.contact else ""
    party = {
        "number": outbound.phone_number, "name": name, "clinic_number": clinic_number, "outbound": True, "call_sid": "",
    }  # fmt: skip
    call: Call = Call.objects.create(
        org=outbound.org,
        agent=outbound.agent,
        contact=outbound.contact,
        vapi_call_id=provisional_id(outbound.pk),
        call_sid=provisional_id(outbound.pk),
        call_type=CallType.OUTBOUND,
        status=CallStatus.QUEUED,
        from_number=clinic_number,
        to_number=outbound.phone_number,
        phone_number=outbound.phone_number,
        caller_name=name or UNKNOWN_CALLER,
        facts=merge({}, {"party": party}),
    )
    return call


def _answer_for(outbound: OutboundCall) -> OutboundCall:
    """The one answer that a wish has, for whoever asks: the first time or again."""
    if outbound.state == OutboundState.CLAIMED:
        outbound = _wait_for_other(outbound)
    if outbound.state != OutboundState.FAILED:
        return outbound
    if outbound.problem_code == NOT_PLACED.code:
        raise CallNotPlaced
    raise CallNotInitiated(problem=outbound.problem)


def _wait_for_other(outbound: OutboundCall) -> OutboundCall:
    """Give whoever is placing this very call at the moment the time to hear from Vapi."""
    deadline = time.monotonic() + WAIT_FOR_OTHER_S
    while outbound.state == OutboundState.CLAIMED and time.monotonic() < deadline:
        time.sleep(_LOOK_EACH_S)
        with org_tx():
            outbound = OutboundCall.objects.get(pk=outbound.pk)
    return outbound
