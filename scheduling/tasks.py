"""The diary's tasks, where the worker finds them."""

from scheduling.calendars.writing_tasks import sweep_calendar_events, write_calendar
from scheduling.reminders.tasks import replan_reminders, send_reminder, sweep_reminders
from scheduling.waitlist.tasks import offer_next, sweep_waitlist

__all__ = [
    "offer_next",
    "replan_reminders",
    "send_reminder",
    "sweep_calendar_events",
    "sweep_reminders",
    "sweep_waitlist",
    "write_calendar",
]
