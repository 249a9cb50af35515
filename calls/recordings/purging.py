"""Deleting recordings: when the clinic's retention is over, or because somebody wants it.

The key goes first, in the transaction that says "deleted": from then on the file is noise. The file follows.
"""

from uuid import UUID

from django.db import connection

from calls.recordings.measures import RECORDINGS
from calls.recordings.models import UNFETCHED_STATES, Recording, RecordingState
from calls.recordings.records import follow
from calls.recordings.tasks import look_after_recording
from orgs import audit
from orgs.actors import Actor
from orgs.scope import org_scope, org_tx, service_tx
from orgs.tasks import enqueue_on_commit
from voxanne.clock import now

BATCH = 500
_EXPIRED = """
    SELECT kept.org_id, kept.id FROM recordings AS kept
    JOIN integration_settings AS rules ON rules.org_id = kept.org_id
    WHERE kept.state = 'completed'
        AND kept.recorded_at < %s::timestamptz - make_interval(days => rules.recording_retention_days)
    ORDER BY kept.recorded_at LIMIT %s
"""


def purge_expired() -> int:
    """Delete every recording that is older than its clinic keeps them; how many. Safe to run twice."""
    purged = 0
    while expired := _find_expired():
        for org_id, recording_id in expired:
            purged += _delete_one(org_id, recording_id)
        if len(expired) < BATCH:
            break
    return purged


def delete_recording(recording: Recording, *, actor: Actor, why: str) -> bool:
    """Delete the sound of a call for good; False when that was done before. In the caller's `org_tx`.

    Shared links to it are dead with the commit. The row stays, and says when.

    Args:
        why: a word for the audit log: `retention`, `asked`.
    """
    row: Recording | None = (
        Recording.objects.select_for_update().filter(pk=recording.pk).exclude(state=RecordingState.DELETED).first()
    )
    if row is None:
        return False
    is_being_fetched = row.state in UNFETCHED_STATES
    row.state, row.deleted_at, row.due_at = RecordingState.DELETED, now(), now()
    row.key_sealed, row.locator = "", ""
    if is_being_fetched:  # whoever fetches it finds its claim gone, and takes the file away
        row.claim, row.claimed_until = None, None
    row.save()
    follow(row)
    audit.record(actor, "recording.deleted", row, why=why)
    enqueue_on_commit(look_after_recording, str(row.org_id), str(row.pk))
    RECORDINGS.labels("deleted").inc()
    return True


def _find_expired() -> list[tuple[UUID, UUID]]:
    with service_tx("find recordings whose time is over"), connection.cursor() as cursor:
        cursor.execute(_EXPIRED, [now(), BATCH])
        return [(org_id, recording_id) for org_id, recording_id in cursor.fetchall()]


def _delete_one(org_id: UUID, recording_id: UUID) -> bool:
    with org_scope(org_id), org_tx():
        recording = Recording.objects.filter(pk=recording_id).first()
        return recording is not None and delete_recording(recording, actor=Actor.system(org_id), why="retention")
