"""The diary's tasks, where the worker finds them."""

from scheduling.calendars.writing_tasks import sweep_calendar_events, write_calendar
from scheduling.reminders.tasks import replan_reminders, send_reminder, sweep_reminders

__all__ = ["replan_reminders", "send_reminder", "sweep_calendar_events", "sweep_reminders", "write_calendar"]
