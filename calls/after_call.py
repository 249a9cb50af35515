"""Once a call has ended: who it was, and what it came to. Idempotent: run again it changes nothing."""

from calls.facts import merge
from calls.handovers import came_to_nothing
from calls.ingress.recording import write_facts
from calls.models import UNKNOWN_CALLER, Call
from calls.outbound.selectors import is_test_call
from calls.recordings.wanting import want_recording
from calls.transfers import note_nobody_reached
from contacts.models import NumberUse
from contacts.phones import find_caller_number
from contacts.services import remember_caller
from orgs.models import Organization
from scheduling.holds import release_holds
from scheduling.selectors import appointments_of_call


def finish_call(*, org: Organization, call: Call) -> None:
    """Let go of what was kept, detect the booking, link the caller. In the transaction that closes the report."""
    release_holds(org=org, call_id=call.pk)
    want_recording(org=org, call=call)
    if not call.booking_confirmed and appointments_of_call(call.pk).exists():
        write_facts(call, merge(call.facts, {"booked": True}))
    link_caller(org=org, call=call)
    if came_to_nothing(call.facts, call.ended_reason):
        note_nobody_reached(org=org, call=call)


def link_caller(*, org: Organization, call: Call) -> None:
    """Find or make the contact of the calling number, once a call, and call a nameless caller by its name.

    A withheld number is nobody's, a test makes no contact, and a number of several people tells no name.
    """
    number = find_caller_number(call.phone_number)
    name = "" if call.caller_name == UNKNOWN_CALLER else call.caller_name
    if not number or is_test_call(call):
        return
    if call.contact is None or (name and not call.contact.name):
        call.contact = remember_caller(org=org, phone=number, name=name, source="call")
        call.save(update_fields=["contact", "updated_at"])
    if not name and call.contact.name and call.contact.number_use != NumberUse.SEVERAL:
        write_facts(call, merge(call.facts, {"known_as": call.contact.name[:120]}))
