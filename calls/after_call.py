"""Once a call has ended: who it was, and what it came to. Idempotent: run again it changes nothing."""

import re

from calls.facts import merge
from calls.ingress.recording import write_facts
from calls.models import UNKNOWN_CALLER, Call
from contacts.services import remember_caller
from orgs.models import E164_PATTERN, Organization
from scheduling.selectors import appointments_of_call

_E164 = re.compile(E164_PATTERN)


def finish_call(*, org: Organization, call: Call) -> None:
    """Detect the booking and link the caller. Inside the transaction that marks the report as processed."""
    if not call.booking_confirmed and appointments_of_call(call.pk).exists():
        write_facts(call, merge(call.facts, {"booked": True}))
    if call.contact_id is None and _E164.match(call.phone_number):
        name = "" if call.caller_name == UNKNOWN_CALLER else call.caller_name
        call.contact = remember_caller(org=org, phone=call.phone_number, name=name, source="call")
        call.save(update_fields=["contact", "updated_at"])
