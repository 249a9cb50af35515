"""Writing down how far a message has come: only ever forward, whoever learns it first.

The sending worker, a status callback of Twilio's and the reconciler may each be the first to know. Every function locks
the row, changes it and announces the change in one transaction.
"""

from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.conf import settings

from orgs.models import Organization
from orgs.scope import org_tx
from telephony.messaging.events import announce_settled
from telephony.messaging.measures import MESSAGES
from telephony.messaging.types import Problem
from telephony.messaging.words import say_outcome
from telephony.models import Message, MessageStatus
from voxanne.clock import now
from voxanne.live import publish_on_commit

log = structlog.get_logger(__name__)

# Twilio's words, in ours. The rest (`accepted`, `queued`, `sending`, …) only means that Twilio has it.
_AT_TWILIO: dict[str, MessageStatus] = {
    "delivered": MessageStatus.DELIVERED,
    "read": MessageStatus.DELIVERED,
    "undelivered": MessageStatus.UNDELIVERED,
    "failed": MessageStatus.FAILED,
    "canceled": MessageStatus.FAILED,
}
_CHECKED_AFTER = (timedelta(minutes=15), timedelta(hours=2), timedelta(hours=24))
_FINAL = {
    MessageStatus.DELIVERED, MessageStatus.UNDELIVERED, MessageStatus.FAILED, MessageStatus.RECEIVED,
    MessageStatus.COMPLAINED,
}  # fmt: skip
# An email that a server took may still come back, or be reported: the later of these counts, in whichever order told.
_LATER_OF_EMAILS = {
    MessageStatus.DELIVERED: 1, MessageStatus.UNDELIVERED: 2, MessageStatus.FAILED: 2, MessageStatus.COMPLAINED: 3,
}  # fmt: skip
_NO_PROBLEM = Problem("", "")


def settle_at(attempted_at: datetime) -> datetime:
    """From when on Twilio is asked about an attempt: what its list does not hold by then never got there."""
    return attempted_at + timedelta(seconds=settings.OUTBOUND_SETTLE_S)


def check_at(row: Message) -> datetime | None:
    """When Twilio is asked what became of a text that it took: should its callback be lost. None: no more."""
    if not row.is_text or row.sent_at is None or row.status != MessageStatus.SENT:
        return None
    return next((row.sent_at + after for after in _CHECKED_AFTER if now() < row.sent_at + after), None)


def record_checked(*, org: Organization, held: Message, due_at: datetime | None) -> None:
    """Nothing new of a text that Twilio took. Only for whoever holds it."""
    with org_tx():
        Message.objects.filter(pk=held.pk, claim=held.claim).update(claim=None, claimed_until=None, due_at=due_at)


def record_taken(*, org: Organization, message_id: UUID, external_id: str, status: str = "", segments: int = 0) -> bool:
    """The provider has the message, under this id; `status` is Twilio's word for how far it is.

    False when the row has another id already: then the provider has two for one wish, which must never be.
    """
    with org_tx():
        row = _lock(message_id)
        if row is None:
            return True
        if row.external_message_id and external_id and row.external_message_id != external_id:
            MESSAGES.labels(row.method, "twice").inc()
            log.error("message.second", message=str(message_id), attempt=row.attempt)
            return False
        is_new = not row.external_message_id and row.status not in {MessageStatus.SENT, MessageStatus.DELIVERED}
        wanted = _AT_TWILIO.get(status, MessageStatus.SENT)
        row.external_message_id = row.external_message_id or external_id
        row.sent_at = row.sent_at or now()
        row.segments = segments or row.segments
        row.attachments_sealed = ""
        if is_new:
            # Also after "never arrived": what the provider says of its own message counts.
            row.status, row.error, row.error_code = MessageStatus.SENT, "", ""
            MESSAGES.labels(row.method, "sent").inc()
        _let_go(row, due_at=check_at(row))
        if wanted != MessageStatus.SENT:
            _move(org, row, wanted, _problem_of(wanted, code=""))
        _tell(org, row)
    return True


def record_status(*, org: Organization, message_id: UUID, external_id: str, status: str, code: str) -> None:
    """What a status callback says. Late and repeated ones change nothing."""
    with org_tx():
        if not record_taken(org=org, message_id=message_id, external_id=external_id):
            return
        row = _lock(message_id)
        wanted = _AT_TWILIO.get(status)
        if row is not None and wanted is not None and _move(org, row, wanted, _problem_of(wanted, code=code)):
            _tell(org, row)


def record_email_event(
    *, org: Organization, message_id: UUID, external_id: str, wanted: MessageStatus, problem: Problem = _NO_PROBLEM
) -> None:
    """What Resend tells of an email. Late and repeated events change nothing."""
    with org_tx():
        if not record_taken(org=org, message_id=message_id, external_id=external_id):
            return
        row = _lock(message_id)
        if row is not None and wanted in _FINAL and _move(org, row, wanted, problem):
            _tell(org, row)


def record_failed(*, org: Organization, held: Message, problem: Problem) -> None:
    """Nothing came of it, and there will be no other attempt. Only for whoever holds it."""
    with org_tx():
        row = _lock_held(held)
        if row is None:
            return
        row.status, row.error, row.error_code = MessageStatus.FAILED, problem.sentence, problem.code
        row.attachments_sealed = ""
        _let_go(row, due_at=None)
        MESSAGES.labels(row.method, "failed").inc()
        announce_settled(org, row)
        _tell(org, row)


def record_uncertain(*, org: Organization, held: Message, problem: Problem, due_at: datetime | None) -> None:
    """The answer is lost: nobody knows. `due_at` is when somebody asks; None when there is nothing left to ask."""
    with org_tx():
        row = _lock_held(held)
        if row is None:
            return
        was_known = row.status != MessageStatus.UNKNOWN
        row.status, row.error, row.error_code = MessageStatus.UNKNOWN, problem.sentence, problem.code
        if due_at is None:
            row.attachments_sealed = ""
        _let_go(row, due_at=due_at)
        if was_known:
            MESSAGES.labels(row.method, "uncertain").inc()
            announce_settled(org, row)
        _tell(org, row)


def record_again(*, org: Organization, held: Message, problem: Problem, due_at: datetime) -> None:
    """The provider certainly did not take it and may later: back to the queue."""
    with org_tx():
        row = _lock_held(held)
        if row is None:
            return
        row.status, row.error, row.error_code = MessageStatus.QUEUED, problem.sentence, problem.code
        _let_go(row, due_at=due_at)
        _tell(org, row)


def _move(org: Organization, row: Message, wanted: MessageStatus, problem: Problem) -> bool:
    """One step forward, if it is one."""
    if row.status in _FINAL and not _may_follow(row, wanted):
        return False
    row.status = wanted
    row.error, row.error_code, row.due_at = problem.sentence, problem.code, None
    row.save(update_fields=["status", "error", "error_code", "due_at", "updated_at"])
    MESSAGES.labels(row.method, str(wanted.value)).inc()
    announce_settled(org, row)
    return True


def _may_follow(row: Message, wanted: MessageStatus) -> bool:
    """Whether this counts after what was thought to be the end. A text that is delivered after all is there."""
    if row.is_text:
        return row.status == MessageStatus.UNDELIVERED and wanted == MessageStatus.DELIVERED
    known = _LATER_OF_EMAILS.get(MessageStatus(row.status), 0)
    return _LATER_OF_EMAILS.get(wanted, 0) > known


def _problem_of(wanted: MessageStatus, *, code: str) -> Problem:
    return _NO_PROBLEM if wanted == MessageStatus.DELIVERED else say_outcome(code)


def _lock(message_id: UUID) -> Message | None:
    row: Message | None = Message.objects.select_for_update().filter(pk=message_id).first()
    return row


def _lock_held(held: Message) -> Message | None:
    """The row, if this worker's claim still counts and nobody else has learned more meanwhile."""
    row = _lock(held.pk)
    if row is None or row.claim != held.claim or row.external_message_id:
        return None
    return row


def _let_go(row: Message, *, due_at: datetime | None) -> None:
    row.due_at, row.claim, row.claimed_until = due_at, None, None
    row.save(
        update_fields=[
            "status", "error", "error_code", "external_message_id", "sent_at", "segments", "attachments_sealed",
            "due_at", "claim", "claimed_until", "updated_at",
        ]
    )  # fmt: skip


def _tell(org: Organization, row: Message) -> None:
    publish_on_commit(org.pk, "message", id=row.pk)
