"""Who was on the line."""

from datetime import datetime

from calls.facts import merge
from calls.ingress.recording import write_facts
from calls.models import UNKNOWN_CALLER, Call
from calls.outbound.selectors import is_test_call
from contacts.models import NumberUse
from contacts.phones import find_caller_number
from contacts.services import remember_caller
from orgs.models import Organization


def spoke_at(call: Call) -> datetime:
    """When somebody was last on the line, as far as it is known."""
    return call.ended_at or call.started_at or call.created_at


def link_caller(*, org: Organization, call: Call) -> None:
    """Find or make the contact of the calling number, once a call, and call a nameless caller by its name.

    A withheld number is nobody's, a test makes no contact, and a number of several people tells no name.
    """
    number = find_caller_number(call.phone_number)
    name = "" if call.caller_name == UNKNOWN_CALLER else call.caller_name
    if not number or is_test_call(call):
        return
    if call.contact is None or (name and not call.contact.name):
        call.contact = remember_caller(org=org, phone=number, name=name, source="call", spoke_at=spoke_at(call))
        call.save(update_fields=["contact", "updated_at"])
    if not name and call.contact.name and call.contact.number_use != NumberUse.SEVERAL:
        write_facts(call, merge(call.facts, {"known_as": call.contact.name[:120]}))
