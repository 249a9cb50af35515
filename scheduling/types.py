"""What other rooms say to the diary and hear from it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from contacts.models import Service
from scheduling.models import AppointmentSource, Practitioner

NOON_HOUR = 12
EVENING_HOUR = 17


class PartOfDay(StrEnum):
    """When in the day somebody would like to come, by the clinic's clock."""

    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"

    @classmethod
    def at(cls, local: datetime) -> "PartOfDay":
        if local.hour < NOON_HOUR:
            return cls.MORNING
        return cls.AFTERNOON if local.hour < EVENING_HOUR else cls.EVENING


@dataclass(frozen=True)
class Slot:
    """A visit that could be booked: aware UTC times and whom it is with."""

    starts_at: datetime
    ends_at: datetime
    practitioner_id: int
    practitioner_name: str


@dataclass(frozen=True)
class BookingRequest:
    """What somebody wants to book.

    Attributes:
        starts_at: aware, or naive for the clinic's own clock.
        service: None books a visit of the default length.
        practitioner: None leaves the choice to the diary.
        phone: as said or as shown by the carrier; "" when it is withheld.
        call_id: the call in which it was asked for.
        idempotency_key: the same key gives the same appointment again, whatever else is asked. "" switches that off.
        needs_approval: it holds its time, and waits for the team to confirm it.
        outside_hours: the team wants it although nobody is at work then.
        over_calendar: the team wants it although a calendar of the clinic's is busy then.
    """

    starts_at: datetime
    service: Service | None
    patient_name: str
    phone: str = ""
    email: str = ""
    notes: str = ""
    practitioner: Practitioner | None = None
    source: AppointmentSource = AppointmentSource.AI_CALL
    call_id: UUID | None = None
    idempotency_key: str = ""
    needs_approval: bool = False
    outside_hours: bool = False
    over_calendar: bool = False

    @property
    def by_staff(self) -> bool:
        """Whether the team books: at any minute of the opening hours and at any notice."""
        return self.source is AppointmentSource.STAFF


@dataclass(frozen=True)
class VisitRules:
    """How a visit may be placed. Lengths in seconds, the step in minutes."""

    duration_s: int = 30 * 60
    before_s: int = 0
    after_s: int = 0
    notice_s: int = 120 * 60
    horizon_days: int = 90
    step_minutes: int = 30

    @classmethod
    def of(cls, service: Service | None) -> "VisitRules":
        """The rules of a service; without one, those of a plain half-hour visit."""
        if service is None:
            return cls()
        return cls(
            duration_s=service.duration_minutes * 60,
            before_s=service.buffer_before_minutes * 60,
            after_s=service.buffer_after_minutes * 60,
            notice_s=service.minimum_notice_minutes * 60,
            horizon_days=service.horizon_days,
            step_minutes=service.slot_step_minutes,
        )
