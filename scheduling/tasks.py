"""The diary's tasks, where the worker finds them."""

from scheduling.calendars.writing_tasks import sweep_calendar_events, write_calendar

__all__ = ["sweep_calendar_events", "write_calendar"]
