"""What calendars follow in other rooms."""

from credentials import events as credential_events
from credentials.calendars import CALENDARS
from orgs.tenancy.samples import register_sample
from scheduling.calendars import tasks
from scheduling.calendars.comparing import count_differences
from scheduling.calendars.connections import begin_connection, end_connection, sample_connection
from scheduling.calendars.health import register_drift
from scheduling.calendars.wanting import follow_change, follow_connection, forget_connection
from scheduling.events import on_changed

__all__ = ["register_calendars", "tasks"]  # Celery looks for tasks beside models only


def register_calendars() -> None:
    """Keep a connection beside each calendar credential, and an event beside each appointment. Twice is once."""
    for calendar in CALENDARS:
        credential_events.on_saved(calendar, begin_connection)
        credential_events.on_saved(calendar, follow_connection)
        for ending in (credential_events.on_deleted, credential_events.on_disabled):
            ending(calendar, end_connection)
            ending(calendar, forget_connection)
    on_changed(follow_change)
    register_drift(count_differences)
    register_sample("scheduling.CalendarConnection", sample_connection)
