"""Asking Vapi to place one call, once, and writing down what that came to."""

import structlog

from calls.models import OutboundCall
from calls.outbound.payload import CallOrder
from calls.outbound.records import record_failed, record_placed, record_unconfirmed
from calls.outbound.words import Problem, say_refusal, say_unconfirmed
from orgs.actors import Actor
from orgs.models import Organization
from providers.vapi.client import VapiClient
from providers.vapi.readiness import OutboundCallNotReady
from voxanne.clock import now
from voxanne.errors import ProviderError, RateLimited, Rejected, Timeout, Unauthorized
from voxanne.failpoints import failpoint

log = structlog.get_logger(__name__)

# From its claim on, an attempt has this long to begin. Whoever slept through it leaves the call to the reconciler,
# which may be placing it anew by then.
BEGIN_WITHIN_S = 30
# Said by a proxy on the way, not by Vapi: the request may have arrived.
_AMBIGUOUS_STATUS = 408


def dial(
    *, org: Organization, outbound: OutboundCall, order: CallOrder, client: VapiClient, actor: Actor
) -> OutboundCall:
    """Place the call of the attempt that was just claimed. Call it with no transaction open. Never raises for Vapi."""
    if outbound.claimed_until is None or now() >= outbound.claimed_until:
        log.warning("outbound.begun_too_late", outbound=str(outbound.pk))
        return outbound
    try:
        answer = client.create_outbound_call(
            assistant_id=order.assistant_id,
            phone_number_id=order.phone_number_id,
            customer=order.customer,
            overrides=order.overrides,
            name=order.name,
        )
    except OutboundCallNotReady as unready:
        return record_failed(org=org, attempted=outbound, problem=Problem(unready.code, unready.message))
    except ProviderError as error:
        log.warning("outbound.not_confirmed", outbound=str(outbound.pk), error=str(error))
        if _is_refusal(error):
            return record_failed(org=org, attempted=outbound, problem=say_refusal(error), status=error.status)
        return record_unconfirmed(org=org, attempted=outbound, problem=say_unconfirmed(error))
    failpoint("outbound.called")
    vapi_call_id = str(answer.get("id") or "") if isinstance(answer, dict) else ""
    if not vapi_call_id:
        lost = Timeout(provider="vapi", operation="create_outbound_call", detail="no id")
        return record_unconfirmed(org=org, attempted=outbound, problem=say_unconfirmed(lost))
    return record_placed(org=org, outbound_id=outbound.pk, vapi_call_id=vapi_call_id, actor=actor)


def _is_refusal(error: ProviderError) -> bool:
    """Whether Vapi itself said no, so that there is no call."""
    return isinstance(error, Rejected | Unauthorized | RateLimited) and error.status != _AMBIGUOUS_STATUS
