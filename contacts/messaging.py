"""Contacts as messages need them: who wrote, and who wants no texts."""

from datetime import datetime
from uuid import UUID

from contacts.errors import UnusablePhone
from contacts.models import Contact
from contacts.services import remember_caller
from orgs.models import Organization

SOURCE = "sms"


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
        contacts = Contact.objects.filter(phone=number)
        if since is None:
            contacts.exclude(opted_out_at=None).update(opted_out_at=None)
        else:
            contacts.filter(opted_out_at=None).update(opted_out_at=since)

    def has_opted_out(self, org: Organization, contact_id: UUID | None, number: str) -> bool:
        """Whether the team noted that this person wants no messages, by contact or by number."""
        out = Contact.objects.exclude(opted_out_at=None)
        if contact_id is not None and out.filter(pk=contact_id).exists():
            return True
        return bool(out.filter(phone=number).exists())
