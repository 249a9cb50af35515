"""What a call's page shows of what was done with it."""

from datetime import timedelta
from uuid import UUID

from telephony.messaging.sending_again import note_what_may_be_sent_again
from telephony.models import Direction, Message

MOST_SHOWN = 50
# Who texts the clinic that long after a text of it, probably answers it.
REPLIES_WITHIN = timedelta(days=3)


def list_messages_of_call(call_id: UUID) -> list[Message]:
    """The texts, emails and files of a call, and what was texted back within days, newest first. Three queries."""
    rows = Message.objects.defer("attachments_sealed").order_by("-created_at", "-id")
    thread = list(rows.filter(call_id=call_id)[:MOST_SHOWN])
    note_what_may_be_sent_again(thread)
    texts = [row for row in thread if row.is_text and row.direction == Direction.OUTBOUND]
    if not texts:
        return thread
    replies = rows.filter(
        direction=Direction.INBOUND,
        recipient=texts[0].recipient,
        created_at__gte=texts[-1].created_at,
        created_at__lt=texts[0].created_at + REPLIES_WITHIN,
        call_id__isnull=True,
    )
    return sorted([*thread, *replies[:MOST_SHOWN]], key=lambda row: (row.created_at, row.pk), reverse=True)
