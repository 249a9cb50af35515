"""Which calendars an account has, and reaching one."""

import hashlib

from sandbox.calendars.store import CalendarStore, Shelf
from sandbox.google.access import PROVIDER, not_found
from sandbox.json_types import JsonObject
from sandbox.oauth.grants import Access
from sandbox.state import Sandbox

ZONE = "Europe/London"


def store_of(sandbox: Sandbox) -> CalendarStore:
    """Return all events."""
    return CalendarStore(sandbox.database)


def calendars_of(email: str) -> dict[str, str]:
    """Return an account's calendars: the primary one, whose id is the address, and one that was added."""
    digest = hashlib.sha256(email.encode()).hexdigest()[:26]
    return {email: email, f"c_{digest}@group.calendar.google.com": "Clinic"}


def shelf_for(access: Access, calendar_id: str) -> Shelf:
    """Return a calendar by its id or as `primary`; 404 when the account does not have it."""
    return shelf_at(access.email, calendar_id)


def shelf_at(email: str, calendar_id: str) -> Shelf:
    """Return a calendar of an account."""
    actual = email if calendar_id in {"primary", email} else calendar_id
    if actual not in calendars_of(email):
        raise not_found()
    return Shelf(PROVIDER, email, actual)


def shown(email: str, calendar_id: str) -> JsonObject:
    """Return a calendar as the API shows it."""
    return {
        "kind": "calendar#calendar",
        "etag": '"1"',
        "id": calendar_id,
        "summary": calendars_of(email)[calendar_id],
        "timeZone": ZONE,
        "conferenceProperties": {"allowedConferenceSolutionTypes": ["hangoutsMeet"]},
    }


def listed(email: str, calendar_id: str) -> JsonObject:
    """Return a calendar as the calendar list shows it."""
    return {
        **shown(email, calendar_id),
        "kind": "calendar#calendarListEntry",
        "accessRole": "owner",
        "selected": True,
        "defaultReminders": [],
        **({"primary": True} if calendar_id == email else {}),
    }
