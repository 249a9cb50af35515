"""What a call's page shows of what was done with it."""

from uuid import UUID

from telephony.messaging.sending_again import note_what_may_be_sent_again
from telephony.models import Message

MOST_SHOWN = 50


def list_messages_of_call(call_id: UUID) -> list[Message]:
    """The texts, emails and files that belong to a call, newest first. Two queries."""
    rows = Message.objects.filter(call_id=call_id).defer("attachments_sealed").order_by("-created_at", "-id")
    thread = list(rows[:MOST_SHOWN])
    note_what_may_be_sent_again(thread)
    return thread
