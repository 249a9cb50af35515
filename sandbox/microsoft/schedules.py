"""Free and busy times as Graph's getSchedule tells them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sandbox.calendars.store import Entry
from sandbox.calendars.times import stamp
from sandbox.json_types import JsonObject
from sandbox.microsoft.events import shown

DIGITS = {"free": "0", "tentative": "1", "busy": "2", "oof": "3", "workingElsewhere": "4"}


@dataclass(frozen=True)
class Window:
    """A span of time, UTC, looked at in steps of so many minutes."""

    start: str
    end: str
    step_minutes: int = 30


def own_schedule(email: str, entries: list[Entry], window: Window, zone: str) -> JsonObject:
    """Return the schedule of the account that asks."""
    told = [shown(entry, zone) for entry in entries]
    items = [
        {"status": item["showAs"], "start": item["start"], "end": item["end"], "subject": item["subject"]}
        for item in told
    ]
    return {"scheduleId": email, "availabilityView": _view(entries, window), "scheduleItems": items}


def unresolved(address: str) -> JsonObject:
    """Return the schedule of somebody who cannot be found."""
    error = {
        "message": "Unable to resolve e-mail address to an Active Directory object.",
        "responseCode": "ErrorMailRecipientNotFound",
    }
    return {"scheduleId": address, "availabilityView": "", "scheduleItems": [], "error": error}


def _view(entries: list[Entry], window: Window) -> str:
    """Return a digit a step: 0 free, 1 tentative, 2 busy, 3 away, 4 working elsewhere."""
    at, end = datetime.fromisoformat(window.start), datetime.fromisoformat(window.end)
    step, digits = timedelta(minutes=window.step_minutes), []
    while at < end:
        first, last = stamp(at), stamp(at + step)
        touching = [entry for entry in entries if entry.start_at < last and entry.end_at > first]
        digits.append(max((DIGITS.get(entry.body["showAs"], "2") for entry in touching), default="0"))
        at += step
    return "".join(digits)
