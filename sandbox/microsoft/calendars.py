"""Which calendars an account has, and reaching one."""

import hashlib

from sandbox.calendars.store import CalendarStore, Shelf
from sandbox.json_types import JsonObject
from sandbox.microsoft.access import PROVIDER, not_found
from sandbox.state import Sandbox


def store_of(sandbox: Sandbox) -> CalendarStore:
    """Return all events."""
    return CalendarStore(sandbox.database)


def calendars_of(email: str) -> dict[str, str]:
    """Return an account's calendars: id and name, the default one first."""
    return {_identity(email, name): name for name in ("Calendar", "Clinic")}


def shelf_at(email: str, calendar: str = "primary") -> Shelf:
    """Return a calendar of an account by its id; `primary` is the default one."""
    known = calendars_of(email)
    actual = next(iter(known)) if calendar == "primary" else calendar
    if actual not in known:
        raise not_found()
    return Shelf(PROVIDER, email, actual)


def shown(shelf: Shelf) -> JsonObject:
    """Return a calendar as Graph shows it."""
    known = calendars_of(shelf.account)
    return {
        "id": shelf.calendar,
        "name": known[shelf.calendar],
        "color": "auto",
        "isDefaultCalendar": shelf.calendar == next(iter(known)),
        "canEdit": True,
        "canShare": True,
        "canViewPrivateItems": True,
        "isRemovable": False,
        "owner": {"name": shelf.account.split("@")[0].title(), "address": shelf.account},
    }


def _identity(email: str, name: str) -> str:
    return "AQMk" + hashlib.sha256(f"{email}/{name}".encode()).hexdigest()[:40]
