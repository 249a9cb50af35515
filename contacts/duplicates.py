"""Who may be the same person under another number, name or address."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from contacts.models import Contact
from contacts.models.people import TAIL_DIGITS

MOST_SHOWN = 3


@dataclass(frozen=True)
class Candidate:
    """Somebody who may be the same person, and why."""

    contact: Contact
    why: str


def find_duplicates(contact: Contact) -> list[Candidate]:
    """Those with the same address, the same full name, or a number that ends the same. One query. Inside org_tx."""
    wanted = Q()
    if contact.email:
        wanted |= Q(email_key=contact.email.lower())
    if " " in contact.name.strip():
        wanted |= Q(name_key=contact.name.lower())
    if len(contact.phone) > TAIL_DIGITS:
        wanted |= Q(phone_tail=contact.phone[-TAIL_DIGITS:])
    if not wanted:
        return []
    found = Contact.objects.filter(wanted).exclude(pk=contact.pk).order_by("-created_at", "-id")[:MOST_SHOWN]
    return [Candidate(other, _why(contact, other)) for other in found]


def is_candidate(contact: Contact, other_id: UUID) -> bool:
    """Whether somebody is among those who may be the same."""
    return any(candidate.contact.pk == other_id for candidate in find_duplicates(contact))


def _why(contact: Contact, other: Contact) -> str:
    reasons = [
        ("email", bool(contact.email) and contact.email.lower() == other.email.lower()),
        ("name", " " in contact.name.strip() and contact.name.lower() == other.name.lower()),
        ("number", len(contact.phone) > TAIL_DIGITS and contact.phone[-TAIL_DIGITS:] == other.phone[-TAIL_DIGITS:]),
    ]
    shared = [word for word, is_shared in reasons if is_shared]
    return f"Same {' and '.join(shared)}" if len(shared) < 3 else "Same name, number and email"
