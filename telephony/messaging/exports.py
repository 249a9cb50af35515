"""Files that somebody was given: kept among the messages, so that the trail of what left the clinic is whole."""

from uuid import UUID

from orgs.models import Organization
from orgs.scope import org_tx
from telephony.models import Channel, Message, MessageStatus
from voxanne.clock import now
from voxanne.ids import uuid7
from voxanne.live import publish_on_commit


def record_export(
    *,
    org: Organization,
    recipient: str,
    content: str,
    purpose: str,
    idempotency_key: str,
    contact_id: UUID | None = None,
    call_id: UUID | None = None,
) -> Message:
    """Note a file that was handed to somebody of the team; the same key is always the same row. Inside org_scope.

    Args:
        recipient: the email address of whoever got it.
        content: what it was, never what stood in it.
    """
    moment = now()
    row = Message(
        id=uuid7(), org=org, method=Channel.EXPORT, purpose=purpose, recipient=recipient, content=content,
        contact_id=contact_id, call_id=call_id, idempotency_key=idempotency_key, status=MessageStatus.DELIVERED,
        sent_at=moment,
    )  # fmt: skip
    with org_tx():
        Message.objects.bulk_create([row], ignore_conflicts=True)
        kept: Message = Message.objects.get(idempotency_key=idempotency_key)
        if kept.pk == row.pk:
            publish_on_commit(org.pk, "message", id=kept.pk)
    return kept
