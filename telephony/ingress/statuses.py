"""What became of a message, as Twilio tells it: in any order, more than once."""

from uuid import UUID

from django.http import QueryDict

from orgs.models import Organization
from telephony.messaging.records import record_status
from telephony.models import Direction, Message


def follow_status(org: Organization, form: QueryDict, *, message_id: UUID | None) -> bool:
    """Bring the message up to date; False when it is none of ours. Inside the organisation's transaction.

    Args:
        message_id: what our own callback address names. Without it Twilio's id has to be known already.
    """
    sid, status = form.get("MessageSid", ""), form.get("MessageStatus", "")
    if not (sid and status):
        return False
    sent = Message.objects.filter(direction=Direction.OUTBOUND)
    ours = sent.filter(pk=message_id) if message_id is not None else sent.filter(external_message_id=sid)
    found: UUID | None = ours.values_list("pk", flat=True).first()
    if found is None:
        return False
    code = form.get("ErrorCode", "")
    record_status(org=org, message_id=found, external_id=sid, status=status, code=code[:60])
    return True
