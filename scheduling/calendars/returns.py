"""Our own events as they come back from a calendar: recognised here, so that they never block what they stand for."""

from collections.abc import Collection

from orgs.models import Organization
from scheduling.calendars.types import OutsideEvent
from scheduling.models import Appointment, CalendarConnection


def find_ours(*, connection: CalendarConnection, event_ids: Collection[str]) -> set[str]:
    """Which events of a page stand for appointments of ours. One query, inside org_tx."""
    rows = Appointment.objects.for_org(connection.org_id).filter(calendar_event_id__in=list(event_ids))
    return set(rows.values_list("calendar_event_id", flat=True))


def take_back(*, org: Organization, connection: CalendarConnection, event: OutsideEvent) -> None:
    """One of our events was changed or deleted in the calendar. Inside the transaction that applies its page."""
