"""The diary's tables, by noun."""

from scheduling.models.calendar_events import CalendarEvent, EventProblem, EventState
from scheduling.models.calendars import CalendarBusyBlock, CalendarConnection, CalendarProvider, ConnectionState
from scheduling.models.diary import (
    Appointment,
    AppointmentSource,
    AppointmentStatus,
    BusinessHours,
    CalendarSyncState,
    Closure,
    Practitioner,
    PractitionerService,
    SchedulingSettings,
    Weekday,
)
from scheduling.models.reminders import (
    Reminder,
    ReminderChannel,
    ReminderKind,
    ReminderSettings,
    ReminderState,
)
from scheduling.models.waitlist import (
    ON_THE_LIST,
    OfferState,
    OpeningEnd,
    OpeningState,
    WaitlistEntry,
    WaitlistOffer,
    WaitlistOpening,
    WaitlistState,
    WantedPart,
)

__all__ = [
    "ON_THE_LIST",
    "Appointment",
    "AppointmentSource",
    "AppointmentStatus",
    "BusinessHours",
    "CalendarBusyBlock",
    "CalendarConnection",
    "CalendarEvent",
    "CalendarProvider",
    "CalendarSyncState",
    "Closure",
    "ConnectionState",
    "EventProblem",
    "EventState",
    "OfferState",
    "OpeningEnd",
    "OpeningState",
    "Practitioner",
    "PractitionerService",
    "Reminder",
    "ReminderChannel",
    "ReminderKind",
    "ReminderSettings",
    "ReminderState",
    "SchedulingSettings",
    "WaitlistEntry",
    "WaitlistOffer",
    "WaitlistOpening",
    "WaitlistState",
    "WantedPart",
    "Weekday",
]
