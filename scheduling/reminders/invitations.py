"""A visit as a calendar file (RFC 5545, RFC 5546) for the patient's own calendar."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vCalAddress, vText

from orgs.models import Organization
from scheduling.models import Appointment
from telephony.messaging import Attachment
from voxanne.clock import now

PRODUCT = "-//Voxanne//Appointments//EN"
FILENAME = "appointment.ics"
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f\u0085\u2028\u2029]")


class Method(StrEnum):
    """What the patient's calendar is to do. Without an organiser's address it can only be published."""

    PUBLISH = "PUBLISH"
    REQUEST = "REQUEST"
    CANCEL = "CANCEL"


@dataclass(frozen=True)
class Invitation:
    """What a calendar file says.

    Attributes:
        uid: the same for every version of the same visit.
        sequence: rises with each move, so that the newest version wins.
        organizer, attendee: email addresses; without both it is published instead of requested.
    """

    uid: str
    sequence: int
    starts_at: datetime
    ends_at: datetime
    zone: ZoneInfo
    title: str
    clinic: str
    place: str = ""
    description: str = ""
    organizer: str = ""
    attendee: str = ""
    is_cancelled: bool = False

    @property
    def method(self) -> Method:
        if self.is_cancelled:
            return Method.CANCEL
        return Method.REQUEST if self.organizer and self.attendee else Method.PUBLISH

    def to_ics(self) -> str:
        """The file: CRLF, lines folded at 75 octets, with the rules of its time zone."""
        calendar = Calendar()
        calendar.add("prodid", PRODUCT)
        calendar.add("version", "2.0")
        calendar.add("method", self.method.value)
        calendar.add_component(self._event())
        calendar.add_missing_timezones()
        written: bytes = calendar.to_ical()
        return written.decode()

    def to_attachment(self) -> Attachment:
        kind = f"text/calendar; method={self.method.value}; charset=utf-8"
        return Attachment(filename=FILENAME, content_type=kind, content=self.to_ics())

    def _event(self) -> Event:
        event = Event()
        event.add("uid", self.uid)
        event.add("sequence", self.sequence)
        event.add("dtstamp", now().astimezone(UTC))
        event.add("dtstart", self.starts_at.astimezone(self.zone))
        event.add("dtend", self.ends_at.astimezone(self.zone))
        event.add("summary", _plain(self.title))
        event.add("status", "CANCELLED" if self.is_cancelled else "CONFIRMED")
        for name, value in (("location", self.place), ("description", self.description)):
            if value:
                event.add(name, _plain(value))
        if self.organizer and self.attendee:
            event.add("organizer", _address(self.organizer, self.clinic))
            event.add("attendee", _address(self.attendee, ""))
        return event


def invite(org: Organization, appointment: Appointment, *, organizer: str, attendee: str) -> Invitation:
    """The invitation to an appointment as it stands. It says nothing of what the visit is for: calendars are shared."""
    return Invitation(
        uid=f"{appointment.pk}@appointments.voxanne",
        sequence=appointment.revision,
        starts_at=appointment.starts_at,
        ends_at=appointment.ends_at,
        zone=org.zone,
        title=f"Appointment at {org.name}",
        clinic=org.name,
        place=org.address or org.name,
        description=f"Reference {appointment.reference}",
        organizer=organizer,
        attendee=attendee,
        is_cancelled=appointment.cancelled_at is not None,
    )


def _address(email: str, name: str) -> vCalAddress:
    address = vCalAddress(f"mailto:{email}")
    if name:
        # A parameter cannot hold a double quote, not even an escaped one, and readers stumble over a backslash.
        address.params["CN"] = vText(_plain(name).replace('"', "'").replace("\\", "/").replace("\n", " "))
    return address


def _plain(text: str) -> str:
    """Text without what a calendar file cannot hold: line breaks of one kind, no control characters."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
