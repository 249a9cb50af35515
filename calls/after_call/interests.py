"""What the caller is interested in, from now on also on their own page."""

from calls.models import Call
from contacts.services import add_interests


def note_interests(call: Call) -> None:
    """Add the services that were named in a call to its contact's interests. Two queries, where there are new ones."""
    if call.contact is None:
        return
    named = [str(one["name"]) for one in call.matched_services]
    if set(named) - set(call.contact.service_interests):
        add_interests(contact_id=call.contact.pk, names=named)
