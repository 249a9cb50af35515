"""A contact's calls, in the thread of what was between them and the clinic, and the button that has them called."""

from uuid import UUID

from django.db.models import QuerySet

from calls.models import Call
from calls.outbound.selectors import CallButton, call_button_state
from contacts.calling import register_call_button
from contacts.models import Contact
from contacts.thread import ThreadSource, register_thread
from orgs.models import Organization

# What an entry of a thread needs; transcripts and facts stay in the table.
_FIELDS = ("id", "org_id", "created_at", "call_type", "status", "outcome", "duration_seconds", "outcome_summary")


def calls_of(contact_id: UUID) -> QuerySet[Call]:
    """The calls with them, either way."""
    calls: QuerySet[Call] = Call.objects.filter(contact_id=contact_id)
    return calls.only(*_FIELDS)


def button_of(org: Organization, contact: Contact) -> CallButton:
    """Whether they can be called now."""
    return call_button_state(org=org, contact=contact)


def register_with_contacts() -> None:
    """Show calls in threads, and let leads be called."""
    register_thread(ThreadSource("call", calls_of, "calls/_in_thread.html"))
    register_call_button(button_of)
