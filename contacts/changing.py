"""What people of the clinic change about a contact: making one, correcting it, deleting it."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.db import IntegrityError

from contacts.errors import AlreadyMerged, NumberTaken, UnusablePhone
from contacts.models import Contact, ContactAlias
from contacts.people import find_by_number, lock_contact
from contacts.phones import find_e164
from contacts.scores import rescore_soon
from contacts.services import clean_name
from contacts.wishes import id_of_wish
from orgs import audit
from orgs.actors import Actor
from orgs.models import Organization
from orgs.scope import org_tx
from voxanne.clock import now

SOURCE = "staff"
# What may be given, beside the names, which belong together, and the number, which is read by the clinic's country.
_PLAIN = (
    "email", "date_of_birth", "lead_status", "service_interests", "notes", "preferences", "memory_enabled",
    "number_use", "custom_fields", "source",
)  # fmt: skip

RemovalHandler = Callable[[Organization, Contact], None]
_on_removal: list[RemovalHandler] = []


def on_removal(handler: RemovalHandler) -> None:
    """Have `handler(org, contact)` run before a contact is deleted, in that transaction.

    It lets go of what must outlive the contact, or raises a DomainError that says why they have to stay.
    """
    if handler not in _on_removal:
        _on_removal.append(handler)


def create_contact(*, org: Organization, facts: Mapping[str, Any], key: str = "", actor: Actor) -> Contact:
    """Make a contact of what was typed; the same key gives the same contact again.

    Raises:
        UnusablePhone: nobody could dial the number. NumberTaken: somebody has it.
    """
    made_id = id_of_wish(org.pk, kind="contact", key=key)
    with org_tx():
        if made_id is not None and (earlier := Contact.objects.filter(pk=made_id).first()) is not None:
            return earlier
        contact = Contact(org=org, source=SOURCE)
        if made_id is not None:
            contact.pk = made_id
        _apply(org, contact, facts)
        _store(contact, is_new=True)
        audit.record(actor, "contact.created", contact)
    return contact


def change_contact(*, org: Organization, contact_id: UUID, changes: Mapping[str, Any], actor: Actor) -> Contact:
    """Correct what is known about a contact; only what is named changes.

    Raises:
        NotFound: no such contact here. UnusablePhone: nobody could dial the number. NumberTaken: somebody has it.
    """
    with org_tx():
        contact = lock_contact(contact_id)
        changed = _apply(org, contact, changes)
        if changed:
            _store(contact, is_new=False, changed=changed)
            audit.record(actor, "contact.changed", contact, changed=changed)
        if "lead_status" in changed:
            rescore_soon(contact.pk)
    return contact


def delete_contact(*, org: Organization, contact_id: UUID, actor: Actor) -> None:
    """Forget a contact with notes, scores and wishes. Calls, messages and past visits stay, and are nobody's.

    Raises:
        NotFound: no such contact here. AlreadyMerged: the id is a former one. StillExpected: they are to come.
    """
    with org_tx():
        contact = lock_contact(contact_id)
        if contact.pk != contact_id:
            raise AlreadyMerged
        for handler in _on_removal:
            handler(org, contact)
        audit.record(actor, "contact.deleted", contact)
        contact.delete()


def _apply(org: Organization, contact: Contact, given: Mapping[str, Any]) -> list[str]:
    """Put what was given on the contact; the names of the fields that are different now."""
    wanted = {name: given[name] for name in _PLAIN if name in given} | _names(given)
    if "phone" in given:
        wanted["phone"] = _read_phone(org, str(given["phone"]).strip())
    changed = [name for name, value in wanted.items() if getattr(contact, name) != value]
    for name in changed:
        setattr(contact, name, wanted[name])
    return changed


def _names(given: Mapping[str, Any]) -> dict[str, str]:
    """The name and its two parts, whichever of them was given."""
    parts = {name: clean_name(str(given[name]))[:60] for name in ("first_name", "last_name") if name in given}
    if "name" not in given:
        return parts if len(parts) < 2 else {**parts, "name": " ".join(filter(None, parts.values()))}
    full = clean_name(str(given["name"]))
    first, _, last = full.partition(" ")
    return {"name": full, "first_name": first[:60], "last_name": last[:60], **parts}


def _read_phone(org: Organization, typed: str) -> str:
    number = find_e164(typed, country=org.country)
    if typed and not number:
        raise UnusablePhone
    return number


def _store(contact: Contact, *, is_new: bool, changed: list[str] | None = None) -> None:
    """Write it; the constraint, not a look before, decides whose a number is."""
    if contact.phone and (is_new or "phone" in (changed or ())):
        _claim_number(contact)
    try:
        with org_tx():
            if is_new:
                contact.save(force_insert=True)
            else:
                contact.updated_at = now()
                contact.save(update_fields=[*(changed or ()), "updated_at"])
    except IntegrityError as clash:
        holder = find_by_number(contact.phone)
        if holder is None:
            raise
        raise NumberTaken(contact_id=holder.pk) from clash


def _claim_number(contact: Contact) -> None:
    """A number that came with a merge becomes the contact's own; anybody else's is refused."""
    ContactAlias.objects.filter(phone=contact.phone, contact_id=contact.pk).update(phone="")
    holder = find_by_number(contact.phone)
    if holder is not None and holder.pk != contact.pk:
        raise NumberTaken(contact_id=holder.pk)
