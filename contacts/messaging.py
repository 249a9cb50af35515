"""Contacts as messages need them: who wrote, and who wants no texts."""

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from contacts.errors import UnusablePhone
from contacts.models import Contact
from contacts.people import has_number
from contacts.services import remember_caller
from orgs.models import Organization
from telephony.models import Message

SOURCE = "sms"


def messages_of(contact_id: UUID) -> QuerySet[Message]:
    """The texts and emails between the clinic and a contact; sealed files stay in the table."""
    messages: QuerySet[Message] = Message.objects.filter(contact_id=contact_id)
    return messages.defer("attachments_sealed")


class MessagedPeople:
    """What `telephony.messaging.people` asks for. Inside the open transaction of the organisation."""

    def find_or_make(self, org: Organization, number: str, name: str) -> UUID | None:
        """The contact with that number, made when there was none; None when it cannot be one."""
        try:
            return remember_caller(org=org, phone=number, name=name, source=SOURCE).pk
        except UnusablePhone:
            return None

    def follow_opt_out(self, org: Organization, number: str, since: datetime | None) -> None:
        """The number wants no texts since then, or wants them again (None)."""
        contacts = Contact.objects.filter(has_number(number))
        if since is None:
            contacts.exclude(opted_out_at=None).update(opted_out_at=None)
        else:
            contacts.filter(opted_out_at=None).update(opted_out_at=since)

    def has_opted_out(self, org: Organization, contact_id: UUID | None, number: str) -> bool:
        """Whether the team noted that this person wants no messages, by contact or by number."""
        out = Contact.objects.exclude(opted_out_at=None)
        if contact_id is not None and out.filter(pk=contact_id).exists():
            return True
        return bool(out.filter(has_number(number)).exists())
