"""What higher rooms, and calendars, reminders and the waitlist, do when an appointment changes.

They register in their `ready()`. A listener runs inside the transaction that makes the change: it writes what should
be, and whoever does it finds it there. Raising undoes the change.
"""

from collections.abc import Callable
from enum import StrEnum

from orgs.models import Organization
from scheduling.models import Appointment


class Change(StrEnum):
    """What happened to an appointment."""

    BOOKED = "booked"
    CONFIRMED = "confirmed"
    MOVED = "moved"
    CANCELLED = "cancelled"
    SETTLED = "settled"


Listener = Callable[[Organization, Appointment, Change], None]

_listeners: list[Listener] = []


def on_changed(listener: Listener) -> None:
    """Have `listener(org, appointment, change)` run with every change. Registering twice is registering once."""
    if listener not in _listeners:
        _listeners.append(listener)


def announce(org: Organization, appointment: Appointment, change: Change) -> None:
    """Tell everybody who registered. Inside the transaction of the change."""
    for listener in _listeners:
        listener(org, appointment, change)
