"""The inbox as a whole, for Prometheus."""

from collections.abc import Iterator

from django.db.backends.utils import CursorWrapper

from voxanne.metrics.figures import Figure

_INBOX = """
SELECT count(*), coalesce(extract(epoch FROM now() - min(received_at)), 0)
FROM webhook_events WHERE processed_at IS NULL AND dead_at IS NULL
"""
_DEAD = "SELECT count(*) FROM webhook_events WHERE processed_at IS NULL AND dead_at IS NOT NULL"


def read_inbox(cursor: CursorWrapper) -> Iterator[Figure]:
    """What waits, for how long, and what was set aside after too many attempts."""
    cursor.execute(_INBOX)
    pending, age_s = cursor.fetchone()
    yield Figure("webhook_inbox_events", "Webhook events that are not worked off.", pending, {"state": "pending"})
    yield Figure("webhook_inbox_age_seconds", "Age of the oldest pending webhook event.", float(age_s))
    cursor.execute(_DEAD)
    yield Figure(
        "webhook_inbox_events", "Webhook events that are not worked off.", cursor.fetchone()[0], {"state": "dead"}
    )
