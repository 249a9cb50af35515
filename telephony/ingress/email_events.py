"""What became of an email, as Resend tells it: in any order, more than once."""

from typing import Any
from uuid import UUID

from orgs.models import Organization
from telephony.messaging.attempts import MESSAGE_TAG
from telephony.messaging.records import record_email_event
from telephony.messaging.types import Problem
from telephony.messaging.words import BOUNCED, BOUNCED_FOR_NOW, COMPLAINED, SENDING_FAILED, SUPPRESSED
from telephony.models import Channel, Direction, Message, MessageStatus

_NONE = Problem("", "")
# The rest (opened, clicked, delayed, …) changes nothing that staff are told.
_EVENTS: dict[str, tuple[MessageStatus, Problem]] = {
    "email.sent": (MessageStatus.SENT, _NONE),
    "email.delivered": (MessageStatus.DELIVERED, _NONE),
    "email.bounced": (MessageStatus.UNDELIVERED, BOUNCED),
    "email.suppressed": (MessageStatus.UNDELIVERED, SUPPRESSED),
    "email.complained": (MessageStatus.COMPLAINED, COMPLAINED),
    "email.failed": (MessageStatus.FAILED, SENDING_FAILED),
}
TOLD = tuple(_EVENTS)
_SUPPRESSED = {"Suppressed", "OnAccountSuppressionList"}


def follow_email_event(org: Organization, event: dict[str, Any]) -> bool:
    """Bring the email up to date; False when it is none of ours, or nothing to tell. Inside the transaction."""
    known = _EVENTS.get(str(event.get("type")))
    data = event.get("data")
    if known is None or not isinstance(data, dict):
        return False
    external_id = str(data.get("email_id") or "")
    if not external_id or len(external_id) > 64:
        return False
    found = _find(data, external_id)
    if found is None:
        return False
    status, problem = known
    if problem is BOUNCED:
        problem = _bounce(data.get("bounce"))
    record_email_event(org=org, message_id=found, external_id=external_id, wanted=status, problem=problem)
    return True


def _find(data: dict[str, Any], external_id: str) -> UUID | None:
    """The message that our own tag names, else the one with Resend's id."""
    sent = Message.objects.filter(direction=Direction.OUTBOUND, method=Channel.EMAIL)
    tags = data.get("tags")
    try:
        ours = sent.filter(pk=UUID(str(tags[MESSAGE_TAG]))) if isinstance(tags, dict) else sent.none()
    except (KeyError, ValueError):
        ours = sent.none()
    found: UUID | None = ours.values_list("pk", flat=True).first()
    return found or sent.filter(external_message_id=external_id).values_list("pk", flat=True).first()


def _bounce(told: Any) -> Problem:
    about = told if isinstance(told, dict) else {}
    if about.get("subType") in _SUPPRESSED:
        return SUPPRESSED
    return BOUNCED_FOR_NOW if about.get("type") == "Transient" else BOUNCED
