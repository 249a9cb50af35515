"""At most one automatic text an hour to a person: decided while nobody else can decide for the same one."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import Q

from orgs.models import Organization
from telephony.messaging.errors import TooSoon
from telephony.models import Message, MessageStatus

BETWEEN_AUTOMATIC = timedelta(hours=1)
# The purpose of texts to the clinic's own people: the limit is there for patients.
ALERT = "alert"


def lock_person(*, org: Organization, number: str, contact_id: UUID | None) -> None:
    """Let one transaction at a time decide about texts to this number and contact, until it ends."""
    names = sorted({f"texts of {org.pk} to {number}", f"texts of {org.pk} to {contact_id or number}"})
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s::text, 0))", [name])


def check_limit(*, number: str, contact_id: UUID | None, moment: datetime) -> None:
    """Whether an automatic text may go to this person now. Behind `lock_person`, in the transaction that queues it.

    What failed does not count; neither does what a person sent, nor an answer to a message.

    Raises:
        TooSoon: there was one within the hour.
    """
    same = Q(recipient=number) if contact_id is None else Q(recipient=number) | Q(contact_id=contact_id)
    recent = Message.objects.filter(same, counts_to_limit=True, created_at__gt=moment - BETWEEN_AUTOMATIC)
    if recent.exclude(status=MessageStatus.FAILED).exists():
        raise TooSoon
