"""What staff decide about somebody who calls: whether they are answered, remembered, and what to keep in mind."""

from dataclasses import dataclass
from uuid import UUID

from contacts.models import Contact, NumberUse
from contacts.people import lock_contact
from orgs import audit
from orgs.actors import Actor
from orgs.scope import org_tx
from voxanne.clock import now


@dataclass(frozen=True)
class CallerWishes:
    """What the receptionist may know of a caller.

    Attributes:
        preferences: the team's note, at most 300 characters.
    """

    preferences: str
    memory_enabled: bool
    number_use: NumberUse


def wishes_of(contact: Contact) -> CallerWishes:
    """As they are stored."""
    return CallerWishes(contact.preferences, contact.memory_enabled, NumberUse(contact.number_use))


def keep_in_mind(*, contact_id: UUID, wishes: CallerWishes, actor: Actor) -> Contact:
    """Store what the receptionist may know of a caller.

    Raises:
        NotFound: no such contact here.
    """
    with org_tx():
        contact = lock_contact(contact_id)
        before = wishes_of(contact)
        changed = [name for name in vars(wishes) if getattr(before, name) != getattr(wishes, name)]
        for name in changed:
            setattr(contact, name, getattr(wishes, name))
        if changed:
            contact.save(update_fields=[*changed, "updated_at"])
            audit.record(actor, "contact.memory_changed", contact, changed=changed)
    return contact


def block_caller(*, contact_id: UUID, actor: Actor) -> Contact:
    """Have nobody answer this person's calls from now on. Blocking twice is blocking once.

    Raises:
        NotFound: no such contact here.
    """
    with org_tx():
        contact = lock_contact(contact_id)
        if contact.blocked_at is None:
            contact.blocked_at = now()
            contact.save(update_fields=["blocked_at", "updated_at"])
            audit.record(actor, "contact.blocked", contact)
    return contact


def unblock_caller(*, contact_id: UUID, actor: Actor) -> Contact:
    """Have this person's calls answered again.

    Raises:
        NotFound: no such contact here.
    """
    with org_tx():
        contact = lock_contact(contact_id)
        if contact.blocked_at is not None:
            contact.blocked_at = None
            contact.save(update_fields=["blocked_at", "updated_at"])
            audit.record(actor, "contact.unblocked", contact)
    return contact
