"""Writing down what became of a call that was asked for: once, whoever learns it first.

Vapi's answer, its first message and the reconciler may each be the first to know. Locks are taken in one order: the
wish, then the call.
"""

from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.conf import settings
from django.db import IntegrityError, transaction

from calls.models import Call, CallStatus, OutboundCall, OutboundState, Outcome
from calls.outbound.words import Problem
from orgs import audit
from orgs.actors import Actor
from orgs.models import Organization
from orgs.scope import org_tx
from voxanne.clock import now
from voxanne.live import publish_on_commit
from voxanne.metrics import counter

log = structlog.get_logger(__name__)

OUTBOUND_CALLS = counter(
    "outbound_calls",
    "What became of calls that somebody wanted placed. `twice`: Vapi has two for one wish, which must never be.",
    labels=("outcome",),
    from_zero=("placed", "unconfirmed", "failed", "twice"),
)
PROVISIONAL = "outbound-"
NEVER_BEGAN = "call-start-error-not-placed"


def provisional_id(outbound_id: UUID) -> str:
    """What stands in a call's row until Vapi's id of it is known."""
    return f"{PROVISIONAL}{outbound_id}"


def settle_at(attempted_at: datetime) -> datetime:
    """From when on Vapi is asked about an attempt: what its list of calls does not hold by then was never placed."""
    return attempted_at + timedelta(seconds=settings.OUTBOUND_SETTLE_S)


def record_placed(*, org: Organization, outbound_id: UUID, vapi_call_id: str, actor: Actor) -> OutboundCall:
    """The call exists at Vapi: its id belongs to the wish and to the call's row."""
    with org_tx():
        outbound = _lock(outbound_id)
        if outbound.vapi_call_id:
            if outbound.vapi_call_id != vapi_call_id:
                OUTBOUND_CALLS.labels("twice").inc()
                log.error("outbound.second_call", outbound=str(outbound_id), attempt=outbound.attempt)
                audit.record(actor, "call.placed_twice", outbound, vapi_call=vapi_call_id)
            return outbound
        outbound.call_id = _link_call(outbound, vapi_call_id)
        outbound.vapi_call_id, outbound.state, outbound.placed_at = vapi_call_id, OutboundState.PLACED, now()
        outbound.problem = outbound.problem_code = ""
        _let_go(outbound, due_at=None)
        OUTBOUND_CALLS.labels("placed").inc()
        audit.record(actor, "call.placed", outbound, vapi_call=vapi_call_id, attempt=outbound.attempt)
        publish_on_commit(org.pk, "call", id=outbound.call_id or outbound.pk)
    return outbound


def record_unconfirmed(*, org: Organization, attempted: OutboundCall, problem: Problem) -> OutboundCall:
    """The answer to an attempt is lost: nobody knows. The reconciler asks."""
    with org_tx():
        outbound = _lock(attempted.pk)
        if outbound.is_settled or outbound.attempt != attempted.attempt:
            return outbound
        outbound.state, outbound.problem_code, outbound.problem = OutboundState.UNKNOWN, problem.code, problem.sentence
        _let_go(outbound, due_at=settle_at(outbound.attempted_at))
        OUTBOUND_CALLS.labels("unconfirmed").inc()
        audit.record(Actor.system(org.pk), "call.unconfirmed", outbound, problem=problem.code, attempt=outbound.attempt)
        publish_on_commit(org.pk, "call", id=outbound.call_id or outbound.pk)
    return outbound


def record_failed(
    *, org: Organization, attempted: OutboundCall, problem: Problem, status: int | None = None
) -> OutboundCall:
    """Nothing came of an attempt, and there will be no other."""
    with org_tx():
        outbound = _lock(attempted.pk)
        if outbound.is_settled or outbound.attempt != attempted.attempt:
            return outbound
        outbound.state, outbound.problem_code, outbound.problem = OutboundState.FAILED, problem.code, problem.sentence
        _let_go(outbound, due_at=None)
        OUTBOUND_CALLS.labels("failed").inc()
        # Beside `facts`: should Vapi speak of this call after all, what it says counts alone.
        Call.objects.filter(vapi_call_id=provisional_id(outbound.pk)).update(
            status=CallStatus.FAILED, outcome=Outcome.FAILED, ended_reason=NEVER_BEGAN, ended_at=now(), updated_at=now()
        )
        audit.record(
            Actor.system(org.pk),
            "call.not_placed",
            outbound,
            problem=problem.code,
            status=status,
            attempt=outbound.attempt,
        )
        publish_on_commit(org.pk, "call", id=outbound.call_id or outbound.pk)
    return outbound


def link_early(*, org_id: UUID, outbound_id: UUID | None, vapi_call_id: str) -> None:
    """Vapi speaks of a call before its answer has been written down: the message belongs to the same call.

    To be called before the message itself is stored; costs one look-up when it is known already.
    """
    if outbound_id is None or not vapi_call_id:
        return
    with org_tx():
        if not OutboundCall.objects.filter(pk=outbound_id, vapi_call_id="").exists():
            return
        org = Organization.objects.get(pk=org_id)
        record_placed(org=org, outbound_id=outbound_id, vapi_call_id=vapi_call_id, actor=Actor.vapi(org_id))


def _lock(outbound_id: UUID) -> OutboundCall:
    row: OutboundCall = OutboundCall.objects.select_for_update().get(pk=outbound_id)
    return row


def _link_call(outbound: OutboundCall, vapi_call_id: str) -> UUID | None:
    """Give the call's row Vapi's id; returns the row that has it now.

    A message without our metadata may have made a row of its own: that one has the facts, so ours gives way.
    """
    ours = Call.objects.filter(vapi_call_id=provisional_id(outbound.pk))
    try:
        with transaction.atomic():
            ours.update(
                vapi_call_id=vapi_call_id, call_sid=f"vapi-{vapi_call_id}", status=CallStatus.QUEUED, outcome="",
                ended_reason="", ended_at=None, updated_at=now(),
            )  # fmt: skip
    except IntegrityError:
        theirs = Call.objects.select_for_update().get(vapi_call_id=vapi_call_id)
        theirs.agent_id = outbound.agent_id or theirs.agent_id
        theirs.contact_id = outbound.contact_id or theirs.contact_id
        theirs.save(update_fields=["agent", "contact", "updated_at"])
        OutboundCall.objects.filter(pk=outbound.pk).update(call_id=theirs.pk)
        ours.delete()
        return theirs.pk
    return outbound.call_id


def _let_go(outbound: OutboundCall, *, due_at: datetime | None) -> None:
    outbound.due_at, outbound.claim, outbound.claimed_until = due_at, None, None
    outbound.save(
        update_fields=[
            "call", "vapi_call_id", "state", "placed_at", "problem", "problem_code", "due_at", "claim",
            "claimed_until", "updated_at",
        ]
    )  # fmt: skip
