"""Working on one message: send it, or find out what became of an attempt whose answer was lost, then send or leave it.

Claim in one short transaction, ask the provider with none open, write down in a second.
"""

from datetime import timedelta
from uuid import UUID, uuid4

import structlog
from django.db.models import Q

from orgs.due_rows import take_due
from orgs.models import Organization
from orgs.scope import org_scope, org_tx
from telephony.messaging import reconciler
from telephony.messaging.attempts import BEGIN_WITHIN, Post, attempt, prepare
from telephony.messaging.errors import OptedOut
from telephony.messaging.opt_outs import LAST_WORD, has_opted_out
from telephony.messaging.records import record_failed, settle_at
from telephony.messaging.types import Held, Outcome, Problem
from telephony.messaging.words import TOO_LATE
from telephony.models import Message, MessageStatus
from voxanne.clock import now
from voxanne.errors import DomainError
from voxanne.failpoints import failpoint

log = structlog.get_logger(__name__)

SWEEP_BATCH = 500
LEASE = timedelta(seconds=60)
_UNFINISHED = Q(status__in=(MessageStatus.QUEUED, MessageStatus.SENDING, MessageStatus.UNKNOWN)) | Q(
    status=MessageStatus.SENT, due_at__isnull=False
)


def deliver(*, org: Organization, message_id: UUID | str) -> Outcome:
    """Do for one message whatever is next. Safe to run twice, at once, or after a crash at any point.

    With no transaction open. Never raises for what a provider does: the next sweep looks again.
    """
    with org_scope(org):
        held = _take(org, UUID(str(message_id)))
        if held is None:
            return Outcome.BUSY
        if held.message.status == MessageStatus.SENT:
            return reconciler.check_arrival(held)
        if held.message.status != MessageStatus.QUEUED:
            verdict = reconciler.look(held)
            if verdict is not None:
                return verdict
        return _send(held)


def claim_due() -> list[tuple[UUID, UUID]]:
    """The messages to work on now, by organisation; their next look moved on, so that sweeps do not pile up."""
    return take_due(Message, again_in=LEASE, limit=SWEEP_BATCH, has_claims=True)


def _take(org: Organization, message_id: UUID) -> Held | None:
    """The sole right to work on it for a while; None when another has it, or there is nothing to do yet."""
    moment = now()
    with org_tx():
        free = Q(claimed_until__isnull=True) | Q(claimed_until__lte=moment)
        rows = Message.objects.select_for_update().filter(free, _UNFINISHED, pk=message_id)
        row = rows.first()
        if row is None or _is_too_early(row):
            return None
        row.claim, row.claimed_until, row.due_at = uuid4(), moment + LEASE, moment + LEASE
        row.save(update_fields=["claim", "claimed_until", "due_at", "updated_at"])
    return Held(org, row)


def _is_too_early(row: Message) -> bool:
    """Whether an attempt may still be on its way, so that its absence would prove nothing."""
    was_tried = row.attempted_at is not None and row.status != MessageStatus.QUEUED
    return was_tried and now() < settle_at(row.attempted_at or now())


def _send(held: Held) -> Outcome:
    try:
        begun = _begin(held)
    except DomainError as forbidden:
        record_failed(org=held.org, held=held.message, problem=Problem(forbidden.code, forbidden.message))
        return Outcome.FAILED
    if begun is None:
        return Outcome.BUSY
    row, post = begun
    failpoint("message.claimed")
    return attempt(held.org, row, post)


def _begin(held: Held) -> tuple[Message, Post] | None:
    """Note the attempt, if the message may still go out. None when the claim was lost.

    Raises:
        DomainError: it may not, by now; the message says why.
    """
    org, moment = held.org, now()
    with org_tx():
        row = Message.objects.select_for_update().filter(pk=held.message.pk).first()
        if row is None or row.claim != held.message.claim or row.external_message_id:
            return None
        if row.expires_at is not None and moment >= row.expires_at:
            raise TooLate
        if (
            row.is_text
            and row.purpose != LAST_WORD
            and has_opted_out(org=org, number=row.recipient, contact_id=row.contact_id)
        ):
            raise OptedOut
        post = prepare(org, row)
        row.status, row.attempt, row.attempted_at = MessageStatus.SENDING, row.attempt + 1, moment
        row.claimed_until, row.due_at = moment + BEGIN_WITHIN, settle_at(moment)
        row.save(
            update_fields=[
                "status", "attempt", "attempted_at", "claimed_until", "due_at", "sender", "service_provider",
                "service_account", "updated_at",
            ]
        )  # fmt: skip
    return row, post


class TooLate(DomainError):
    """It waited for longer than it matters."""

    code = TOO_LATE.code
    message = TOO_LATE.sentence
