"""Google's events: what one may look like, and what it means in time."""

import hashlib
import re
import secrets
from datetime import datetime
from typing import Any

from sandbox import clock
from sandbox.calendars.store import Entry
from sandbox.calendars.times import find_zone, parse_day, parse_moment, stamp
from sandbox.google.access import invalid, problem
from sandbox.json_types import JsonObject, as_object, dumps

IDENTITY = re.compile(r"[a-v0-9]{5,1024}")
WRITABLE = frozenset(
    {"summary", "description", "location", "start", "end", "status", "transparency", "visibility", "colorId",
     "attendees", "reminders", "extendedProperties", "source", "iCalUID", "sequence", "recurrence", "eventType",
     "guestsCanInviteOthers", "guestsCanModify", "guestsCanSeeOtherGuests", "conferenceData", "attachments"}
)  # fmt: skip
STATUSES = frozenset({"confirmed", "tentative", "cancelled"})


def new_event(account: str, body: JsonObject) -> Entry:
    """Return the event that a body describes, or refuse it as Google does."""
    identity = body.get("id") or secrets.token_hex(13)
    if not isinstance(identity, str) or not IDENTITY.fullmatch(identity):
        raise invalid("Invalid resource id value.")
    person = {"email": account, "self": True}
    event: JsonObject = {
        "kind": "calendar#event",
        "id": identity,
        "status": "confirmed",
        "htmlLink": f"https://www.google.com/calendar/event?eid={identity}",
        "created": clock.iso(clock.now()),
        "creator": person,
        "organizer": person,
        "iCalUID": f"{identity}@google.com",
        "sequence": 0,
        "reminders": {"useDefault": True},
        "eventType": "default",
    }
    return entry_of(event | _writable(body))


def changed_event(entry: Entry, body: JsonObject, *, whole: bool) -> Entry:
    """Return an event after a change: PUT replaces all that can be written (`whole`), PATCH what is given."""
    kept = {key: value for key, value in entry.body.items() if not whole or key not in WRITABLE}
    if whole:
        kept |= {key: entry.body[key] for key in ("iCalUID", "sequence", "eventType", "status") if key in entry.body}
    merged = {key: value for key, value in {**kept, **_writable(body)}.items() if value is not None}
    times = ("start", "end")
    if any(merged.get(name) != entry.body.get(name) for name in times):
        merged["sequence"] = int(entry.body.get("sequence") or 0) + 1
    return entry_of(merged)


def cancelled(entry: Entry) -> Entry:
    """Return an event as it is once deleted."""
    body = {**entry.body, "status": "cancelled", "updated": clock.iso(clock.now())}
    return Entry(entry.id, entry.start_at, entry.end_at, _tagged(body), removed=True)


def entry_of(event: JsonObject) -> Entry:
    """Check an event's times and return it ready to be stored, with a new etag."""
    start, end = _moment(event, "start"), _moment(event, "end")
    if end < start:
        raise problem(400, "timeRangeEmpty", "The specified time range is empty.", domain="calendar")
    if event.get("status") not in STATUSES:
        raise invalid("Invalid value for: status")
    body = _tagged({**event, "updated": clock.iso(clock.now())})
    removed = event["status"] == "cancelled"
    return Entry(str(event["id"]), stamp(start), stamp(end), body, removed=removed)


def is_busy(entry: Entry) -> bool:
    """Whether an event takes its time."""
    return entry.body.get("transparency") != "transparent" and not entry.removed


def _writable(body: JsonObject) -> JsonObject:
    return {key: value for key, value in body.items() if key in WRITABLE}


def _moment(event: JsonObject, name: str) -> datetime:
    """Return when an event starts or ends."""
    given: dict[str, Any] = as_object(event.get(name))
    if given.get("date"):
        moment = parse_day(str(given["date"]))
    elif given.get("dateTime"):
        zone = find_zone(str(given["timeZone"])) if given.get("timeZone") else None
        if given.get("timeZone") and zone is None:
            raise invalid("Invalid time zone definition for start time." if name == "start" else "Invalid time zone.")
        moment = parse_moment(str(given["dateTime"]), zone)
        if moment is None and zone is None and parse_moment(f"{given['dateTime']}Z"):
            raise problem(400, "required", f"Missing time zone definition for {name} time.")
    else:
        raise problem(400, "required", f"Missing {name} time.")
    if moment is None:
        raise problem(400, "badRequest", "Bad Request")
    return moment


def _tagged(body: JsonObject) -> JsonObject:
    bare = {key: value for key, value in body.items() if key != "etag"}
    digest = hashlib.sha256(dumps(bare).encode() + secrets.token_bytes(4)).hexdigest()[:16]
    return {**bare, "etag": f'"{int(digest, 16)}"'}
