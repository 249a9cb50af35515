"""Graph's events: what one may look like, and what it means in time."""

import secrets
from datetime import UTC, datetime
from typing import Any

from sandbox import clock
from sandbox.calendars.store import Entry
from sandbox.calendars.times import find_zone, parse_moment, stamp
from sandbox.json_types import JsonObject, as_object
from sandbox.microsoft.access import bad_request
from sandbox.microsoft.properties import check_properties, merge_properties

WRITABLE = frozenset(
    {"subject", "body", "start", "end", "location", "locations", "attendees", "showAs", "sensitivity", "importance",
     "isAllDay", "isReminderOn", "reminderMinutesBeforeStart", "categories", "transactionId", "recurrence",
     "responseRequested", "allowNewTimeProposals", "isOnlineMeeting", "onlineMeetingProvider", "hideAttendees",
     "singleValueExtendedProperties"}
)  # fmt: skip
SHOWN_AS = frozenset({"free", "tentative", "busy", "oof", "workingElsewhere", "unknown"})


def simple_body(title: str, start: str, end: str) -> JsonObject:
    """Return the body of an event between two ISO times with offsets."""
    times = {}
    for name, text in (("start", start), ("end", end)):
        moment = parse_moment(text)
        times[name] = {"dateTime": _graph_time(moment) if moment else text, "timeZone": "UTC"}
    return {"subject": title, **times}


def new_event(account: str, body: JsonObject) -> Entry:
    """Return the event that a body describes, or refuse it as Graph does."""
    _check_names(body)
    now = clock.iso(clock.now())
    person = {"emailAddress": {"name": account.split("@", maxsplit=1)[0].title(), "address": account}}
    event: JsonObject = {
        "id": "AAMk" + secrets.token_urlsafe(60).replace("_", "x").replace("-", "y"),
        "createdDateTime": now,
        "iCalUId": secrets.token_hex(28).upper(),
        "subject": "",
        "body": {"contentType": "html", "content": ""},
        "bodyPreview": "",
        "importance": "normal",
        "sensitivity": "normal",
        "showAs": "busy",
        "isAllDay": False,
        "isCancelled": False,
        "isOrganizer": True,
        "type": "singleInstance",
        "organizer": person,
        "attendees": [],
        "location": {"displayName": ""},
        "transactionId": None,
    }
    return entry_of(event | {key: value for key, value in body.items() if key in WRITABLE})


def changed_event(entry: Entry, body: JsonObject) -> Entry:
    """Return an event after a PATCH."""
    _check_names(body)
    if "transactionId" in body and body["transactionId"] != entry.body.get("transactionId"):
        raise bad_request("The property 'transactionId' cannot be changed once it is set.", "ErrorInvalidProperty")
    return entry_of({**entry.body, **body, **merge_properties(entry.body, body)})


def removed(entry: Entry) -> Entry:
    """Return an event as it is once deleted."""
    return Entry(entry.id, entry.start_at, entry.end_at, entry.body, removed=True)


def entry_of(event: JsonObject) -> Entry:
    """Check an event and return it ready to be stored, with a new change key."""
    start, end = _moment(event, "start"), _moment(event, "end")
    if end < start:
        raise bad_request("The end date must be after the start date.", "ErrorPropertyValidationFailure")
    if event.get("showAs") not in SHOWN_AS:
        raise bad_request(
            "Cannot convert the literal to the expected type 'microsoft.graph.freeBusyStatus'.", "RequestBodyRead"
        )
    key = secrets.token_urlsafe(12)
    content = str(as_object(event.get("body")).get("content") or "")
    stamped = {
        **event,
        "@odata.etag": f'W/"{key}"',
        "changeKey": key,
        "lastModifiedDateTime": clock.iso(clock.now()),
        "bodyPreview": content[:255],
    }
    return Entry(str(event["id"]), stamp(start), stamp(end), stamped)


def shown(entry: Entry, zone_name: str) -> JsonObject:
    """Return an event with its times in a zone, as `Prefer: outlook.timezone` asks for."""
    zone = find_zone(zone_name) or UTC
    times = {}
    for name, text in (("start", entry.start_at), ("end", entry.end_at)):
        local = datetime.fromisoformat(text).astimezone(zone)
        times[name] = {"dateTime": _graph_time(local), "timeZone": zone_name}
    original = as_object(entry.body.get("start")).get("timeZone")
    return {**entry.body, **times, "originalStartTimeZone": original, "originalEndTimeZone": original}


def is_busy(entry: Entry) -> bool:
    """Whether an event takes its time."""
    return entry.body.get("showAs") not in {"free", "workingElsewhere"} and not entry.removed


def _graph_time(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.0000000")


def _check_names(body: JsonObject) -> None:
    unknown = sorted(key for key in body if key not in WRITABLE and not key.startswith("@odata"))
    if unknown:
        raise bad_request(
            f"The property '{unknown[0]}' does not exist on type 'microsoft.graph.event' or cannot be set.",
            "RequestBodyRead",
        )
    check_properties(body)


def _moment(event: JsonObject, name: str) -> datetime:
    given: dict[str, Any] = as_object(event.get(name))
    zone = find_zone(str(given.get("timeZone") or "UTC"))
    if zone is None:
        raise bad_request(
            f"The TimeZone value '{given.get('timeZone')}' is not supported.", "TimeZoneNotSupportedException"
        )
    moment = parse_moment(str(given.get("dateTime") or ""), zone)
    if moment is None:
        raise bad_request(f"The value of property '{name}' is missing or not a date.", "ErrorPropertyValidationFailure")
    return moment
