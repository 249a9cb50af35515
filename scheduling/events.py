"""What higher rooms, and calendars, reminders and the waitlist, do when an appointment changes.

They register in their `ready()`. A listener runs inside the transaction that makes the change: it writes what should
be, and whoever does it finds it there. Raising undoes the change.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
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


@dataclass(frozen=True)
class FreedTime:
    """What an appointment gave back: it was cancelled, or moved to another time or practitioner.

    Attributes:
        appointment: as it is now.
        practitioner_id, starts_at, ends_at: where it stood before.
    """

    appointment: Appointment
    practitioner_id: int
    starts_at: datetime
    ends_at: datetime


FreedListener = Callable[[Organization, FreedTime], None]

_freed_listeners: list[FreedListener] = []


def on_freed(listener: FreedListener) -> None:
    """Have `listener(org, freed)` run whenever time is given back. As `on_changed` otherwise."""
    if listener not in _freed_listeners:
        _freed_listeners.append(listener)


def announce_freed(org: Organization, freed: FreedTime) -> None:
    """Tell everybody who registered for freed time. Inside the transaction of the change."""
    for listener in _freed_listeners:
        listener(org, freed)
