"""Who was on the line."""

from datetime import datetime

from calls.facts import merge
from calls.ingress.recording import set_facts
from calls.models import UNKNOWN_CALLER, Call
from calls.outbound.selectors import is_test_call
from contacts.models import Contact, NumberUse
from contacts.phones import find_caller_number
from contacts.services import remember_caller
from orgs.models import Organization


def spoke_at(call: Call) -> datetime:
    """When somebody was last on the line, as far as it is known."""
    return call.ended_at or call.started_at or call.created_at


def link_caller(*, org: Organization, call: Call) -> Contact | None:
    """Find or make the contact of the calling number, once a call, and call a nameless caller by its name.

    A withheld number is nobody's, a test makes no contact, and a number of several people tells no name. Nothing of
    the call is stored yet; its contact, if it has one, is locked.
    """
    contact = _lock(call)
    number = find_caller_number(call.phone_number)
    name = "" if call.caller_name == UNKNOWN_CALLER else call.caller_name
    if not number or is_test_call(call):
        return contact
    if contact is None or (name and not contact.name):
        contact = call.contact = remember_caller(
            org=org, phone=number, name=name, source="call", spoke_at=spoke_at(call)
        )
    if not name and contact.name and contact.number_use != NumberUse.SEVERAL:
        set_facts(call, merge(call.facts, {"known_as": contact.name[:120]}))
    return contact


def _lock(call: Call) -> Contact | None:
    if call.contact_id is None:
        return None
    contact: Contact = Contact.objects.select_for_update(no_key=True).get(pk=call.contact_id)
    call.contact = contact
    return contact
