"""The button that has a contact called. Calls live in a higher room, which registers itself here."""

from collections.abc import Callable
from typing import Any

from contacts.models import Contact
from orgs.models import Organization

# What `calls/_call_back.html` reads: key, reason, under_way.
ButtonMaker = Callable[[Organization, Contact], Any]
_makers: list[ButtonMaker] = []


def register_call_button(maker: ButtonMaker) -> None:
    """Let `maker(org, contact)` say whether a contact can be called now. Registering again replaces it."""
    _makers[:] = [maker]


def call_button(org: Organization, contact: Contact) -> Any:
    """The button's state, None where nobody can call. Inside org_tx."""
    return _makers[0](org, contact) if _makers else None
