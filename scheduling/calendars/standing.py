"""How an appointment stands in the clinic's calendars, summed up in its own row for the pages that list many."""

from collections.abc import Collection
from uuid import UUID

from django.db import connection

from orgs.models import Organization

# What needs a person comes before what needs time. What is not in a calendar, and need not be, does not count.
_SUMMARISE = """
    UPDATE appointments a SET calendar_sync_state = found.state, calendar_event_id = found.event_id
    FROM (
        SELECT one.id, left(COALESCE(min(e.event_id) FILTER (WHERE e.base_starts_at IS NOT NULL), ''), 255) AS event_id,
            CASE WHEN bool_or(e.state = 'differs') THEN 'differs'
                 WHEN bool_or(e.state = 'failed') THEN 'failed'
                 WHEN bool_or(e.state = 'pending') THEN 'pending'
                 WHEN bool_or(e.base_starts_at IS NOT NULL) THEN 'synced'
                 ELSE 'none' END AS state
        FROM unnest(%(ids)s::uuid[]) AS one(id)
        LEFT JOIN calendar_events e ON e.org_id = %(org)s::uuid AND e.appointment_id = one.id
        GROUP BY one.id) found
    WHERE a.org_id = %(org)s::uuid AND a.id = found.id
      AND (a.calendar_sync_state, a.calendar_event_id) IS DISTINCT FROM (found.state, found.event_id)
"""


def summarise(org: Organization, appointment_ids: Collection[UUID]) -> None:
    """Bring `calendar_sync_state` and `calendar_event_id` of appointments up to date. Inside org_tx, one query."""
    if not appointment_ids:
        return
    with connection.cursor() as cursor:
        cursor.execute(_SUMMARISE, {"org": org.pk, "ids": list(appointment_ids)})
