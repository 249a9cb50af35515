"""Having a message sent: the wish is a row in the caller's transaction, a task does the rest once that commits."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from orgs import audit
from orgs.actors import Actor
from orgs.models import Organization, validate_e164
from orgs.scope import org_scope, org_tx
from orgs.tasks import enqueue_on_commit
from telephony.messaging import accounts
from telephony.messaging.attachments import seal_attachments
from telephony.messaging.errors import BadMessage, BadRecipient, OptedOut, ReportedAsSpam
from telephony.messaging.limits import ALERT, check_limit, lock_person
from telephony.messaging.opt_outs import LAST_WORD, has_opted_out
from telephony.messaging.segments import count_segments
from telephony.messaging.types import Attachment
from telephony.models import Channel, Message, MessageStatus, ServiceProvider
from telephony.tasks import deliver_message
from voxanne.clock import now
from voxanne.ids import uuid7
from voxanne.live import publish_on_commit

LONGEST_KEY = 200
LONGEST_TEXT = 1600
LONGEST_EMAIL = 100_000
# How long a message waits for its provider before it is not worth sending any more.
TEXT_LASTS, EMAIL_LASTS = timedelta(hours=1), timedelta(hours=24)
# When the sweeper looks at a message that no task was woken for.
SWEPT_AFTER = timedelta(seconds=20)


def send_message(
    *,
    org: Organization,
    channel: Channel | str,
    to: str,
    body: str,
    idempotency_key: str,
    subject: str = "",
    agent_id: UUID | None = None,
    contact_id: UUID | None = None,
    call_id: UUID | None = None,
    appointment_id: UUID | None = None,
    by_person: bool = False,
    in_reply_to: Message | None = None,
    purpose: str = "",
    attachments: Sequence[Attachment] = (),
    inserts: Mapping[str, str] | None = None,
    expires_at: datetime | None = None,
    actor: Actor,
) -> Message:
    """Queue one message; the same key is always the same message. In the caller's org_tx, or in one of its own.

    Args:
        to: E.164 for texts (one person a transaction, which holds a lock on each), an email address for emails.
        by_person, in_reply_to: sent by hand, or the answer to a message; neither waits for an hour.
        purpose: a word for why: `reminder`, `waitlist_offer`, `follow_up`, `reply`, `alert` (to the team).
        inserts: what an email says in place of parts of `body`, and no stored message does: a secret link.
        expires_at: not sent any more after it; an hour from now for texts and a day for emails when left out.

    Raises:
        DomainError: one of `telephony.messaging.errors`, or an account that cannot be read; nothing was stored.
    """
    row = Message(
        id=uuid7(), org=org, method=Channel(channel), purpose=purpose, recipient=to, subject=subject, content=body,
        contact_id=contact_id, call_id=call_id, appointment_id=appointment_id, in_reply_to=in_reply_to,
        agent_id=agent_id, idempotency_key=idempotency_key.strip(), expires_at=expires_at,
    )  # fmt: skip
    row.counts_to_limit = row.is_text and not by_person and in_reply_to is None and purpose != ALERT
    with org_scope(org), org_tx():
        return _find_earlier(row) or _queue(row, attachments=attachments, inserts=inserts or {}, actor=actor)


def _queue(row: Message, *, attachments: Sequence[Attachment], inserts: Mapping[str, str], actor: Actor) -> Message:
    """Store the wish, if it may be sent, and wake whoever sends it."""
    _check_content(row, [*attachments, *inserts])
    _check_account(row)
    if row.is_text:
        lock_person(org=row.org, number=row.recipient, contact_id=row.contact_id)
        if earlier := _find_earlier(row):
            return earlier
        _check_person(row)
    elif Message.objects.filter(recipient=row.recipient, status=MessageStatus.COMPLAINED).exists():
        raise ReportedAsSpam
    moment = now()
    row.service_provider = ServiceProvider.TWILIO if row.is_text else ServiceProvider.RESEND
    row.segments = count_segments(row.content) if row.is_text else 0
    row.attachments_sealed = seal_attachments(row.org_id, row.pk, attachments, inserts)
    row.expires_at = row.expires_at or moment + (TEXT_LASTS if row.is_text else EMAIL_LASTS)
    row.due_at = moment + SWEPT_AFTER
    Message.objects.bulk_create([row], ignore_conflicts=True)
    kept: Message = Message.objects.get(idempotency_key=row.idempotency_key)
    if kept.pk == row.pk:
        audit.record(actor, "message.queued", kept, channel=str(kept.method), purpose=kept.purpose)
        enqueue_on_commit(deliver_message, str(kept.org_id), str(kept.pk))
        publish_on_commit(kept.org_id, "message", id=kept.pk)
    return kept


def _find_earlier(row: Message) -> Message | None:
    """The message that this key stands for already."""
    if not 0 < len(row.idempotency_key) <= LONGEST_KEY:
        raise BadMessage(f"An idempotency key has 1 to {LONGEST_KEY} characters.")
    earlier: Message | None = Message.objects.filter(idempotency_key=row.idempotency_key).first()
    return earlier


def _check_person(row: Message) -> None:
    """Whether they may be texted now. Behind `lock_person`."""
    if row.purpose != LAST_WORD and has_opted_out(org=row.org, number=row.recipient, contact_id=row.contact_id):
        raise OptedOut
    if row.counts_to_limit:
        check_limit(number=row.recipient, contact_id=row.contact_id, moment=now())


def _check_account(row: Message) -> None:
    if row.is_text:
        accounts.twilio_account(org=row.org, agent_id=row.agent_id, channel=Channel(row.method))
    else:
        accounts.resend_account(org=row.org)


def _check_content(row: Message, carried: Sequence[object]) -> None:
    if row.method == Channel.EXPORT:
        raise BadMessage("An export is not sent.")
    if not row.content.strip() or "\0" in row.content:
        raise BadMessage("Write something to send.")
    if row.method == Channel.EMAIL:
        _check_email(row)
        return
    if carried:
        raise BadMessage("A text cannot carry files.")
    if len(row.content) > LONGEST_TEXT:
        raise BadMessage(f"A text has at most {LONGEST_TEXT:,} characters.")
    if not _can_be_dialled(row.recipient):
        raise BadRecipient("That phone number cannot get a text. Check it, with its country code, and try again.")


def _check_email(row: Message) -> None:
    try:
        validate_email(row.recipient)
    except ValidationError as wrong:
        raise BadRecipient("That email address does not look right. Check it and try again.") from wrong
    if not row.subject.strip() or len(row.subject) > 200 or not row.subject.isprintable():
        raise BadMessage("An email needs a subject of one line, at most 200 characters.")
    if len(row.content) > LONGEST_EMAIL:
        raise BadMessage(f"An email has at most {LONGEST_EMAIL:,} characters.")


def _can_be_dialled(number: str) -> bool:
    try:
        validate_e164(number)
        return phonenumbers.is_possible_number(phonenumbers.parse(number))
    except (ValidationError, phonenumbers.NumberParseException):
        return False
