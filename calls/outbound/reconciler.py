"""Finding out from Vapi what became of calls whose answer was lost, and placing those that it never got."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from uuid import UUID, uuid4

import structlog
from django.db.models import Q

from calls.models import UNSETTLED_STATES, OutboundCall, OutboundPurpose, OutboundState
from calls.outbound.dialling import BEGIN_WITHIN_S, dial
from calls.outbound.payload import CallOrder, is_for, order_call
from calls.outbound.records import OUTBOUND_CALLS, record_failed, record_placed, settle_at
from calls.outbound.rules import check_agent, check_hours, check_person
from calls.outbound.words import NOT_PLACED, Problem
from credentials.vapi_accounts import vapi_client_for
from orgs.actors import Actor
from orgs.due_rows import take_due
from orgs.models import IntegrationSettings, Organization
from orgs.scope import org_scope, org_tx
from providers.vapi.client import LIST_LIMIT, VapiClient
from voxanne.clock import now
from voxanne.errors import DomainError, ProviderError
from voxanne.failpoints import failpoint

log = structlog.get_logger(__name__)

SWEEP_BATCH = 200
LEASE_S = 60
# A person who asked for a call this long ago does not expect it any more.
ANEW_WITHIN = timedelta(minutes=5)
MOST_ATTEMPTS = 2
# Vapi's clock need not agree with ours.
CLOCK_MARGIN = timedelta(minutes=5)


class Settled(StrEnum):
    """What became of one look."""

    PLACED = "placed"
    PLACED_ANEW = "placed_anew"
    FAILED = "failed"
    WAITS = "waits"
    BUSY = "busy"


@dataclass(frozen=True)
class _Held:
    """A wish that this worker alone looks after, for a while."""

    outbound: OutboundCall
    token: UUID


def settle(*, org: Organization, outbound_id: UUID | str, client: VapiClient | None = None) -> Settled:
    """Ask Vapi what became of one call, and act on it. Safe to run twice, at once, or after a crash at any point.

    Call it with no transaction open. Never raises for what Vapi does: the next sweep looks again.
    """
    with org_scope(org):
        held = _take(UUID(str(outbound_id)))
        if held is None:
            return Settled.BUSY
        try:
            return _settle(org, held, client or vapi_client_for(org.pk))
        except (ProviderError, DomainError) as error:
            log.warning("outbound.not_settled", outbound=str(held.outbound.pk), error=type(error).__name__)
            return Settled.WAITS
        finally:
            _release(held)


def claim_due() -> list[tuple[UUID, UUID]]:
    """The calls to look after now, by organisation; their next look moved on, so that sweeps do not pile up."""
    return take_due(OutboundCall, again_in=timedelta(seconds=LEASE_S), limit=SWEEP_BATCH, has_claims=True)


def _settle(org: Organization, held: _Held, client: VapiClient) -> Settled:
    outbound = held.outbound
    if now() < settle_at(outbound.attempted_at):
        return Settled.WAITS
    vapi_call_id = _find_at_vapi(client, outbound)
    if vapi_call_id:
        record_placed(org=org, outbound_id=outbound.pk, vapi_call_id=vapi_call_id, actor=Actor.system(org.pk))
        return Settled.PLACED
    problem = NOT_PLACED
    if outbound.attempt < MOST_ATTEMPTS and now() < outbound.created_at + ANEW_WITHIN:
        try:
            return _place_anew(org, held, client)
        except DomainError as forbidden:
            problem = Problem(forbidden.code, f"The call was not placed. {forbidden.message}")
    record_failed(org=org, attempted=outbound, problem=problem)
    return Settled.FAILED


def _find_at_vapi(client: VapiClient, outbound: OutboundCall) -> str:
    """Vapi's id of the call, "" when it certainly has none. The oldest counts, should there be several."""
    since = outbound.created_at - CLOCK_MARGIN
    listed = client.list_calls(
        assistant_id=outbound.vapi_assistant_id, created_after=since.isoformat(), limit=LIST_LIMIT
    )
    ours = sorted((entry for entry in listed if is_for(entry, outbound.pk)), key=lambda entry: str(entry["createdAt"]))
    if len(ours) > 1:
        OUTBOUND_CALLS.labels("twice").inc()
        log.error("outbound.second_call", outbound=str(outbound.pk), count=len(ours))
    return str(ours[0]["id"]) if ours else ""


def _place_anew(org: Organization, held: _Held, client: VapiClient) -> Settled:
    """One more attempt under the next number, if the person may still be called.

    Raises:
        DomainError: they may not, by now.
    """
    with org_tx():
        outbound = OutboundCall.objects.select_for_update().filter(pk=held.outbound.pk, claim=held.token).first()
        if outbound is None or outbound.is_settled:
            return Settled.BUSY
        order = _order_anew(org, outbound)
        moment = now()
        outbound.attempt += 1
        outbound.state, outbound.problem, outbound.problem_code = OutboundState.CLAIMED, "", ""
        outbound.attempted_at, outbound.due_at = moment, settle_at(moment)
        outbound.claimed_until = moment + timedelta(seconds=BEGIN_WITHIN_S)
        outbound.save()
    failpoint("outbound.claimed")
    log.info("outbound.placed_anew", outbound=str(outbound.pk), attempt=outbound.attempt)
    dial(org=org, outbound=outbound, order=order, client=client, actor=Actor.system(org.pk))
    return Settled.PLACED_ANEW


def _order_anew(org: Organization, outbound: OutboundCall) -> CallOrder:
    """The same call by the rules of this moment. Limits are not asked again: the wish counts already."""
    agent = check_agent(outbound.agent)
    check_person(outbound.contact)
    rules = IntegrationSettings.objects.filter(org=org).first() or IntegrationSettings(org=org)
    check_hours(rules=rules, purpose=OutboundPurpose(outbound.purpose), moment=now(), zone=org.zone)
    return order_call(org=org, outbound=outbound, agent=agent, contact=outbound.contact, rules=rules)


def _take(outbound_id: UUID) -> _Held | None:
    moment = now()
    with org_tx():
        free = Q(claimed_until__isnull=True) | Q(claimed_until__lte=moment)
        outbound = (
            OutboundCall.objects.select_for_update().filter(free, pk=outbound_id, state__in=UNSETTLED_STATES).first()
        )
        if outbound is None:
            return None
        outbound.claim, outbound.claimed_until = uuid4(), moment + timedelta(seconds=LEASE_S)
        outbound.due_at = max(settle_at(outbound.attempted_at), moment + timedelta(seconds=LEASE_S))
        outbound.save(update_fields=["claim", "claimed_until", "due_at", "updated_at"])
    return _Held(outbound, outbound.claim)


def _release(held: _Held) -> None:
    """Give it back, if it is still held by this look."""
    with org_tx():
        OutboundCall.objects.filter(pk=held.outbound.pk, claim=held.token, state__in=UNSETTLED_STATES).update(
            claim=None, claimed_until=None
        )
