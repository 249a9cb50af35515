"""Wake-ups for calendars. What must happen stands in their rows; the sweeper finds what was lost or is due by time."""

from uuid import UUID

from celery import shared_task
from django.db import connection

from orgs.models import Organization
from orgs.scope import service_tx
from orgs.tasks import OrgTask, platform_task, wake
from voxanne.clock import now

SWEEP_BATCH = 500
# A calendar that changes while it is read is read again at once, this often; then the sweeper's turn comes.
ROUNDS = 5


@shared_task(base=OrgTask, name="scheduling.tasks.sync_calendar", queue="default", acks_late=True, ignore_result=True)
def sync_calendar(org: Organization, connection_id: str) -> str:
    """Bring one calendar's mirror up to date, and keep its channel open. Safe to run twice."""
    from scheduling.calendars.channels import open_channel
    from scheduling.calendars.reading import Reading, read_calendar

    open_channel(org=org, connection_id=UUID(connection_id))
    outcome = Reading.NOT_DUE
    for _ in range(ROUNDS):
        read = read_calendar(org=org, connection_id=UUID(connection_id))
        if read is Reading.NOT_DUE:
            break
        outcome = read
        if read not in {Reading.CHANGES, Reading.FULL}:
            break
    return outcome.value


@platform_task(reason="calendars of any organisation may be due", name="scheduling.tasks.sweep_calendars")
def sweep_calendars() -> int:
    """Wake the reading of calendars, and the opening of channels, that are due; how many."""
    due = _list_due()
    for org_id, connection_id in due:
        wake(sync_calendar, str(org_id), str(connection_id))
    return len(due)


@shared_task(base=OrgTask, name="scheduling.tasks.check_calendar", queue="bulk", ignore_result=True)
def check_calendar(org: Organization, connection_id: str) -> bool:
    """Look at how well one calendar is followed, and tell its admins what is new; whether it is still connected."""
    from scheduling.calendars.watching import check_connection

    return check_connection(org=org, connection_id=UUID(connection_id)) is not None


@platform_task(reason="calendars of every organisation are looked after", name="scheduling.tasks.check_calendars")
def check_calendars() -> int:
    """Wake the look at every calendar; how many. Credentials from before connections were kept get theirs."""
    from scheduling.calendars.connections import backfill_connections
    from scheduling.calendars.watching import list_connections

    backfill_connections()
    found = list_connections()
    for org_id, connection_id in found:
        wake(check_calendar, str(org_id), str(connection_id))
    return len(found)


def _list_due() -> list[tuple[UUID, UUID]]:
    """Due calendars, those waiting longest first. Those that somebody reads are left to them."""
    moment = now()
    with service_tx("sweep calendars"), connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT org_id, id FROM calendar_connections
            WHERE (due_at <= %(now)s::timestamptz OR channel_due_at <= %(now)s::timestamptz)
              AND (claimed_until IS NULL OR claimed_until <= %(now)s::timestamptz)
            ORDER BY due_at NULLS LAST LIMIT %(batch)s::int
            """,
            {"now": moment, "batch": SWEEP_BATCH},
        )
        return list(cursor.fetchall())
