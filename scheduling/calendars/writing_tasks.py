"""Wake-ups for writing to calendars. What must happen stands in `calendar_events`; the sweeper finds what was lost."""

from datetime import timedelta
from uuid import UUID

from celery import shared_task
from django.db import connection

from orgs.models import Organization
from orgs.scope import service_tx
from orgs.tasks import OrgTask, platform_task, wake
from voxanne.clock import now

SWEEP_BATCH = 500
# A wake-up that was just sent deserves this long before it is sent again.
GRACE = timedelta(seconds=10)


@shared_task(base=OrgTask, name="scheduling.tasks.write_calendar", queue="default", acks_late=True, ignore_result=True)
def write_calendar(org: Organization, connection_id: str) -> None:
    """Bring what is due in one calendar in step. Safe to run twice, also at once."""
    from scheduling.calendars.outgoing import write_due

    if write_due(org=org, connection_id=UUID(connection_id)):
        wake(write_calendar, str(org.pk), connection_id)


@platform_task(reason="calendars of any organisation may be behind", name="scheduling.tasks.sweep_calendar_events")
def sweep_calendar_events() -> int:
    """Wake the writing of calendars in which something is due; how many."""
    due = _list_due()
    for org_id, connection_id in due:
        wake(write_calendar, str(org_id), str(connection_id))
    return len(due)


def _list_due() -> list[tuple[UUID, UUID]]:
    moment = now()
    with service_tx("sweep calendar events"), connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT DISTINCT org_id, connection_id FROM calendar_events
            WHERE due_at <= %(due)s::timestamptz AND (claimed_until IS NULL OR claimed_until <= %(now)s::timestamptz)
            LIMIT %(batch)s::int
            """,
            {"due": moment - GRACE, "now": moment, "batch": SWEEP_BATCH},
        )
        return list(cursor.fetchall())
