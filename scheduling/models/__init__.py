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

__all__ = [
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
    "Practitioner",
    "PractitionerService",
    "Reminder",
    "ReminderChannel",
    "ReminderKind",
    "ReminderSettings",
    "ReminderState",
    "SchedulingSettings",
    "Weekday",
]
