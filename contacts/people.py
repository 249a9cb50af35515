"""Finding a contact by id or number, also one that has been merged into another since."""

from uuid import UUID

from django.db.models import Q, QuerySet

from contacts.models import Contact, ContactAlias
from voxanne.errors import NotFound

NO_CONTACT = "We could not find that contact."


def access_contact(contact_id: UUID) -> Contact:
    """The contact of that id; of a merged one's, the contact it was merged into. One query, or two. Inside org_tx.

    Raises:
        NotFound: there is none here.
    """
    return _follow(contact_id, Contact.objects.all())


def lock_contact(contact_id: UUID) -> Contact:
    """As `access_contact`, and nobody else changes it until the transaction ends."""
    return _follow(contact_id, Contact.objects.select_for_update())


def find_by_number(number: str) -> Contact | None:
    """Who calls from this number (E.164), by their own or by one that came with a merge. One query."""
    if not number:
        return None
    found: Contact | None = Contact.objects.filter(has_number(number)).first()
    return found


def has_number(number: str) -> Q:
    """The contacts with this number. The second look-up is of one row at most."""
    former = ContactAlias.objects.filter(phone=number).values("contact_id")
    return Q(phone=number) | Q(pk__in=former)


def _follow(contact_id: UUID, contacts: QuerySet[Contact]) -> Contact:
    contact = contacts.filter(pk=contact_id).first()
    if contact is None:
        became = ContactAlias.objects.filter(former_id=contact_id).values_list("contact_id", flat=True).first()
        contact = contacts.filter(pk=became).first() if became else None
    if contact is None:
        raise NotFound(NO_CONTACT)
    return contact
