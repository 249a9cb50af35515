"""The diary's tables, by noun."""

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

__all__ = [
    "Appointment",
    "AppointmentSource",
    "AppointmentStatus",
    "BusinessHours",
    "CalendarBusyBlock",
    "CalendarConnection",
    "CalendarProvider",
    "CalendarSyncState",
    "Closure",
    "ConnectionState",
    "Practitioner",
    "PractitionerService",
    "SchedulingSettings",
    "Weekday",
]
